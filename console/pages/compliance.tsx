import { useQuery } from '@tanstack/react-query'
import type { ComplianceView } from '../../src/http/contract-compliance.ts'
import { listFrameworks, readCompliance } from '../api/compliance.ts'
import { type ControlStatus, ControlTable, controlStatuses, Status } from '../compliance/control-table.tsx'
import { SelectField } from '../components/field.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { useSearchValues } from '../router.tsx'

const dayMs = 86_400_000
const periods = [30, 90, 365] as const

/** What Tocsin's records hold for the controls of a framework. It counts; it does not judge. */
export function Page() {
  const [search, setSearch] = useSearchValues()
  const list = useQuery({ queryKey: ['compliance'], queryFn: ({ signal }) => listFrameworks(signal) })
  const days = periods.find(each => String(each) === search.days) ?? 90
  const only = controlStatuses.find(each => each === search.status)
  return (
    <>
      <PageHeading title="Compliance" />
      <div className="grid gap-4 px-4 pb-8">
        <QueryState query={list} what="The frameworks">
          {({ frameworks }) => {
            const chosen = frameworks.find(each => each.id === search.framework) ?? frameworks[0]
            return (
              <>
                <div className="flex flex-wrap gap-3">
                  <SelectField
                    label="Framework"
                    value={chosen?.id}
                    onChange={event => setSearch({ framework: event.target.value })}
                    options={frameworks.map(each => ({
                      value: each.id,
                      label: `${each.name} ${each.version}`,
                    }))}
                  />
                  <SelectField
                    label="Period"
                    value={String(days)}
                    onChange={event => setSearch({ days: event.target.value })}
                    options={periods.map(each => ({ value: String(each), label: `Last ${each} days` }))}
                  />
                  <SelectField
                    label="Status"
                    value={only ?? ''}
                    onChange={event => setSearch({ status: event.target.value || undefined })}
                    options={[
                      { value: '', label: 'All' },
                      ...controlStatuses.map(each => ({ value: each, label: each })),
                    ]}
                  />
                </div>
                {chosen !== undefined && <Controls framework={chosen.id} days={days} only={only} />}
              </>
            )
          }}
        </QueryState>
      </div>
    </>
  )
}

function Controls({
  framework,
  days,
  only,
}: {
  framework: string
  days: number
  only: ControlStatus | undefined
}) {
  const query = useQuery({
    queryKey: ['compliance', framework, days],
    queryFn: ({ signal }) => {
      const now = Date.now()
      return readCompliance(framework, dateOf(now - (days - 1) * dayMs), dateOf(now), signal)
    },
  })
  return (
    <QueryState query={query} what="The evidence">
      {view => (
        <>
          <Summary view={view} />
          <ControlTable view={view} only={only} />
        </>
      )}
    </QueryState>
  )
}

function Summary({ view }: { view: ComplianceView }) {
  const { ledger } = view
  const report = `tocsin compliance report --framework ${view.framework.id} --from ${dateOf(view.fromMs)} --to ${dateOf(view.toMs - 1)}`
  return (
    <div className="grid max-w-3xl gap-2">
      <ul aria-label="Controls by status" className="flex flex-wrap gap-x-6 gap-y-1">
        {controlStatuses.map(status => (
          <li key={status} className="tabular-nums">
            <strong>{view.controls.filter(control => control.status === status).length}</strong>{' '}
            <Status status={status} />
          </li>
        ))}
      </ul>
      <p>
        {ledger.firstBad === null
          ? `The ledger's chain was recomputed: all ${ledger.verified} entries fit.`
          : `The ledger is broken at entry ${ledger.firstBad}. Run tocsin audit verify before you rely on anything below.`}
      </p>
      <p className="text-muted">{view.notice}</p>
      <Coverage view={view} />
      <p className="text-muted">
        The signed report: <code className="wrap-anywhere">{report}</code>
      </p>
    </div>
  )
}

/** What the table below is not about: an auditor asks for the rest first. */
function Coverage({ view: { framework, notMapped } }: { view: ComplianceView }) {
  if (framework.of === null) return null
  if (notMapped.length === 0)
    return (
      <p>
        All {framework.of} {framework.unit} are mapped to kinds of record.
      </p>
    )
  return (
    <details>
      <summary className="cursor-pointer max-md:py-2">
        {framework.of - notMapped.length} of {framework.of} {framework.unit} are mapped to kinds of record.
        Nothing that Tocsin keeps speaks of the other {notMapped.length}.
      </summary>
      <p className="pt-1 text-muted">{notMapped.join(', ')}</p>
    </details>
  )
}

const dateOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10)
