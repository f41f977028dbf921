/**
 * What a report says beyond lists: who, with what, against whom, what part an indicator plays, and which of the techniques that
 * code suggests it describes. A model reads chosen passages and answers in sentences that quote them; each comes back with its
 * fate. The report is hostile text like any other: it is evidence, never instruction, and its TLP mark decides how far it may go.
 */
import { z } from 'zod'
import { type Claim, type JudgedClaim, struckStatuses } from '../domain/claim.ts'
import { type EvidenceItem, numberEvidence } from '../domain/evidence.ts'
import type { AskModel, ModelAnswer, ModelQuestion } from '../domain/model-question.ts'
import { zonesForTlp } from '../domain/tlp.ts'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import type { Database } from '../lib/database.ts'
import type { Job } from '../queue/jobs.ts'
import { mentionsOf, readReport, writeContext } from '../store/intel-reports.ts'
import type { KeptExtract } from './add-report.ts'
import type { RankedTechnique } from './rank-techniques.ts'
import { sentencesOf } from './sentences.ts'

/** Bumped with every change of the instructions or the schema. */
export const intelContextPrompt = 'intel-context-2'

const topics = ['summary', 'actor', 'malware', 'campaign', 'sector', 'indicator-role'] as const

const citations = z
  .array(z.object({ id: z.string().max(8), quote: z.string().max(400) }))
  .min(1)
  .max(4)

const answerSchema = z.object({
  claims: z
    .array(z.object({ topic: z.enum(topics), text: z.string().max(500), evidence: citations }))
    .max(16),
  techniques: z.array(z.object({ id: z.string().max(12), evidence: citations })).max(20),
})
type ContextAnswer = z.infer<typeof answerSchema>

const instructions = `You read passages of one threat report for an analyst. Say in short, plain sentences what it reports:
a summary, who is behind it, which malware and tools, the campaign, the sectors and countries aimed at, and what part
single indicators play (command server, delivery, victim, harmless reference). Say only what the passages say, quote the
words that say it, and leave a topic out where they say nothing.
Then choose, of the candidate ATT&CK techniques, by id, those that the report says somebody used, each with the words of the
passages that say so; none for which no passage does.`

