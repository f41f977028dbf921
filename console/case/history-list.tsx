import type { HistoryEntry } from '../../src/http/contract-cases.ts'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import type { CaseSectionProps } from './case-sections.ts'

const kindWords: Readonly<Record<HistoryEntry['kind'], string>> = {
  created: 'opened the case',
  claimed: 'claimed it',
  released: 'gave it back',
  verdict: 'gave a verdict',
  reopened: 'reopened it',
  note: 'wrote a note',
  merged: 'merged',
  split: 'split',
  brief: 'wrote a brief',
  'brief-review': 'reviewed the model’s brief',
  published: 'published to Wazuh',
  'severity-raised': 'raised the severity',
  step: 'marked a step',
  response: 'about a response',
}

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
            <span className="font-medium">{entry.by?.displayName ?? 'Tocsin'}</span> {kindWords[entry.kind]}
            {entry.detail !== '' && ': '}
            <Untrusted text={entry.detail} limit={600} />
          </span>
        </li>
      ))}
    </ol>
  )
}
