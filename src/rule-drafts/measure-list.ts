import { placeholderShape } from '../redact/placeholder.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { findAddress, listFindings, parseCdbList } from '../wazuh-rules/cdb-list.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import { RuleBacktest } from '../wazuh-rules/rule-backtest.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { comparePast } from './compare-past.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'

const longestDraft = 64 * 1024

/** Checks a CDB list, looks its values up, and tells what the rules that look into it would have done in the past. */
export function measureList({
  text,
  fileName,
  origin,
  cases,
  base,
  past,
  budgetMs,
}: MeasureQuestion): Measured {
  const endsAt = performance.now() + budgetMs
  const errors: Finding[] = []
  if (text.length > longestDraft)
    errors.push({
      code: 'too-large',
      message: `a draft has at most ${longestDraft} bytes: put a longer list on the manager by hand`,
      severity: 'error',
    })
  if (origin === 'model' || text.search(placeholderShape) >= 0)
    errors.push({
      code: 'placeholder',
      message: 'a list holds facts: a model has none to give, and a placeholder is none',
      severity: 'error',
    })
  const list = parseCdbList(toByteText(text))
  if (list.size === 0)
    errors.push({ code: 'list-empty', message: 'the list has no entry', severity: 'error' })
  const found = [...errors, ...listFindings(text)]
  if (found.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings: found, text }

  const name = `etc/lists/${fileName}`
  const { ruleset: before } = loadRuleset(base)
  const lists = [...base.lists.filter(other => other.name !== fileName), { name: fileName, text }]
  const { ruleset: after } = loadRuleset({ ...base, lists })
  const looking = after.rules.rules.filter(({ body }) => body.lists.some(lookup => lookup.name === name))
  const tallies = new RuleBacktest(looking.map(({ id }) => String(id)))
  const { changes, seen, cutShort } = comparePast(past, before, after, endsAt, pair => tallies.count(pair))
  const findings = [...found, ...changes.findings(false)]
  if (looking.length === 0)
    findings.push({
      code: 'list-unused',
      message: `no rule looks into it yet: write <list field="..." lookup="...">${name}</list> in one, and <list>${name}</list> under <ruleset> of ossec.conf`,
      severity: 'warning',
    })
  const judged = cases.map(one => {
    const value = findAddress(list, toByteText(one.log.trim()))
    const rule = value === undefined ? undefined : fromByteText(value) || 'no value'
    return { ...one, rule, pass: (value !== undefined) === one.fires }
  })
  const proof = { cases: judged, tallies: tallies.tallies(), pastEvents: seen, cutShort }
  return { kind: 'proven', text, ruleIds: [], findings, proof }
}
