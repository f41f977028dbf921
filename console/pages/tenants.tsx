import { useQuery } from '@tanstack/react-query'
import { CircleX } from 'lucide-react'
import type { TenantCountsView } from '../../src/http/contract-tenants.ts'
import { useSession } from '../api/session.ts'
import { listTenants } from '../api/tenants.ts'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { SeverityMark } from '../components/severity.tsx'
import { EmptyState } from '../components/states.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'

const severities = ['critical', 'high', 'medium', 'low'] as const

/** How much waits at each tenant. Counts and times only: what it is about is seen in the tenant's own console. */
export function Page() {
  const servesTenants = useSession().data?.servesTenants === true
  const query = useQuery({
    queryKey: ['tenants'],
    queryFn: ({ signal }) => listTenants(signal),
    refetchInterval: 30_000,
    enabled: servesTenants,
  })
  if (!servesTenants)
    return (
      <>
        <PageHeading title="Tenants" />
        <EmptyState title="This console serves one organisation.">
          <p>Here the operator of several tenants sees what waits at each of them.</p>
        </EmptyState>
      </>
    )
  return (
    <>
      <PageHeading title="Tenants" />
      <div className="grid grid-cols-1 gap-3 px-4 pb-8">
        <p className="max-w-3xl text-muted">
          What waits at each tenant, as numbers. Cases, alerts and names stay with the tenant: its console is
          its own program, where you have an account of your own.
        </p>
        <QueryState query={query} what="The tenants">
          {({ tenants }) => (
            <DataTable<TenantCountsView>
              label="Tenants"
              rows={tenants.toSorted(mostUrgentFirst)}
              rowKey={tenant => tenant.id}
              empty="There are no tenants: tocsin tenant add NAME makes one."
              columns={[
                { title: 'Tenant', cell: tenant => <TenantName tenant={tenant} /> },
                { title: 'Open cases', cell: tenant => <OpenCases tenant={tenant} /> },
                { title: 'Overdue', cell: tenant => <Count value={tenant.overdue} /> },
                { title: 'Without a brief', cell: tenant => <Unbriefed tenant={tenant} /> },
                { title: 'Jobs set aside', cell: tenant => <Count value={tenant.setAside} /> },
                { title: 'Models today (UTC)', cell: tenant => <Today tenant={tenant} /> },
                {
                  title: 'Newest alert',
                  cell: ({ newestAlertMs }) =>
                    newestAlertMs === null ? (
                      <span className="text-muted">of no open case</span>
                    ) : (
                      <Moment atMs={newestAlertMs} />
                    ),
                },
              ]}
            />
          )}
        </QueryState>
      </div>
    </>
  )
}

/** What stands still, then by critical cases, high ones, what is overdue; the server's order where they are equal. */
function mostUrgentFirst(one: TenantCountsView, other: TenantCountsView): number {
  return (
    Number(other.suspendedMs !== null) - Number(one.suspendedMs !== null) ||
    other.open.critical - one.open.critical ||
    other.open.high - one.open.high ||
    other.overdue - one.overdue
  )
}

function TenantName({ tenant: { id, name, consoleUrl, own, suspendedMs } }: { tenant: TenantCountsView }) {
  return (
    <>
      <p className="font-semibold">
        <Untrusted text={name} />
        {name !== id && <span className="font-normal text-muted"> ({id})</span>}
      </p>
      {suspendedMs !== null && (
        <p className="flex max-w-80 items-start gap-1.5 text-bad">
          <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>
            Suspended since <Moment atMs={suspendedMs} />: its sessions held other tenants up again and again,
            and nothing of it runs. <code className="font-mono">tocsin tenant resume {id}</code> lets it in
            again.
          </span>
        </p>
      )}
      {own ? (
        <p className="text-xs text-muted">this console</p>
      ) : consoleUrl === null ? (
        <p className="text-xs text-muted">no address known</p>
      ) : (
        // Set by the owner of the database, who is trusted with every tenant, and read as http(s) there.
        <a
          href={consoleUrl}
          target="_blank"
          rel="noopener noreferrer"
          className="text-accent hover:underline max-md:inline-block max-md:py-2"
        >
          Open its console
        </a>
      )}
    </>
  )
}

function OpenCases({ tenant: { open } }: { tenant: TenantCountsView }) {
  const some = severities.filter(severity => open[severity] > 0)
  if (some.length === 0) return <span className="text-muted">none</span>
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
      {some.map(severity => (
        <li key={severity} className="flex items-center gap-1 whitespace-nowrap tabular-nums">
          <SeverityMark severity={severity} /> {open[severity].toLocaleString('en')}
        </li>
      ))}
    </ul>
  )
}

const Count = ({ value }: { value: number }) =>
  value === 0 ? (
    <span className="text-muted">none</span>
  ) : (
    <span className="font-medium tabular-nums">{value.toLocaleString('en')}</span>
  )

function Unbriefed({ tenant: { unbriefed, oldestUnbriefedMs } }: { tenant: TenantCountsView }) {
  return (
    <>
      <Count value={unbriefed} />
      {oldestUnbriefedMs !== null && (
        <p className="text-xs whitespace-nowrap text-muted">
          oldest <Moment atMs={oldestUnbriefedMs} />
        </p>
      )}
    </>
  )
}

function Today({ tenant: { today, budgetUsed } }: { tenant: TenantCountsView }) {
  const percent = budgetUsed === null ? null : Math.round(budgetUsed * 100)
  return (
    <span className="tabular-nums">
      {count(today.calls, 'call')}, ${today.costUsd.toFixed(2)}
      <span
        className={`block text-xs ${percent !== null && percent >= 90 ? 'font-medium text-bad' : 'text-muted'}`}
      >
        {percent === null ? 'no budget set' : `${percent} % of the day’s budget`}
      </span>
    </span>
  )
}
