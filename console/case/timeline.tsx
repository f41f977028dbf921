import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { SeverityMark, severityOfLevel } from '../components/severity.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { shortDuration } from '../text/format-time.ts'
import type { CaseSectionProps } from './case-sections.ts'

/** What happened in order of time, with the gaps between: alerts of one rule that follow each other are one line. */
export function Timeline({ detail, onRaw }: CaseSectionProps) {
  const { timeline, timelineGap: gap } = detail
  return (
    <ol className="grid">
      {timeline.map((entry, index) => {
        const before = timeline[index - 1]
        return [
          gap?.after === index && (
            <li key="gap" className="border-b border-line py-1 text-muted">
              {gap.alerts.toLocaleString('en')} alerts between these are left out here; the list of alerts has
              all.
            </li>
          ),
          <li
            key={`${entry.firstAlertKey} ${entry.atMs}`}
            className="grid grid-cols-[6.5rem_1rem_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1 max-sm:grid-cols-[1rem_minmax(0,1fr)_auto]"
          >
            <span className="tabular text-right text-muted max-sm:col-span-3 max-sm:text-left">
              <Moment atMs={entry.atMs} precise />
              {before !== undefined && (
                <span className="block text-xs max-sm:ml-2 max-sm:inline">
                  +{shortDuration(entry.atMs - before.atMs)}
                </span>
              )}
            </span>
            <span className="self-center">
              <SeverityMark severity={severityOfLevel(entry.level)} />
            </span>
            <span className="min-w-0">
              <Untrusted text={entry.description} limit={300} />
              {entry.count > 1 && (
                <span className="tabular font-semibold">
                  {' '}
                  × {entry.count.toLocaleString('en')}
                  {entry.untilMs > entry.atMs && ` in ${shortDuration(entry.untilMs - entry.atMs)}`}
                </span>
              )}
              <span className="block text-xs text-muted">
                <Untrusted text={entry.agentName} limit={100} /> · rule {entry.ruleId}, level {entry.level}
                {entry.techniques.length > 0 && ` · ${entry.techniques.join(' ')}`}
              </span>
            </span>
            <Button look="quiet" onClick={() => onRaw(entry.firstAlertKey)}>
              Raw<span className="sr-only"> alert of {entry.ruleId}</span>
            </Button>
          </li>,
        ]
      })}
    </ol>
  )
}
