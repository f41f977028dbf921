import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EvaluationComparison, EvaluationRunView } from '../../src/http/contract-evaluations.ts'
import { compareEvaluations, listEvaluations } from '../api/usage.ts'
import { LinkButton } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField } from '../components/field.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RunReport } from '../governance/run-report.tsx'
import { useSearchValues } from '../router.tsx'
import { count } from '../text/count.ts'

const share = (value: number) => value.toFixed(3)

/** How right models and code are on questions with known answers, and whether one is better than another. */
export function Page() {
  const query = useQuery({ queryKey: ['evaluations'], queryFn: ({ signal }) => listEvaluations(signal) })
  return (
    <>
      <PageHeading title="Evaluations" />
      <div className="grid max-w-5xl grid-cols-1 gap-8 px-4 pb-8">
        <QueryState query={query} what="The evaluations">
          {({ runs }) => (
            <>
              <Runs runs={runs} />
              {runs.length > 1 && <Compare runs={runs} />}
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}

/** `triage/fp` as people say it. */
const classWords = (name: string) =>
  name
    .replace(/^[^/]+\//, '')
    .replace(/^tp$/, 'true positive')
    .replace(/^fp$/, 'false positive')
    .replaceAll('_', ' ')

function Runs({ runs }: { runs: readonly EvaluationRunView[] }) {
  const [opened, setOpened] = useState<EvaluationRunView>()
  return (
    <Section title="Runs">
      <p className="text-muted">
        Recorded by <code>tocsin eval run SUITE --model NAME --record</code>: suites triage, summary, attack,
        mail, intel, rule, injection, leakage, chat and feedback (what your people decided), or files of your
        own. Each is signed; the gates of models read them.
      </p>
      <DataTable
        label="Recorded runs"
        rows={runs}
        rowKey={({ id }) => id}
        empty="No evaluation has been recorded yet: run the command above on the machine of Tocsin, without --model for what code answers by itself."
        columns={[
          { title: 'When', cell: run => <Moment atMs={run.atMs} /> },
          {
            title: 'Suite',
            cell: run => (
              <LinkButton className="whitespace-nowrap" onClick={() => setOpened(run)}>
                <Untrusted text={run.suite} />
              </LinkButton>
            ),
          },
          {
            title: 'Answered by',
            cell: run => (run.model === 'none' ? 'code' : <Untrusted text={run.model} />),
          },
          {
            title: 'Score, 95 %',
            cell: run => (
              <span className="whitespace-nowrap tabular-nums">
                {share(run.score)} [{share(run.interval[0])}, {share(run.interval[1])}]
              </span>
            ),
          },
          {
            title: 'Items',
            cell: run => `${run.n}${run.errors === 0 ? '' : `, ${run.errors} without an answer`}`,
          },
          {
            title: 'By task',
            cell: run =>
              run.tasks
                .map(({ task, score, live }) => `${task} ${share(score)} ${live ? '(live)' : '(code)'}`)
                .join(', '),
          },
          {
            title: 'By class',
            cell: run =>
              run.classes.length === 0
                ? '—'
                : run.classes.map(({ name, score }) => `${classWords(name)} ${share(score)}`).join(', '),
          },
          {
            title: 'Signature',
            cell: run => (run.signed ? 'fits' : <span className="font-medium text-bad">does not fit</span>),
          },
        ]}
      />
      {opened !== undefined && <RunReport run={opened} onClose={() => setOpened(undefined)} />}
    </Section>
  )
}

function Compare({ runs }: { runs: readonly EvaluationRunView[] }) {
  const [search, setSearch] = useSearchValues()
  // Without a choice the newest that can be held against another.
  const first =
    runs.find(({ id }) => id === search.first) ??
    runs.find(run => runs.some(({ id, suite }) => suite === run.suite && id !== run.id)) ??
    runs[0]
  const others = runs.filter(({ id, suite }) => suite === first?.suite && id !== first?.id)
  const second = others.find(({ id }) => id === search.second) ?? others[0]
  const query = useQuery({
    queryKey: ['evaluations', first?.id, second?.id],
    queryFn: ({ signal }) => compareEvaluations(first?.id ?? '', second?.id ?? '', signal),
    enabled: first !== undefined && second !== undefined,
  })
  const nameOf = (run: EvaluationRunView) =>
    `${run.suite}: ${run.model === 'none' ? 'code' : run.model}, ${new Date(run.atMs).toISOString().slice(0, 16).replace('T', ' ')}`
  return (
    <Section title="Compare">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="First"
          value={first?.id}
          onChange={event => setSearch({ first: event.target.value, second: undefined })}
          options={runs.map(run => ({ value: run.id, label: nameOf(run) }))}
        />
        {second !== undefined && (
          <SelectField
            label="Second, of the same suite"
            value={second.id}
            onChange={event => setSearch({ first: first?.id, second: event.target.value })}
            options={others.map(run => ({ value: run.id, label: nameOf(run) }))}
          />
        )}
      </div>
      {second === undefined ? (
        <p className="text-muted">
          There is no other run of this suite to hold it against: record one with another model.
        </p>
      ) : (
        <QueryState query={query} what="The comparison">
          {comparison => <Result comparison={comparison} />}
        </QueryState>
      )}
    </Section>
  )
}

function Result({ comparison }: { comparison: EvaluationComparison }) {
  const { items, onlyFirst, onlySecond, p } = comparison
  const better = onlyFirst === onlySecond ? undefined : onlyFirst > onlySecond ? 'first' : 'second'
  return (
    <>
      <p>
        Of {count(items, 'item')} both were right on {comparison.both} and both wrong on {comparison.neither}.
        Only the first was right on {onlyFirst}, only the second on {onlySecond}.{' '}
        {better === undefined
          ? 'Neither is better.'
          : p < 0.05
            ? `The ${better} is better (McNemar, p ${p.toFixed(3)}).`
            : `That may be chance (McNemar, p ${p.toFixed(3)}).`}
      </p>
      <DataTable
        label="Items that differ"
        rows={comparison.differing}
        rowKey={each => `${each.task} ${each.id}`}
        empty="No item was scored differently."
        columns={[
          { title: 'Item', cell: each => <Untrusted text={each.id} /> },
          { title: 'Task', cell: each => each.task },
          { title: 'First', cell: each => <span className="tabular-nums">{share(each.first)}</span> },
          { title: 'Second', cell: each => <span className="tabular-nums">{share(each.second)}</span> },
        ]}
      />
    </>
  )
}
