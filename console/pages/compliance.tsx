import { useQuery } from '@tanstack/react-query'
import type { ComplianceView } from '../../src/http/contract-compliance.ts'
import { listFrameworks, readCompliance } from '../api/compliance.ts'
import {
  ControlTable,
  type Standing,
  StandingMark,
  standingOf,
  standings,
} from '../compliance/control-table.tsx'
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
  const only = standings.find(each => each === search.status)
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
                      ...standings.map(each => ({ value: each, label: each })),
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
  only: Standing | undefined
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
  const { ledger, framework, controls } = view
  const report = `tocsin compliance report --framework ${framework.id} --from ${dateOf(view.fromMs)} --to ${dateOf(view.toMs - 1)} --format html --out report.html`
  const stated = controls.filter(({ own }) => own !== null && own.statement !== '')
  const expired = stated.filter(({ own }) => own?.inForce === false).length
  return (
    <div className="grid max-w-3xl gap-2">
      <ul aria-label="Controls by status" className="flex flex-wrap gap-x-6 gap-y-1">
        {standings.map(standing => (
          <li key={standing} className="tabular-nums">
            <strong>{controls.filter(control => standingOf(control) === standing).length}</strong>{' '}
            <StandingMark standing={standing} />
          </li>
        ))}
      </ul>
      <p>
        All {controls.length} {framework.unit} are listed. Records here can speak of {framework.mapped}; of
        the others an organisation can say itself who answers for them and what it does
        {stated.length === 0
          ? '; nothing is stated yet.'
          : `: stated of ${stated.length}${expired === 0 ? '' : `, ${expired} expired`}.`}
      </p>
      <p className={ledger.firstBad === null ? '' : 'font-medium text-bad'}>
        {ledger.firstBad === null
          ? chainWords(ledger.verified)
          : `The ledger is broken at entry ${ledger.firstBad}. Run tocsin audit verify before you rely on anything below.`}
      </p>
      <details>
        <summary className="cursor-pointer max-md:py-2">
          What a status means, and how to get the signed report
        </summary>
        <p className="pt-1 text-muted">{view.notice}</p>
        <p className="pt-1 text-muted">
          Signed, as HTML, PDF, JSON or OSCAL: <code className="wrap-anywhere">{report}</code>
        </p>
      </details>
    </div>
  )
}

const dateOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10)

function chainWords(verified: number): string {
  if (verified === 0) return 'The ledger has no entry yet.'
  const fit = verified === 1 ? 'its one entry fits' : `all ${verified.toLocaleString('en')} entries fit`
  return `The ledger's chain was recomputed: ${fit}.`
}
