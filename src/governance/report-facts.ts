import type { ComplianceReport } from './compliance-report.ts'
import type { JudgedControl } from './judge-control.ts'

/** What a report is about, as name and value, for people. */
export function factsOf(report: ComplianceReport): readonly (readonly [string, string])[] {
  const { framework, period, summary, ledger } = report
  const chain =
    ledger.first_bad === null
      ? `${ledger.verified} entries recomputed, all fit; head ${ledger.head}`
      : `BROKEN at entry ${ledger.first_bad}; ${ledger.verified} entries before it fit`
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
    ['Made by', `Tocsin ${report.tocsin}`],
  ]
}

/** The records of one control, a line a kind. */
export function recordLines(control: JudgedControl): string[] {
  return control.evidence.map(
    each =>
      `${each.count} ${each.title}${each.latest === null ? '' : `, newest ${each.latest}`}${each.speaks === 'against' ? ' (should be none)' : ''}`,
  )
}

/** How much of the framework the report is about, and what it says nothing of. */
export function coverageWords({ coverage }: ComplianceReport): string {
  if (coverage === null) return 'The provisions on which the records of a SOC can speak, and no others.'
  const { unit, of, mapped, not_mapped } = coverage
  return not_mapped.length === 0
    ? `All ${of} ${unit} are mapped to kinds of record.`
    : `${mapped} of ${of} ${unit} are mapped to kinds of record. Nothing that Tocsin keeps speaks of the others: ${not_mapped.join(', ')}.`
}