/** A passage of the report as it stands there (UTF-16 units), whatever a model was shown of it. */
export interface CitedPassage {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** What is kept and shown. */
export type ReportContext =
  | {
      readonly kind: 'answered'
      readonly model: string
      readonly zone: string
      readonly ledgerSeq: number
      readonly claims: readonly {
        readonly topic: string
        readonly text: string
        readonly status: JudgedClaim['status']
        readonly passages: readonly CitedPassage[]
      }[]
      /** Those of the candidates that the model chose, with passages of the report that hold its quotes. */
      readonly techniques: readonly { readonly id: string; readonly passages: readonly CitedPassage[] }[]
    }
  | { readonly kind: 'refused' | 'unavailable' | 'unsupported'; readonly reason: string }

const longestEvidence = 16_000

/** More candidates than that are a list of everything; the ranking is falling. */
const mostCandidates = 20

/**
 * What the model is shown: the passages that say most (the beginning, then sentences with techniques or indicators, in the order
 * of the text), and the techniques it may choose among, from our own knowledge.
 */
export function contextEvidence(
  { reportId, text }: { readonly reportId: string; readonly text: string },
  candidates: readonly RankedTechnique[],
  values: readonly string[],
  attack: AttackKnowledge = shippedAttack,
): EvidenceItem[] {
  const wanted = new Set(candidates.flatMap(({ quotes }) => quotes.slice(0, 1)))
  const sentences = sentencesOf(text)
  const chosen = sentences.filter(
    (sentence, index) =>
      index < 12 || wanted.has(sentence.text) || values.some(value => sentence.text.includes(value)),
  )
  let length = 0
  const passages = chosen.flatMap(({ text: quote, start, end }) => {
    length += quote.length
    if (length > longestEvidence) return []
    return [
      {
        kind: passageKind,
        source: reportId,
        pointer: `chars=${start}-${end}`,
        quote,
        trust: 'attacker-controlled' as const,
        label: 'A passage of the report',
      },
    ]
  })
  const techniques = candidates.slice(0, mostCandidates).map(({ id, name }) => ({
    kind: candidateKind,
    source: `attack/${id}`,
    pointer: '',
    quote: `${id} ${name}`,
    trust: 'knowledge-base' as const,
    label: `Candidate technique: ${attack.current(id)?.title ?? name}`,
  }))
  return numberEvidence([...passages, ...techniques])
}

const passageKind = 'report-passage'
const candidateKind = 'technique-candidate'

export function contextQuestion(
  scope: { readonly tenant: string; readonly reportId: string; readonly tlp: string | null },
  evidence: readonly EvidenceItem[],
): ModelQuestion<ContextAnswer> {
  const zones = zonesForTlp(scope.tlp)
  return {
    task: 'intel-context',
    tenant: scope.tenant,
    caseId: scope.reportId,
    instructions,
    promptVersion: intelContextPrompt,
    evidence,
    schema: answerSchema,
    claimsOf: answer => [
      ...answer.claims.map(({ text, evidence }) => ({ text, evidence })),
      ...answer.techniques.map(chosen => techniqueClaim(chosen, evidence)),
    ],
    maxOutputTokens: 2_000,
    ...(zones === undefined ? {} : { zones }),
  }
}

/** A choice as a sentence that is judged like any other: that there is such a technique, and that the quotes stand where it says. */
function techniqueClaim(
  { id, evidence: cited }: ContextAnswer['techniques'][number],
  all: readonly EvidenceItem[],
): Claim {
  const candidate = candidateOf(id, all)
  return candidate === undefined
    ? { text: id, evidence: cited }
    : { text: candidate.quote, evidence: [{ id: candidate.id, quote: candidate.quote }, ...cited] }
}

function candidateOf(id: string, evidence: readonly EvidenceItem[]): EvidenceItem | undefined {
  return evidence.find(({ kind, source }) => kind === candidateKind && source === `attack/${id}`)
}

/** Asks for one report's context and keeps what came of it. Without a model there is nothing to do. */
export async function handleContext(
  parts: {
    readonly database: Database
    readonly ask: AskModel | undefined
    readonly attack?: AttackKnowledge
  },
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { reportId } = z.object({ reportId: z.string() }).parse(job.payload)
  const report = await readReport(parts.database, job.tenant, reportId)
  if (report === undefined || parts.ask === undefined) return
  // Written by `addReport`, and by nothing else.
  const { techniques } = report.extract as KeptExtract
  const mentions = await mentionsOf(parts.database, job.tenant, reportId)
  const values = mentions.map(({ value }) => value).slice(0, 200)
  const evidence = contextEvidence({ reportId, text: report.text }, techniques, values, parts.attack)
  const scope = { tenant: job.tenant, reportId, tlp: report.tlp }
  const answer = await parts.ask(contextQuestion(scope, evidence), signal)
  const context = contextOf(answer, evidence)
  const chosen = context.kind === 'answered' ? context.techniques.map(({ id }) => id) : []
  await writeContext(parts.database, job.tenant, reportId, context, chosen)
}

function contextOf(answer: ModelAnswer<ContextAnswer>, evidence: readonly EvidenceItem[]): ReportContext {
  if (answer.kind !== 'answered') return { kind: answer.kind, reason: answer.reason }
  const told = answerSchema.parse(answer.answer)
  return {
    kind: 'answered',
    model: answer.model,
    zone: answer.zone,
    ledgerSeq: answer.ledgerSeq,
    claims: told.claims.flatMap(({ topic }, index) => {
      const judged = answer.claims[index]
      if (judged === undefined) return []
      return [{ topic, text: judged.text, status: judged.status, passages: citedPassages(judged, evidence) }]
    }),
    techniques: told.techniques.flatMap(({ id }, index) => {
      const judged = answer.claims[told.claims.length + index]
      if (judged === undefined || candidateOf(id, evidence) === undefined) return []
      const passages = citedPassages(judged, evidence)
      return struckStatuses.includes(judged.status) || passages.length === 0 ? [] : [{ id, passages }]
    }),
  }
}

/** The passages that a claim cites, each once, in the order of the text. */
function citedPassages(claim: Claim, evidence: readonly EvidenceItem[]): CitedPassage[] {
  const ids = new Set(claim.evidence.map(({ id }) => id))
  return evidence.flatMap(({ id, kind, pointer, quote }) => {
    if (kind !== passageKind || !ids.has(id)) return []
    const [start = 0, end = 0] = pointer.replace('chars=', '').split('-').map(Number)
    return [{ start, end, text: quote }]
  })
}
