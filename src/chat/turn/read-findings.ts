import { z } from 'zod'
import type { Claim, JudgedClaim } from '../../domain/claim.ts'
import type { EvidenceItem } from '../../domain/evidence.ts'
import type { ModelAnswer, ModelQuestion } from '../../domain/model-question.ts'
import { limitsOf } from './model-limits.ts'
import type { TurnPorts, TurnRequest } from './turn.ts'

/** Bumped with every change of the words or the shape below. */
const readPrompt = 'chat-read-1'

const sentence = z.object({
  text: z.string().max(600),
  evidence: z.array(z.object({ id: z.string().max(8), quote: z.string().max(400) })).max(6),
})
const answerSchema = z.object({ sentences: z.array(sentence).max(10) })
type ReadAnswer = z.infer<typeof answerSchema>

const instructions = `You answer a question of a security analyst from what searches found: the items below, and nothing else.
Say first what answers the question, then what it rests on. Copy numbers from the items; never count, add or estimate.
Where the items do not answer the question, give no sentences. Do not pronounce anything benign, harmless or a false
positive: that is for the analyst to decide. You have no tools and can start nothing. Short, plain sentences.`

/** The quarantined reader: it sees what searches found, has no tools, and each of its sentences is verified. */
export function readFindings(
  request: TurnRequest,
  evidence: readonly EvidenceItem[],
  model: NonNullable<TurnPorts['model']>,
  onClaim: (claim: JudgedClaim) => void,
  signal: AbortSignal,
): Promise<ModelAnswer<ReadAnswer>> {
  const { evidenceLength, answerTokens } = limitsOf(model)
  const question: ModelQuestion<ReadAnswer> = {
    task: 'chat',
    tenant: request.asker.tenant,
    caseId: request.chatId,
    instructions,
    promptVersion: readPrompt,
    evidence: withinLength(evidence, evidenceLength),
    request: request.text,
    schema: answerSchema,
    claimsOf: (answer): readonly Claim[] => answer.sentences,
    maxOutputTokens: answerTokens,
    onClaim: claim => onClaim(withoutVerdict(claim)),
  }
  return model.ask(question, signal)
}

const acquittal =
  /\b(benign|harmless|false[ -]positives?|not (?:an? )?(?:attack|malicious|threat|incident)|no (?:threat|risk|danger|malicious)|safe(?:ly)? (?:to )?(?:ignore|close|dismiss)|can be (?:ignored|closed|dismissed)|legitimate|expected (?:activity|behaviou?r)|nothing (?:to worry|suspicious|malicious))\b/i

/**
 * A sentence that acquits is the analyst's to say. From a model it is at most a judgement, and where all it rests on could
 * have been written by an attacker it is struck: that is what poisoned logs are written for.
 */
export function withoutVerdict(claim: JudgedClaim): JudgedClaim {
  if (!acquittal.test(claim.text)) return claim
  if (claim.status === 'verified' || claim.status === 'inference')
    return { ...claim, status: 'inference', reasons: ['whether it is benign is for a person to decide'] }
  return {
    ...claim,
    status: 'not-in-evidence',
    reasons: ['an attacker could have written all that it rests on', ...claim.reasons],
  }
}

function withinLength(evidence: readonly EvidenceItem[], length: number): EvidenceItem[] {
  let left = length
  return evidence.filter(item => {
    left -= item.quote.length + item.label.length
    return left >= 0
  })
}
