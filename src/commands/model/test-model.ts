import type { EvidenceDraft } from '../../domain/evidence.ts'
import { numberEvidence } from '../../domain/evidence.ts'
import { caseBriefQuestion } from '../../investigate/model-brief.ts'
import { systemClock } from '../../lib/clock.ts'
import type { OpenModels } from '../../main/open-models.ts'

/** What `tocsin model test` prints. */
export interface ModelTest {
  readonly name: string
  /** Whether the answer kept to the schema and enough of it was supported by the evidence. */
  readonly valid: boolean
  readonly outcome: string
  readonly milliseconds: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly tokens_per_second: number
  readonly cost_usd: number
  readonly claims: Readonly<Record<string, number>>
  readonly verdict: string | null
}

const field = (label: string, quote: string, more: Partial<EvidenceDraft> = {}): EvidenceDraft => ({
  kind: 'alert-field',
  source: 'model-test',
  pointer: '',
  trust: 'observed',
  label,
  quote,
  ...more,
})

/** A small case with a plain answer: password guessing that found a password. */
const evidence = numberEvidence([
  field('Rule', 'sshd: Multiple authentication failures.'),
  field('Level', '10'),
  field('Host', 'web-01'),
  field('Source address', '203.0.113.9'),
  field('Log line', 'Failed password for deploy from 203.0.113.9 port 51122 ssh2', {
    trust: 'attacker-controlled',
  }),
  field('Log line', 'Accepted password for deploy from 203.0.113.9 port 51890 ssh2'),
  field('Alerts in this case', 'failed: 41, accepted: 1, hosts: 1', {
    facts: { failed: 41, accepted: 1, hosts: 1 },
  }),
])

/** Asks a model for a real brief of a made-up case, through everything a real question goes through. */
export async function testModel(name: string, models: OpenModels, signal: AbortSignal): Promise<ModelTest> {
  const question = caseBriefQuestion({ tenant: 'model-test', caseId: 'model-test' }, evidence)
  const startMs = systemClock.now()
  const answer = await models.ask?.(question, signal)
  const milliseconds = systemClock.now() - startMs
  const nothing = { claims: [], usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } }
  // Its speed and cost are facts also where what it wrote was of no use.
  const { claims, usage } = answer?.kind === 'answered' || answer?.kind === 'unsupported' ? answer : nothing
  const fates: Record<string, number> = {}
  for (const { status } of claims) fates[status] = (fates[status] ?? 0) + 1
  return {
    name,
    valid: answer?.kind === 'answered',
    outcome:
      answer === undefined
        ? 'no model'
        : answer.kind === 'answered'
          ? 'answered'
          : `${answer.kind}: ${answer.reason}`,
    milliseconds,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    tokens_per_second: milliseconds > 0 ? Math.round((usage.outputTokens * 10_000) / milliseconds) / 10 : 0,
    cost_usd: usage.costUsd,
    claims: fates,
    verdict: answer?.kind === 'answered' ? answer.answer.verdict : null,
  }
}
