import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import type { CaseSectionProps } from './case-sections.ts'

/** Who did what to the case. The server lists it in order of time; here the latest comes first. */
export function HistoryList({ detail }: CaseSectionProps) {
  return (
    <ol className="grid gap-1">
      {detail.history.toReversed().map(entry => (
        <li key={entry.id} className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-2">
          <span className="tabular text-muted">
            <Moment atMs={entry.atMs} />
          </span>
          <span>
            <span className="font-medium">{entry.by?.displayName ?? 'Tocsin'}</span>{' '}
            <Untrusted text={entry.detail} limit={600} />
          </span>
        </li>
      ))}
    </ol>
  )
}
