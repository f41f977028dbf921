import { z } from 'zod'
import type { TrustZone } from '../domain/data-class.ts'
import { type EvidenceDraft, numberEvidence } from '../domain/evidence.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import type { RuleKind } from '../domain/rule-draft.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { Proof } from './prove-draft.ts'
import type { Surrounding } from './surroundings-of.ts'

/** Bumped with every change of the instructions or the schema. */
export const ruleDraftPrompt = 'rule-draft-4'

/** No prose: what a rule finds is measured, and a model's word for it would be no evidence. */
const draftAnswerSchema = z.object({
  rule_text: z.string().max(20_000),
  cases: z.array(z.object({ log: z.string().max(4000), fires: z.boolean() })).max(12),
})

export type DraftAnswer = z.infer<typeof draftAnswerSchema>

const instructions: Readonly<Record<RuleKind, string>> = {
  wazuh: `You write detection rules for Wazuh 4.x for a detection engineer. Answer with one <group> of <rule> elements.
Each rule needs a level from 1 to 16, a description, an if_sid, if_group or decoded_as that names what it hangs under, and
an ATT&CK technique id in <mitre><id>. Use type="pcre2" for anything beyond plain words, anchor what can be anchored, and
never repeat a part that itself repeats. Do not use level 0, noalert, overwrite, ignore or silencing options. Rules must
not depend on single names of hosts or people. Give cases: logs on which the rule must fire, and similar ones on which it
must not. Rule ids are given by the program.`,
  decoders: `You write decoders for Wazuh 4.x for a detection engineer. Answer with <decoder name="..."> elements: a parent with
program_name or prematch, and children with <parent>, <regex type="pcre2"> and <order>. Use Wazuh's field names (srcip,
dstip, srcuser, dstuser, srcport, dstport, protocol, action, status, url, id) where they fit. Match as little as is needed:
a decoder that takes logs of other programs silences their rules. Anchor what can be anchored, and never repeat a part that
itself repeats. Give cases: logs that it must read, and similar ones of other programs that it must not.`,
  lists: 'A list holds facts, which a model has not: answer with an empty rule_text and no cases.',
  sigma: `You write Sigma rules for a detection engineer. Answer with YAML: title, id (a new UUID), status: experimental,
description, tags with the ATT&CK technique (attack.t1059.001), logsource, detection with searches and a condition,
falsepositives and level. Name fields exactly as the events do. Regular expressions are RE2: no look-around, no
back-references. For counting over time add a second document with a correlation. Rules must not depend on single names of
hosts or people. Give cases: each log is one event as JSON (or several, one after the other) on which the rule must
match, or must not.`,
  yara: `You write YARA rules for a detection engineer. Answer with complete rules with meta (description, author, date,
reference), strings and a condition that bounds filesize and looks at the file's first bytes where they are known. Where
string candidates are given as c1, c2, … , refer to them as $c1, $c2, … in the condition and do not declare them: the
program puts them in. Combine several; no single common word may be enough. No include, no global rules. Give cases: each
log is the whole text of a small file that the rule must match, or must not.`,
}

/** What one round of drafting starts from. */
export interface DraftRequest {
  readonly kind: RuleKind
  readonly tenant: string
  readonly draftId: string
  /** The engineer's own words. */
  readonly request: string
  /** Logs that the rule is about. Anyone may have written them. */
  readonly samples: readonly string[]
  /** What the rule can build on: rules to hang under, fields of the events, string candidates. */
  readonly surroundings: readonly Surrounding[]
  /** Passages of the case or report that the draft was started from. */
  readonly material: readonly string[]
  /** How far the material may go. */
  readonly zones: readonly TrustZone[] | null
}

/** One round: what was proposed, and what running it showed. */
export interface DraftRound {
  readonly text: string
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
    ...request.material.map(text =>
      item('draft-source', 'attacker-controlled', text, 'From what the rule is to detect'),
    ),
    ...request.surroundings.map(({ name, text, trust }) => item('rule', trust, text, name)),
    ...(last ? [item('earlier-draft', 'attacker-controlled', last.text, 'Your draft before this one')] : []),
    ...(last
      ? feedback(last).map(text => item('test-result', 'observed', text, 'What running that draft showed'))
      : []),
  ]
  return {
    task: 'rule-draft',
    tenant: request.tenant,
    caseId: request.draftId,
    instructions: instructions[request.kind],
    promptVersion: ruleDraftPrompt,
    evidence: numberEvidence(evidence),
    request: request.request,
    schema: draftAnswerSchema,
    claimsOf: () => [],
    maxOutputTokens: 4000,
    ...(request.zones === null ? {} : { zones: request.zones }),
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
  for (const { name, mustMatch, pass, trouble } of proof?.samples ?? []) {
    if (pass) continue
    lines.push(
      trouble ?? (mustMatch ? `does not match the sample ${name}` : `matches ${name}, which it must not`),
    )
  }
  for (const { rule, files, examples } of proof?.corpus?.hits ?? [])
    lines.push(
      `${rule} matches ${files} clean files by ${examples.flatMap(({ strings }) => strings).join(', ') || 'its condition alone'}`,
    )
  for (const { rule_id, hits, against, examples } of proof?.tallies ?? []) {
    const wrong = (against.false_positive ?? 0) + (against.benign_true_positive ?? 0)
    if (wrong > 0)
      lines.push(
        `rule ${rule_id}: ${wrong} of ${hits} past hits were no attacks, such as: ${examples[0]?.log ?? ''}`,
      )
  }
  return lines.slice(0, longestFeedback)
}
