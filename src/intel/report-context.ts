/**
 * What a report says beyond lists: who, with what, against whom, and what part an indicator plays. A model reads chosen
 * passages and answers in sentences that quote them; each comes back with its fate. The report is hostile text like any
 * other: it is evidence, never instruction, and its TLP mark decides how far it may go.
 */
import { z } from 'zod'
import type { JudgedClaim } from '../domain/claim.ts'
import { type EvidenceItem, numberEvidence } from '../domain/evidence.ts'
import type { AskModel, ModelQuestion } from '../domain/model-question.ts'
import { zonesForTlp } from '../domain/tlp.ts'
import type { Database } from '../lib/database.ts'
import type { Job } from '../queue/jobs.ts'
import { mentionsOf, readReport, writeContext } from '../store/intel-reports.ts'
import type { KeptExtract } from './add-report.ts'
import { sentencesOf } from './sentences.ts'

/** Bumped with every change of the instructions or the schema. */
export const intelContextPrompt = 'intel-context-1'

const topics = ['summary', 'actor', 'malware', 'campaign', 'sector', 'indicator-role'] as const

const answerSchema = z.object({
  claims: z
    .array(
      z.object({
        topic: z.enum(topics),
        text: z.string().max(500),
        evidence: z
          .array(z.object({ id: z.string().max(8), quote: z.string().max(400) }))
          .min(1)
          .max(4),
      }),
    )
    .max(16),
})
type ContextAnswer = z.infer<typeof answerSchema>

const instructions = `You read passages of one threat report for an analyst. Say in short, plain sentences what it reports:
a summary, who is behind it, which malware and tools, the campaign, the sectors and countries aimed at, and what part
single indicators play (command server, delivery, victim, harmless reference). Say only what the passages say, quote the
words that say it, and leave a topic out where they say nothing.`

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
      }[]
    }
  | { readonly kind: 'refused' | 'unavailable' | 'unsupported'; readonly reason: string }

const longestEvidence = 16_000

/** The passages that say most: the beginning, then sentences with techniques or indicators, in the order of the text. */
export function passagesFor(
  reportId: string,
  text: string,
  quotes: readonly string[],
  values: readonly string[],
): EvidenceItem[] {
  const wanted = new Set(quotes)
  const sentences = sentencesOf(text)
  const chosen = sentences.filter(
    (sentence, index) =>
      index < 12 || wanted.has(sentence.text) || values.some(value => sentence.text.includes(value)),
  )
  let length = 0
  return numberEvidence(
    chosen.flatMap(({ text: quote, start, end }) => {
      length += quote.length
      if (length > longestEvidence) return []
      const place = { source: reportId, pointer: `chars=${start}-${end}` }
      return [
        {
          kind: 'report-passage',
          ...place,
          quote,
          trust: 'attacker-controlled' as const,
          label: 'A passage of the report',
        },
      ]
    }),
  )
}

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
    claimsOf: answer => answer.claims.map(({ text, evidence }) => ({ text, evidence })),
    maxOutputTokens: 2_000,
    ...(zones === undefined ? {} : { zones }),
  }
}

/** Asks for one report's context and keeps what came of it. Without a model there is nothing to do. */
export async function handleContext(
  parts: { readonly database: Database; readonly ask: AskModel | undefined },
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { reportId } = z.object({ reportId: z.string() }).parse(job.payload)
  const report = await readReport(parts.database, job.tenant, reportId)
  if (report === undefined || parts.ask === undefined) return
  // Written by `addReport`, and by nothing else.
  const { techniques } = report.extract as KeptExtract
  const mentions = await mentionsOf(parts.database, job.tenant, reportId)
  const quotes = techniques.flatMap(technique => technique.quotes.slice(0, 1))
  const evidence = passagesFor(
    reportId,
    report.text,
    quotes,
    mentions.map(({ value }) => value).slice(0, 200),
  )
  const scope = { tenant: job.tenant, reportId, tlp: report.tlp }
  const answer = await parts.ask(contextQuestion(scope, evidence), signal)
  await writeContext(parts.database, job.tenant, reportId, contextOf(answer))
}

function contextOf(answer: Awaited<ReturnType<AskModel>> & { readonly kind: string }): ReportContext {
  if (answer.kind !== 'answered') return { kind: answer.kind, reason: answer.reason }
  const told = answerSchema.parse(answer.answer)
  return {
    kind: 'answered',
    model: answer.model,
    zone: answer.zone,
    ledgerSeq: answer.ledgerSeq,
    claims: told.claims.flatMap(({ topic }, index) => {
      const judged = answer.claims[index]
      return judged === undefined ? [] : [{ topic, text: judged.text, status: judged.status }]
    }),
  }
}
