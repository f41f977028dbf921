import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'
import type { ModelHealth, ModelsView, ModelView } from '../../src/http/contract-trust.ts'
import { readModels } from '../api/trust.ts'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'
import { zoneWords } from './zone-words.ts'

/** Which models may be asked, how they fare, and what is left of their budgets. Set up in a file, by an administrator. */
export function ModelsSection() {
  const query = useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => readModels(signal),
    refetchInterval: 5_000,
  })
  return (
    <QueryState query={query} what="The models">
      {view => (
        <div className="grid grid-cols-1 gap-6">
          <Section title="Models, in the order in which they are asked">
            <p className="text-muted">
              Set up in <code className="font-mono wrap-anywhere">{visibleText(view.file)}</code>. A model
              that fails is followed only by one of the same or a nearer zone.
            </p>
            <DataTable<ModelView>
              label="Models"
              rows={view.models}
              rowKey={model => model.name}
              empty="None is set up, and that is fine: briefs, verdicts and search need none. ‘tocsin init’ writes a first models.yaml."
              columns={[
                {
                  title: 'Model',
                  cell: model => (
                    <>
                      <p className="font-medium">{visibleText(model.name)}</p>
                      <p className="text-muted">
                        {visibleText(model.modelId)}, {model.provider}
                      </p>
                    </>
                  ),
                },
                { title: 'State', cell: model => <State health={model.health} running={model.running} /> },
                {
                  title: 'Zone',
                  cell: model => (
                    <>
                      <p title={zoneWords[model.zone]}>{model.zone}</p>
                      <p className="text-muted">{visibleText(model.place)}</p>
                    </>
                  ),
                },
                { title: 'Asked for', cell: model => tasksText(model) },
                { title: 'US $ a million tokens', cell: model => priceText(model) },
                { title: 'Since midnight', cell: model => <Today model={model} /> },
              ]}
            />
          </Section>
          <Section title="Budgets since midnight UTC">
            <p className="text-muted">
              A limit is hard: a call that could pass it is not made, and the computed brief stands alone.
            </p>
            <Budgets view={view} />
          </Section>
        </div>
      )}
    </QueryState>
  )
}

function State({ health, running }: { health: ModelHealth; running: number }) {
  const { word, color, Icon } = looks[health.kind]
  return (
    <>
      <p className={`flex items-center gap-1.5 whitespace-nowrap ${color}`}>
        <Icon aria-hidden="true" className="size-4" /> {word}
      </p>
      {health.kind === 'open' && (
        <p className="text-muted">
          asked again <Moment atMs={health.untilMs} />: <Untrusted text={health.reason} limit={200} />
        </p>
      )}
      {health.kind === 'failing' && (
        <p className="text-muted">{count(health.failures, 'failure')} in a row</p>
      )}
      {running > 0 && <p className="text-muted">{running} being answered now</p>}
    </>
  )
}

const looks = {
  well: { word: 'Well', color: 'text-good', Icon: CircleCheck },
  failing: { word: 'Failing', color: 'text-medium', Icon: TriangleAlert },
  open: { word: 'Left alone', color: 'text-bad', Icon: CircleX },
  unknown: { word: 'No worker reports', color: 'text-muted', Icon: CircleDashed },
} as const satisfies Record<ModelHealth['kind'], unknown>

function tasksText({ tasks, preferredFor }: ModelView): string {
  const all = tasks === null ? 'every task' : tasks.join(', ')
  return preferredFor.length === 0 ? all : `${all}; first for ${preferredFor.join(', ')}`
}

function priceText({ price }: ModelView): string {
  if (price === null) return 'unknown'
  return price.inputUsd === 0 && price.outputUsd === 0
    ? 'nothing'
    : `${price.inputUsd} in, ${price.outputUsd} out`
}

function Today({ model: { today, price } }: { model: ModelView }) {
  if (today.calls === 0) return <span className="text-muted">not asked</span>
  return (
    <div className="tabular">
      <p>
        {count(today.calls, 'call')}
        {today.failed > 0 && <span className="text-bad">, {today.failed} failed</span>}
      </p>
      <p className="text-muted">
        {today.tokens.toLocaleString('en')} tokens
        {price !== null && `, $${today.costUsd.toFixed(2)}`}
        {today.lastMs !== null && (
          <>
            , last <Moment atMs={today.lastMs} />
          </>
        )}
      </p>
    </div>
  )
}

type BudgetRow = ModelsView['budgets'][number]

function Budgets({ view }: { view: ModelsView }) {
  const { calls, tokens, costUsd } = view.perQuestion
  const question = [
    ...(calls === null ? [] : [count(calls, 'call')]),
    ...(tokens === null ? [] : [count(tokens, 'token')]),
    ...(costUsd === null ? [] : [`$${costUsd}`]),
  ]
  return (
    <>
      <DataTable<BudgetRow>
        label="Budgets"
        rows={view.budgets}
        rowKey={row => row.task ?? ''}
        empty="No budget is set."
        columns={[
          { title: 'Budget', cell: row => row.task ?? 'All tasks together' },
          { title: 'Calls', cell: row => <Use used={row.used.calls} limit={row.limit.calls} /> },
          { title: 'Tokens', cell: row => <Use used={row.used.tokens} limit={row.limit.tokens} /> },
          {
            title: 'US $',
            cell: row => <Use used={row.used.costUsd} limit={row.limit.costUsd} digits={2} />,
          },
        ]}
      />
      {question.length > 0 && (
        <p className="text-muted">One question may use {question.join(', ')} at most.</p>
      )}
    </>
  )
}

function Use({ used, limit, digits = 0 }: { used: number; limit: number | null; digits?: number }) {
  const text = (number: number) =>
    number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  if (limit === null)
    return (
      <span className="tabular">
        {text(used)} <span className="text-muted">no limit</span>
      </span>
    )
  const share = Math.min(1, used / limit)
  return (
    <span className={`tabular grid w-36 gap-0.5 ${share >= 0.9 ? 'font-medium text-bad' : ''}`}>
      {text(used)} of {text(limit)}
      <meter className="h-1.5 w-full" min={0} max={limit} high={limit * 0.9} value={used}>
        {Math.round(share * 100)} %
      </meter>
    </span>
  )
}
