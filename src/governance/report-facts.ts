import type { ComplianceReport } from './compliance-report.ts'
import { evidenceWords } from './evidence-titles.ts'
import type { JudgedControl } from './judge-control.ts'

/** What a report is about, as name and value, for people. */
export function factsOf(report: ComplianceReport): readonly (readonly [string, string])[] {
  const { framework, period, summary, ledger } = report
  const chain =
    ledger.first_bad === null
      ? `${ledger.verified === 1 ? 'the one entry' : `all ${ledger.verified} entries`} recomputed and fitting; head ${ledger.head}`
      : `BROKEN at entry ${ledger.first_bad}; of those before it ${ledger.verified} fit`
  return [
    ['Period', `${period.from} to ${period.to} (not included)`],
    ['Tenant', report.tenant],
    ['Mapping', `${framework.mapping_version}, identifiers of ${framework.source}`],
    ['Coverage', coverageWords(report)],
    ['Ledger', chain],
    [
      'Controls',
      Object.entries(summary)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    ],
    [
      'Own statements',
      `${report.own_statements.in_force} in force, ${report.own_statements.expired} expired; made by people of the organisation, not checked by Tocsin`,
    ],
    ['Made by', `Tocsin ${report.tocsin}`],
  ]
}

/** The records of one control, a line a kind. */
export function recordLines(control: JudgedControl): string[] {
  return control.evidence.map(
    each =>
      `${evidenceWords(each.name, each.count)}${each.latest === null ? '' : `, newest ${each.latest}`}${each.speaks === 'against' ? ' (should be none)' : ''}`,
  )
}

/** How much of the framework the report is about, and what it says nothing of. */
export function coverageWords({ coverage }: ComplianceReport): string {
  const { unit, of, mapped, not_mapped } = coverage
  return not_mapped.length === 0
    ? `All ${of} ${unit} are mapped to kinds of record.`
    : `${mapped} of ${of} ${unit} are mapped to kinds of record; the other ${not_mapped.length} are not addressed here: ${not_mapped.join(', ')}.`
}

/** The status as people read it: of what is not addressed it says so. */
export function statusWords({ status, addressed }: Pick<JudgedControl, 'status' | 'addressed'>): string {
  return addressed ? status : `${status} (not addressed here)`
}
