import { isDeepStrictEqual } from 'node:util'
import { placeholderShape } from '../redact/placeholder.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { checkDrafts } from '../wazuh-rules/check-drafts.ts'
import type { WazuhEvent } from '../wazuh-rules/event.ts'
import type { Finding, TechniqueKnowledge } from '../wazuh-rules/finding.ts'
import { RuleBacktest } from '../wazuh-rules/rule-backtest.ts'
import { loadRuleset, type Ruleset } from '../wazuh-rules/ruleset.ts'
import type { Verdict } from '../wazuh-rules/session.ts'
import { parseWazuhXml, placeText } from '../wazuh-rules/xml.ts'
import { comparePast } from './compare-past.ts'
import { draftSession } from './draft-session.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'
import { caseInstant, type JudgedCase } from './prove-draft.ts'
import { writeRules } from './write-rules.ts'

const longestDraft = 64 * 1024
const mostDecoders = 60

/**
 * Checks decoders and runs them: on their own logs (does one of them read it, and which fields does it find), then on the
 * past, where every rule that no longer fires as before is told: a decoder that takes logs from another silences its rules.
 */
export function measureDecoders(
  { text: draft, fileName, origin, cases, base, past, budgetMs }: MeasureQuestion,
  knows: TechniqueKnowledge,
): Measured {
  const endsAt = performance.now() + budgetMs
  if (draft.length > longestDraft) return refused('too-large', `a draft has at most ${longestDraft} bytes`)
  const { elements, problems } = parseWazuhXml(toByteText(draft))
  if (problems.length > 0)
    return { kind: 'refused', findings: problems.map(entry => ({ ...entry, severity: 'error' })) }
  const odd = elements.find(({ name }) => name !== 'decoder')
  if (odd)
    return refused(
      'not-a-decoder',
      `<${odd.name}> has no place in a draft of decoders: only <decoder name="...">`,
      placeText(odd.place),
    )
  if (elements.length === 0 || elements.length > mostDecoders)
    return refused(
      'decoder-count',
      `a draft has 1 to ${mostDecoders} decoders; this one has ${elements.length}`,
    )
  if (draft.search(placeholderShape) >= 0)
    return refused(
      'placeholder',
      'the draft holds a placeholder: a decoder must not depend on a name that was hidden from the model',
    )
  const text = writeRules(elements)
  const found =
    checkDrafts({ decoders: [{ name: fileName, text }], rules: [], lists: [] }, base, knows).get(fileName) ??
    []
  if (found.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings: found, text }

  const { ruleset: before } = loadRuleset(base)
  const { ruleset: after } = loadRuleset({ ...base, decoders: [...base.decoders, { name: fileName, text }] })
  const judged = cases.map(one => judge(one, before, after, fileName))
  // A child without a prematch leaves the event its parent's name, so the parents are counted too.
  const names = elements.flatMap(({ attributes: [name], children }) => [
    name?.value ?? '',
    ...children.flatMap(child => (child.name === 'parent' ? [child.text] : [])),
  ])
  const tallies = new RuleBacktest(new Set(names.map(fromByteText)))
  const { changes, seen, cutShort } = comparePast(past, before, after, endsAt, pair => {
    const { decoder, rule } = pair.after.event
    if (decoder?.file !== fileName) return
    tallies.countHit({
      ruleId: fromByteText(decoder.ownName),
      level: rule?.body.level ?? 0,
      description: 'decoder',
      host: fromByteText(pair.after.event.hostname),
      day: pair.day,
      verdict: pair.verdict,
      insteadOf: fromByteText(pair.before.event.decoder?.name ?? 'none'),
      source: pair.source,
      log: fromByteText(pair.after.event.fullLog),
    })
  })
  const findings = [...found, ...changes.findings(origin === 'model')]
  if (findings.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings, text }
  const proof = { cases: judged, tallies: tallies.tallies(), pastEvents: seen, cutShort }
  return { kind: 'proven', text, ruleIds: [], findings, proof }
}

function refused(code: string, message: string, where?: string): Measured {
  const finding: Finding = { code, message, severity: 'error', ...(where === undefined ? {} : { where }) }
  return { kind: 'refused', findings: [finding] }
}

/** Several lines are several logs of one session: the last one counts. */
function judge(
  one: MeasureQuestion['cases'][number],
  before: Ruleset,
  after: Ruleset,
  fileName: string,
): JudgedCase {
  const [present, drafted] = [draftSession(before), draftSession(after)]
  let rule: string | undefined
  let fields: JudgedCase['fields']
  for (const log of one.log.split('\n').filter(line => line !== '')) {
    const verdict = drafted.process(toByteText(log), caseInstant)
    rule = readerOf(present.process(toByteText(log), caseInstant), verdict, fileName)
    fields = rule === undefined ? undefined : fieldsOf(verdict.event)
  }
  return { ...one, rule, pass: (rule !== undefined) === one.fires, ...(fields && { fields }) }
}

/** The decoder that reads an event because of the draft: one of its own, or another that finds other fields now. */
function readerOf(before: Verdict, after: Verdict, fileName: string): string | undefined {
  const { decoder } = after.event
  if (!decoder) return undefined
  if (decoder.file === fileName) return fromByteText(decoder.ownName)
  const same = isDeepStrictEqual(fieldsOf(before.event), fieldsOf(after.event))
  return same ? undefined : fromByteText(decoder.ownName)
}

function fieldsOf({ fields, dynamicNames, dynamicValues }: WazuhEvent): { name: string; value: string }[] {
  const dynamic = dynamicNames.map((name, index) => [name, dynamicValues[index] ?? ''] as const)
  return [...Object.entries(fields), ...dynamic].map(([name, value]) => ({
    name: fromByteText(name),
    value: fromByteText(value),
  }))
}
