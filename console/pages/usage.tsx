import { useQuery } from '@tanstack/react-query'
import type { ModelUsage } from '../../src/http/contract-usage.ts'
import { readUsage } from '../api/usage.ts'
import { DataTable } from '../components/data-table.tsx'
import { SelectField } from '../components/field.tsx'
import { CaseLink } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { Facts } from '../governance/facts.tsx'
import { useSearchValues } from '../router.tsx'
import { count } from '../text/count.ts'

const periods = [7, 30, 90, 365] as const
const dollars = (value: number) => (value === 0 ? '$0' : `$${value.toFixed(value < 1 ? 4 : 2)}`)
const whole = (value: number) => Math.round(value).toLocaleString('en')
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`)

/** What models cost and how long they take. Everything comes from the ledger, which has every call. */
export function Page() {
  const [search, setSearch] = useSearchValues()
  const days = periods.find(each => String(each) === search.days) ?? 30
  const query = useQuery({ queryKey: ['usage', days], queryFn: ({ signal }) => readUsage(days, signal) })
  return (
    <>
      <PageHeading title="Cost and usage" />
      <div className="grid max-w-5xl grid-cols-1 gap-8 px-4 pb-8">
        <div className="max-w-48">
          <SelectField
            label="Period"
            value={String(days)}
            onChange={event => setSearch({ days: event.target.value })}
            options={periods.map(each => ({ value: String(each), label: `Last ${each} days` }))}
          />
        </div>
        <QueryState query={query} what="The usage">
          {usage => (
            <>
              <Totals usage={usage} />
              <Budgets usage={usage} />
              <Days usage={usage} />
              <Tasks usage={usage} />
              <Teams usage={usage} />
              <Dearest usage={usage} />
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}

function Totals({ usage: { byTask, grouping, monthUsd } }: { usage: ModelUsage }) {
  const calls = byTask.reduce((sum, each) => sum + each.calls, 0)
  const answered = byTask.reduce((sum, each) => sum + each.answered, 0)
  const cost = byTask.reduce((sum, each) => sum + each.costUsd, 0)
  const tokens = byTask.reduce((sum, each) => sum + each.inputTokens + each.outputTokens, 0)
  const cached = byTask.reduce((sum, each) => sum + (each.cachedTokens ?? 0), 0)
  const cacheable = byTask.reduce((sum, each) => sum + each.cacheableTokens, 0)
  return (
    <Section title="In all">
      <Facts
        facts={[
          ['Spent', dollars(cost)],
          ['A month at this pace', dollars(monthUsd)],
          ['Calls', whole(calls)],
          ['Answered', percent(answered, calls)],
          ['Tokens', whole(tokens)],
          ['From prompt caches', cacheable === 0 ? 'not counted' : whole(cached)],
          ['Of that input', cacheable === 0 ? '–' : percent(cached, cacheable)],
        ]}
      />
      <p className="text-muted">
        {count(grouping.alerts, 'alert')} became {count(grouping.cases, 'case')}, {whole(grouping.briefed)} of
        them briefed by a model.{' '}
        {grouping.savedUsd === null
          ? 'With a model, a call goes to a case and not to each alert.'
          : `For briefs ${count(grouping.calls, 'call')} went out; one for each alert of those cases (${whole(grouping.askedAlerts)}) would have been ${whole(grouping.savedCalls)} more, at about ${dollars(grouping.savedUsd)}.`}
      </p>
      {calls > 0 && (
        <p className="text-muted">
          Dollars are counted at the prices in models.yaml: a model without one counts as $0.
        </p>
      )}
    </Section>
  )
}

function Budgets({ usage: { budgets } }: { usage: ModelUsage }) {
  const shown = (unit: string, value: number) =>
    unit === 'costUsd' ? dollars(value) : `${whole(value)} ${unit}`
  return (
    <Section title="Budgets, today (UTC)">
      <DataTable
        label="Budgets"
        rows={budgets}
        rowKey={each => `${each.scope} ${each.unit}`}
        empty="No budget is set. In models.yaml: budgets: { perDay: { costUsd: 5 } }. A call over it is not made."
        columns={[
          { title: 'For', cell: each => (each.scope === 'day' ? 'all tasks' : each.scope) },
          { title: 'Limit', cell: each => shown(each.unit, each.limit) },
          {
            title: 'Spent',
            cell: each => `${shown(each.unit, each.spent)} (${percent(each.spent, each.limit)})`,
          },
          {
            title: 'By midnight',
            cell: each =>
              each.forecast > each.limit ? (
                <span className="font-medium text-bad">
                  {shown(each.unit, each.forecast)}: over the limit
                </span>
              ) : (
                shown(each.unit, each.forecast)
              ),
          },
        ]}
      />
    </Section>
  )
}

function Days({ usage: { byDay } }: { usage: ModelUsage }) {
  const most = Math.max(...byDay.map(each => each.costUsd), 0)
  const calls = Math.max(...byDay.map(each => each.calls), 1)
  return (
    <Section title="By day">
      <DataTable
        label="Days"
        rows={byDay.toReversed().slice(0, 31)}
        rowKey={each => each.day}
        empty="No model was asked in this period."
        columns={[
          { title: 'Day', cell: each => <span className="whitespace-nowrap tabular-nums">{each.day}</span> },
          { title: 'Calls', cell: each => <span className="tabular-nums">{whole(each.calls)}</span> },
          { title: 'Tokens', cell: each => <span className="tabular-nums">{whole(each.tokens)}</span> },
          { title: 'Cost', cell: each => <span className="tabular-nums">{dollars(each.costUsd)}</span> },
          {
            title: 'Share of the dearest day',
            hidden: true,
            cell: each => (
              <span
                aria-hidden="true"
                className="block h-3 rounded-sm bg-accent-solid"
                style={{ width: `${(most > 0 ? each.costUsd / most : each.calls / calls) * 12}rem` }}
              />
            ),
          },
        ]}
      />
    </Section>
  )
}

function Tasks({ usage: { byTask } }: { usage: ModelUsage }) {
  return (
    <Section title="By task and model">
      <DataTable
        label="Tasks and models"
        rows={byTask}
        rowKey={each => `${each.task} ${each.model}`}
        empty="No model was asked in this period."
        columns={[
          { title: 'Task', cell: each => each.task },
          { title: 'Model', cell: each => <Untrusted text={each.model} /> },
          { title: 'Calls', cell: each => <span className="tabular-nums">{whole(each.calls)}</span> },
          { title: 'Answered', cell: each => percent(each.answered, each.calls) },
          { title: 'Not borne out', cell: each => percent(each.unsupported, each.calls) },
          {
            title: 'Tokens in, out',
            cell: each => `${whole(each.inputTokens)}, ${whole(each.outputTokens)}`,
          },
          {
            title: 'Cached',
            cell: each =>
              each.cachedTokens === null ? 'not counted' : percent(each.cachedTokens, each.cacheableTokens),
          },
          { title: 'Median, 95th', cell: each => `${seconds(each.medianMs)}, ${seconds(each.p95Ms)}` },
          { title: 'Cost', cell: each => <span className="tabular-nums">{dollars(each.costUsd)}</span> },
        ]}
      />
    </Section>
  )
}

function Teams({ usage: { byTeam } }: { usage: ModelUsage }) {
  return (
    <Section title="By team">
      <p className="text-muted">
        Whose chat or draft of a rule it was, or whom the case is assigned to now. A team is a group of people
        (Learning, Change alarms and groups); who is in none counts under their role.
      </p>
      <DataTable
        label="Teams"
        rows={byTeam}
        rowKey={each => each.team}
        empty="No model was asked in this period."
        columns={[
          {
            title: 'Team',
            cell: each =>
              each.team === '' ? (
                <span className="text-muted">nobody’s: mail, reports, cases without an assignee</span>
              ) : (
                <Untrusted text={each.team} />
              ),
          },
          { title: 'Calls', cell: each => <span className="tabular-nums">{whole(each.calls)}</span> },
          { title: 'Tokens', cell: each => <span className="tabular-nums">{whole(each.tokens)}</span> },
          { title: 'Cost', cell: each => <span className="tabular-nums">{dollars(each.costUsd)}</span> },
        ]}
      />
    </Section>
  )
}

function Dearest({ usage: { dearest } }: { usage: ModelUsage }) {
  return (
    <Section title="Dearest cases">
      <DataTable
        label="Cases by cost"
        rows={dearest}
        rowKey={each => each.caseId}
        empty="No model was asked in this period."
        columns={[
          {
            title: 'Case',
            cell: each =>
              each.title === null ? (
                <span className="text-muted">{each.caseId}</span>
              ) : (
                <CaseLink id={each.caseId} title={each.title} />
              ),
          },
          { title: 'Calls', cell: each => <span className="tabular-nums">{each.calls}</span> },
          { title: 'Tokens', cell: each => <span className="tabular-nums">{whole(each.tokens)}</span> },
          { title: 'Cost', cell: each => <span className="tabular-nums">{dollars(each.costUsd)}</span> },
        ]}
      />
    </Section>
  )
}
