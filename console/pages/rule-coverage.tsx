import { useQuery } from '@tanstack/react-query'
import type { RuleCoverage } from '../../src/http/contract-rules.ts'
import { readRuleCoverage } from '../api/rules.ts'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { useSearchValues } from '../router.tsx'

type Row = RuleCoverage['techniques'][number]

const stateWords: Readonly<Record<Row['state'], string>> = {
  gap: 'gap: reported, and no rule names it',
  'parent-only': 'only the technique above it has a rule',
  covered: 'a rule names it',
}

const shows = { gaps: 'Gaps', all: 'All' } as const
const mostRules = 5

/** Which techniques the rules name, against those that threat reports describe. `?show=all` shows those without a gap too. */
export function Page() {
  const [search] = useSearchValues()
  const show = search.show === 'all' ? 'all' : 'gaps'
  const query = useQuery({ queryKey: ['rule-coverage'], queryFn: ({ signal }) => readRuleCoverage(signal) })
  return (
    <>
      <PageHeading title="ATT&CK coverage of the rules">
        <nav aria-label="Which techniques" className="flex gap-1">
          {(['gaps', 'all'] as const).map(each => (
            <Link
              key={each}
              href={`/rule-coverage?show=${each}`}
              current={show === each}
              className={`rounded px-2 py-1 ${show === each ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
            >
              {shows[each]}
            </Link>
          ))}
        </nav>
      </PageHeading>
      <div className="grid max-w-5xl grid-cols-1 gap-3 px-4 pb-8">
        <QueryState query={query} what="The coverage">
          {({ attackVersion, techniques, unknown }) => (
            <>
              <p className="text-muted">
                ATT&amp;CK Enterprise {attackVersion}.{' '}
                {techniques.filter(({ state }) => state === 'covered').length} techniques are named by a rule
                that alerts. What a rule claims to look for is not yet what it finds.
              </p>
              {unknown.length > 0 && <p>Ids in rules that ATT&amp;CK does not know: {unknown.join(', ')}</p>}
              <DataTable<Row>
                label="Techniques"
                rows={show === 'all' ? techniques : techniques.filter(({ state }) => state !== 'covered')}
                rowKey={row => row.id}
                empty="No gaps: each technique that a threat report describes is named by a rule, or no report has been read yet."
                columns={[
                  {
                    title: 'Technique',
                    cell: row => (
                      <>
                        {row.id} {row.name}
                      </>
                    ),
                  },
                  { title: 'Tactics', cell: row => row.tactics.join(', ') },
                  { title: 'State', cell: row => stateWords[row.state] },
                  { title: 'Reports', cell: row => <span className="tabular">{row.reports}</span> },
                  {
                    title: 'Rules',
                    cell: row =>
                      row.rules.length > mostRules
                        ? `${row.rules.slice(0, mostRules).join(', ')} and ${row.rules.length - mostRules} more`
                        : row.rules.join(', '),
                  },
                ]}
              />
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}
