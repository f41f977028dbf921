import { z } from 'zod'
import { type EvidenceDraft, numberEvidence } from '../domain/evidence.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { Proof } from './prove-draft.ts'

/** Bumped with every change of the instructions or the schema. */
export const ruleDraftPrompt = 'rule-draft-2'

/** No prose: what a rule finds is measured, and a model's word for it would be no evidence. */
export const draftAnswerSchema = z.object({
  rules_xml: z.string().max(20_000),
  cases: z.array(z.object({ log: z.string().max(4000), fires: z.boolean() })).max(12),
})

export type DraftAnswer = z.infer<typeof draftAnswerSchema>

const instructions = `You write detection rules for Wazuh 4.x for a detection engineer. Answer with one <group> of <rule> elements.
Each rule needs a level from 1 to 16, a description, an if_sid, if_group or decoded_as that names what it hangs under, and
an ATT&CK technique id in <mitre><id>. Use type="pcre2" for anything beyond plain words, anchor what can be anchored, and
never repeat a part that itself repeats. Do not use level 0, noalert, overwrite, ignore or silencing options. Rules must
not depend on single names of hosts or people. Give cases: logs on which the rule must fire, and similar ones on which it
must not. Rule ids are given by the program.`

/** What one round of drafting starts from. */
export interface DraftRequest {
  readonly tenant: string
  readonly draftId: string
  /** The engineer's own words. */
  readonly request: string
  /** Logs that the rule is about. Anyone may have written them. */
  readonly samples: readonly string[]
  /** Rules and decoders that it can hang under, as text. */
  readonly surroundings: readonly { readonly name: string; readonly text: string }[]
}

/** One round: what was proposed, and what running it showed. */
export interface DraftRound {
  readonly rulesXml: string
  readonly findings: readonly Finding[]
  readonly proof: Proof | undefined
}

export function draftQuestion(
  request: DraftRequest,
  earlier: readonly DraftRound[],
): ModelQuestion<DraftAnswer> {
  const last = earlier.at(-1)
  const evidence: EvidenceDraft[] = [
    ...request.samples.map(sample =>
      item('log-sample', 'attacker-controlled', sample, 'A log that the rule is about'),
    ),
    ...request.surroundings.map(({ name, text }) =>
      item('rule', 'knowledge-base', text, `A rule to hang under: ${name}`),
    ),
    ...(last
      ? [item('earlier-draft', 'attacker-controlled', last.rulesXml, 'Your draft before this one')]
      : []),
    ...(last
      ? feedback(last).map(text => item('test-result', 'observed', text, 'What running that draft showed'))
      : []),
  ]
  return {
    task: 'rule-draft',
    tenant: request.tenant,
    caseId: request.draftId,
    instructions,
    promptVersion: ruleDraftPrompt,
    evidence: numberEvidence(evidence),
    request: request.request,
    schema: draftAnswerSchema,
    claimsOf: () => [],
    maxOutputTokens: 4000,
  }
}

function item(kind: string, trust: EvidenceDraft['trust'], quote: string, label: string): EvidenceDraft {
  return { kind, source: 'rule-draft', pointer: '', quote, trust, label }
}

const longestFeedback = 20

/** What is wrong with a round, in the words that a person would also read. Empty where nothing is. */
export function feedback({ findings, proof }: DraftRound): string[] {
  const lines = findings.map(
    ({ severity, message, where }) => `${severity}${where ? ` at ${where}` : ''}: ${message}`,
  )
  for (const { log, fires, rule, pass } of proof?.cases ?? []) {
    if (pass) continue
    lines.push(
      fires
        ? `did not fire (rule ${rule ?? 'none'} did) on: ${log}`
        : `fired although it must not on: ${log}`,
    )
  }
  for (const { rule_id, hits, against, examples } of proof?.tallies ?? []) {
    const wrong = (against.false_positive ?? 0) + (against.benign_true_positive ?? 0)
    if (wrong > 0)
      lines.push(
        `rule ${rule_id}: ${wrong} of ${hits} past hits were no attacks, such as: ${examples[0]?.log ?? ''}`,
      )
  }
  return lines.slice(0, longestFeedback)
}
