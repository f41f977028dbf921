import { z } from 'zod'
import type { Brief } from '../domain/brief.ts'
import type { Claim, JudgedClaim } from '../domain/claim.ts'
import { struckStatuses } from '../domain/claim.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { AskModel, ModelQuestion } from '../domain/model-question.ts'
import { verdicts } from '../domain/verdict.ts'

/** Bumped with every change of the instructions or the schema: results are compared per version. */
export const caseBriefPrompt = 'case-brief-1'
export const yaraEnrichmentPrompt = 'yara-enrichment-1'

const sentence = z.object({
  text: z.string().max(600),
  evidence: z.array(z.object({ id: z.string().max(8), quote: z.string().max(400) })).max(6),
})

const answerSchema = z.object({
  headline: sentence,
  claims: z.array(sentence).min(1).max(12),
  verdict: z.enum(verdicts),
  confidence: z.number().min(0).max(1),
  next_steps: z.array(sentence).max(8),
  unknowns: z.array(sentence).max(6),
})

type CaseBriefAnswer = z.infer<typeof answerSchema>

const instructions = `You help an analyst of a security operations centre to triage one case of Wazuh alerts.
Say what happened, to whom, when, and how unusual it is; then whether it is a true positive (an attack or a policy
violation that needs a person), a benign true positive (real, but expected: administration, updates, tests), a false
positive, or undetermined. A wrong "false positive" costs more than a wrong "true positive". Weigh innocent
explanations honestly. Say what an analyst should check next, concretely, and what the evidence does not show.
Write short, plain sentences.`

/** What is asked besides where YARA named a file: the model's part of what stands beside the match. */
const yaraInstructions = `
A YARA rule matched a file on an endpoint. Say what kind of file the rule detects, according to its metadata and the
strings that matched; how such a file typically behaves, as far as the evidence and the named techniques bear it; and on
how many hosts it was seen. As next steps give containment steps in their order, for exactly this file and host.
Nothing is deleted or moved without people's approval.`

/** Which case, and which model profile alone where nobody is to be shown the answer. */
export interface BriefScope {
  readonly tenant: string
  readonly caseId: string
  readonly onlyProfile?: string
}

/** What came of asking for a brief. Anything but `answered` leaves brief 0 as the only one; `reason` is for people. */
export type ModelBrief =
  | { readonly kind: 'answered'; readonly brief: Brief; readonly costUsd: number }
  | { readonly kind: 'refused' | 'unavailable' | 'unsupported'; readonly reason: string }

/** Evidence beyond this is not sent: small models lose the thread, large ones cost. In UTF-16 units. */
const maxEvidenceLength = 24_000

/**
 * Asks a model for a brief of the same shape as brief 0. Each of its sentences comes back with its fate. Verdict and
 * confidence stay proposals; techniques are those of brief 0, since rules and pinned knowledge name them already.
 */
export async function modelBrief(
  scope: BriefScope,
  evidence: readonly EvidenceItem[],
  computed: Brief,
  ask: AskModel,
  signal: AbortSignal,
): Promise<ModelBrief> {
  const answer = await ask(caseBriefQuestion(scope, evidence), signal)
  if (answer.kind !== 'answered') return { kind: answer.kind, reason: answer.reason }
  const { model, zone, promptVersion, ledgerSeq } = answer
  const told = byPart(answer.answer, answer.claims)
  const brief: Brief = {
    origin: { kind: 'model', model, zone, promptVersion, ledgerSeq },
    // A headline is read without its evidence: one that does not hold gives way to that of brief 0.
    headline: told.headline === undefined || isStruck(told.headline) ? computed.headline : told.headline.text,
    claims: told.claims,
    verdict: answer.answer.verdict,
    confidence: answer.answer.confidence,
    reasons: computed.reasons,
    techniques: computed.techniques,
    nextSteps: told.nextSteps.filter(claim => !isStruck(claim)).map(claim => claim.text),
    unknowns: told.unknowns.filter(claim => !isStruck(claim)).map(claim => claim.text),
  }
  return { kind: 'answered', brief, costUsd: answer.usage.costUsd }
}

export function caseBriefQuestion(
  scope: BriefScope,
  evidence: readonly EvidenceItem[],
): ModelQuestion<CaseBriefAnswer> {
  const aboutFile = evidence.some(item => item.kind === 'yara-match')
  return {
    task: aboutFile ? 'yara-enrichment' : 'case-brief',
    tenant: scope.tenant,
    caseId: scope.caseId,
    ...(scope.onlyProfile === undefined ? {} : { onlyProfile: scope.onlyProfile }),
    instructions: aboutFile ? instructions + yaraInstructions : instructions,
    promptVersion: aboutFile ? yaraEnrichmentPrompt : caseBriefPrompt,
    evidence: withinLength(evidence),
    schema: answerSchema,
    claimsOf,
    maxOutputTokens: 2000,
  }
}

/**
 * What code counted and concluded first, since it says most in fewest words and an attacker cannot push it out; then
 * the fields, in their order, as long as there is room.
 */
function withinLength(evidence: readonly EvidenceItem[]): EvidenceItem[] {
  let left = maxEvidenceLength
  const fits = (item: EvidenceItem) => {
    left -= item.quote.length + item.label.length
    return left >= 0
  }
  const foremost = new Set(evidence.filter(item => foremostKinds.has(item.kind)).filter(fits))
  const others = new Set(evidence.filter(item => !foremostKinds.has(item.kind)).filter(fits))
  return evidence.filter(item => foremost.has(item) || others.has(item))
}

const foremostKinds = new Set([
  'yara-match',
  'yara-rule',
  'file-prevalence',
  'related-alerts',
  'reading',
  'suspected-injection',
  'authentication-sequence',
  'lesson',
])

/** Every sentence a person will read. The order is what `byPart` takes apart again. */
function claimsOf(answer: CaseBriefAnswer): Claim[] {
  return [answer.headline, ...answer.claims, ...answer.next_steps, ...answer.unknowns]
}

interface ToldParts {
  readonly headline: JudgedClaim | undefined
  readonly claims: readonly JudgedClaim[]
  readonly nextSteps: readonly JudgedClaim[]
  readonly unknowns: readonly JudgedClaim[]
}

function byPart(answer: CaseBriefAnswer, judged: readonly JudgedClaim[]): ToldParts {
  const afterClaims = 1 + answer.claims.length
  const afterSteps = afterClaims + answer.next_steps.length
  return {
    headline: judged[0],
    claims: judged.slice(1, afterClaims),
    nextSteps: judged.slice(afterClaims, afterSteps),
    unknowns: judged.slice(afterSteps),
  }
}

function isStruck(claim: JudgedClaim): boolean {
  return struckStatuses.includes(claim.status)
}
