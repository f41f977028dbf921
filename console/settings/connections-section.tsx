import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, CircleX, LoaderCircle } from 'lucide-react'
import type { Connection, Settings } from '../../src/http/contract-settings.ts'
import { readSettings } from '../api/settings.ts'
import { Age } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { shortDuration } from '../text/format-time.ts'

const stateLooks = {
  connected: { word: 'Connected', color: 'text-good', Icon: CircleCheck },
  waiting: { word: 'Waiting', color: 'text-medium', Icon: LoaderCircle },
  failing: { word: 'Failing', color: 'text-bad', Icon: CircleX },
  'not-configured': { word: 'Not connected', color: 'text-muted', Icon: CircleDashed },
} as const satisfies Record<Connection['state'], unknown>

/** Where alerts come from, where results go; and how to connect what is not. */
export function ConnectionsSection() {
  const settings = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => readSettings(signal),
    refetchInterval: 10_000,
  })
  if (settings.isPending) return <Loading lines={8} label="Loading settings" />
  if (settings.isError)
    return (
      <ErrorState
        what="The settings could not be read."
        error={settings.error}
        onRetry={() => void settings.refetch()}
      />
    )
  const { sources, publish } = settings.data
  return (
    <div className="grid gap-6">
      <Section title="Alerts come from">
        <ConnectionList connections={sources} />
      </Section>
      <Section title="Results go to">
        <ConnectionList connections={publish} />
      </Section>
      <Section title="This installation">
        <Facts settings={settings.data} />
      </Section>
    </div>
  )
}

function ConnectionList({ connections }: { connections: readonly Connection[] }) {
  if (connections.length === 0) return <p className="text-muted">Nothing.</p>
  return (
    <ul className="border-t border-line">
      {connections.map(connection => {
        const { word, color, Icon } = stateLooks[connection.state]
        return (
          <li
            key={`${connection.kind} ${connection.name}`}
            className="grid grid-cols-[8.5rem_minmax(0,1fr)_auto] gap-x-3 border-b border-line py-1.5 max-sm:grid-cols-1"
          >
            <span className={`flex items-center gap-1.5 self-start ${color}`}>
              <Icon aria-hidden="true" className="size-4" /> {word}
            </span>
            <div className="min-w-0">
              <p>
                <span className="font-medium">{connection.name}</span>{' '}
                <span className="text-muted">
                  <Untrusted text={connection.detail} limit={400} />
                </span>
              </p>
              {connection.hint !== null && <p className="text-muted">{connection.hint}</p>}
            </div>
            <span className="tabular text-right text-muted max-sm:text-left">
              {connection.received !== null && `${connection.received.toLocaleString('en')} received`}
              {connection.lastReceivedMs !== null && (
                <>
                  , last <Age atMs={connection.lastReceivedMs} />
                </>
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function Facts({ settings }: { settings: Settings }) {
  const { version, database, counts, unread, slaMinutes } = settings
  const rows: [string, string][] = [
    ['Version', version],
    [
      'Database',
      `PostgreSQL ${database.version}, ${database.kind === 'embedded' ? 'embedded' : 'on a server'}`,
    ],
    ['Wazuh', settings.wazuh.detail],
    ['Alerts', counts.alerts.toLocaleString('en')],
    ['Cases', `${counts.cases.toLocaleString('en')}, ${counts.openCases.toLocaleString('en')} open`],
    ['Quarantined', counts.quarantined.toLocaleString('en')],
    ...unread.map(({ source, code, count }): [string, string] => [
      'Of the last day',
      `${count.toLocaleString('en')} from ${source} could not be read: ${code}`,
    ]),
    [
      'Time to a verdict',
      Object.entries(slaMinutes)
        .map(([severity, minutes]) => `${severity} ${shortDuration(minutes * 60_000)}`)
        .join(', '),
    ],
  ]
  return (
    <dl className="tabular grid grid-cols-[9rem_minmax(0,1fr)] gap-y-1">
      {rows.map(([name, value]) => (
        <div key={`${name} ${value}`} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>
            <Untrusted text={value} limit={600} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
