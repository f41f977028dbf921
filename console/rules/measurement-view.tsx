import type { Measurement } from '../../src/http/contract-rules.ts'
import { Untrusted } from '../components/untrusted.tsx'
import { FindingList } from './finding-list.tsx'

/** What a saved rule did: on its own logs, and on the alerts that are stored here. */
export function MeasurementView({ measurement }: { measurement: Measurement }) {
  if (measurement.kind === 'refused') return <FindingList findings={measurement.findings} />
  const { cases, tallies, pastEvents, cutShort } = measurement.proof
  return (
    <div className="grid grid-cols-1 gap-3">
      <p>
        {cases.filter(({ pass }) => pass).length} of {cases.length} logs as wanted. Run over{' '}
        {pastEvents.toLocaleString('en')} past alerts{cutShort && ' until the time was up'}
        {tallies.length === 0 && ': it would have fired on none'}.
      </p>
      {tallies.map(tally => (
        <div key={tally.rule_id} className="grid gap-1">
          <h3 className="font-medium">
            Rule {tally.rule_id}, level {tally.level}: {tally.hits.toLocaleString('en')} hits
          </h3>
          <Counts label="By host" counts={tally.by_host} />
          <Counts label="By day" counts={tally.by_day} />
          <Counts label="By verdict" counts={tally.against} />
          <Counts label="In place of rule" counts={tally.instead_of} />
          <ul aria-label={`Examples of rule ${tally.rule_id}`} className="grid gap-1 font-mono text-xs">
            {tally.examples.map(({ source, log }) => (
              <li key={source} className="min-w-0 break-words">
                <Untrusted text={log} limit={300} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  )
}

const mostShown = 8

function Counts({ label, counts }: { label: string; counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts).sort(([, left], [, right]) => right - left)
  if (entries.length === 0) return null
  return (
    <p>
      <span className="text-muted">{label}:</span>{' '}
      {entries.slice(0, mostShown).map(([name, count], index) => (
        <span key={name}>
          {index > 0 && ', '}
          <Untrusted text={name} limit={100} /> {count.toLocaleString('en')}
        </span>
      ))}
      {entries.length > mostShown && ` and ${entries.length - mostShown} more`}
    </p>
  )
}
