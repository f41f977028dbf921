import { printable } from '../../lib/printable.ts'
import type { TriageRecord } from './triage-record.ts'

/** A case as text for a terminal. Control characters of hostile input are shown, not obeyed. */
export function triageText(record: TriageRecord): string {
  const { brief } = record
  const lines = [
    `${record.case_id}  ${record.severity.toUpperCase()}  ${brief.verdict.replaceAll('_', ' ')} (${Math.round(brief.confidence * 100)} %)`,
    `  ${brief.headline}`,
    ...brief.claims.map(
      claim => `  - ${claim.text} [${claim.evidence.map(citation => citation.id).join(', ')}]`,
    ),
    ...brief.next_steps.map(step => `  > ${step}`),
    ...brief.unknowns.map(unknown => `  ? ${unknown}`),
    ...record.problems.map(
      ({ code, message, where }) => `  ! ${code}: ${message}${where === undefined ? '' : ` (${where})`}`,
    ),
    ...record.alerts
      .slice(0, 20)
      .map(alert => `    ${alert.p_true_positive.toFixed(2)}  ${alert.id}  ${alert.why}`),
    ...(record.alerts.length > 20 ? [`    and ${record.alerts.length - 20} more alerts`] : []),
  ]
  return `${lines.map(printable).join('\n')}\n\n`
}
