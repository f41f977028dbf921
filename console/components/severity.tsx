import type { CaseSummary } from '../../src/http/contract-queue.ts'

export type Severity = CaseSummary['severity']

/** Shape, colour and word: any one of them is enough. */
const marks: Readonly<Record<Severity, { word: string; color: string; path: string }>> = {
  critical: { word: 'Critical', color: 'text-critical', path: 'M8 0.5 15.5 8 8 15.5 0.5 8z' },
  high: { word: 'High', color: 'text-high', path: 'M8 1.5 15.5 14.5H0.5z' },
  medium: { word: 'Medium', color: 'text-medium', path: 'M2 2h12v12H2z' },
  low: { word: 'Low', color: 'text-low', path: '' },
}

/** The shape alone, with its name for screen readers. In tables and lists, where a legend is near. */
export function SeverityMark({ severity }: { severity: Severity }) {
  const { word, color, path } = marks[severity]
  return (
    <svg
      viewBox="0 0 16 16"
      role="img"
      aria-label={`${word} severity`}
      className={`size-3.5 shrink-0 ${color}`}
    >
      {path === '' ? (
        <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="2" />
      ) : (
        <path d={path} fill="currentColor" />
      )}
    </svg>
  )
}

/** Shape and word. */
export function SeverityLabel({ severity }: { severity: Severity }) {
  const { word, color } = marks[severity]
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${color}`}>
      <span aria-hidden="true" className="contents">
        <SeverityMark severity={severity} />
      </span>
      {word}
    </span>
  )
}

/** The severity that a Wazuh level means, as the server maps it. For single alerts, which carry only a level. */
export function severityOfLevel(level: number): Severity {
  return level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : 'low'
}
