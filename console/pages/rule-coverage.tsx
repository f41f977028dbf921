import { useQuery } from '@tanstack/react-query'
import type { RuleCoverage } from '../../src/http/contract-rules.ts'
import { readRuleCoverage } from '../api/rules.ts'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { useSearchValues } from '../router.tsx'
import { CoverageMatrix } from '../rules/coverage-matrix.tsx'
import { ruleNames } from '../rules/rule-names.ts'
import { attackDomainsText } from '../text/attack-domains.ts'
import { visibleText } from '../text/visible-text.ts'

type Row = RuleCoverage['techniques'][number]

const stateWords: Readonly<Record<Row['state'], string>> = {
  gap: 'gap: reported, and no rule names it',
  'parent-only': 'only the technique above it has a rule',
  covered: 'a rule names it',
}

const shows = { gaps: 'Gaps', all: 'All', matrix: 'Matrix' } as const
const mostRules = 5

/** Rows have the keys of the matrix's columns. */
function tacticNames(row: Row, tactics: RuleCoverage['tactics']): string {
  return tactics
    .filter(({ shortName }) => row.tactics.includes(shortName))
    .map(({ name }) => name)
    .join(', ')
}

/** Which techniques the rules name, against those that threat reports describe. `?show=all` shows those without a gap too, `?show=matrix` all by tactic. */
export function Page() {
  const [search] = useSearchValues()
  const show = search.show === 'all' || search.show === 'matrix' ? search.show : 'gaps'
  const query = useQuery({ queryKey: ['rule-coverage'], queryFn: ({ signal }) => readRuleCoverage(signal) })
  return (
    <>
      <PageHeading title="ATT&CK coverage of the rules">
        <nav aria-label="Which techniques" className="flex gap-1">
          {(['gaps', 'all', 'matrix'] as const).map(each => (
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
      <div className={`grid grid-cols-1 gap-3 px-4 pb-8 ${show === 'matrix' ? '' : 'max-w-5xl'}`}>
        <QueryState query={query} what="The coverage">
          {({ domains, tactics, techniques, unknown }) => (
            <>
              <p className="text-muted">
                ATT&amp;CK {attackDomainsText(domains)}. Techniques named by a rule that alerts:{' '}
                {techniques.filter(({ state }) => state === 'covered').length}. What a rule claims to look for
                is not yet what it finds.
              </p>
              {unknown.length > 0 && <p>Ids in rules that ATT&amp;CK does not know: {unknown.join(', ')}</p>}
              {show === 'matrix' ? (
                <CoverageMatrix tactics={tactics} techniques={techniques} />
              ) : (
                <DataTable<Row>
                  label="Techniques"
                  rows={show === 'all' ? techniques : techniques.filter(({ state }) => state !== 'covered')}
                  rowKey={row => row.id}
                  empty="No gap: a rule names each technique that the threat reports here describe."
                  columns={[
                    {
                      title: 'Technique',
                      cell: row => (
                        <>
                          {row.id} {row.name}
                        </>
                      ),
                    },
                    { title: 'Tactics', cell: row => tacticNames(row, tactics) },
                    { title: 'State', cell: row => stateWords[row.state] },
                    { title: 'Reports', cell: row => <span className="tabular">{row.reports}</span> },
                    {
                      title: 'Rules',
                      cell: row => visibleText(ruleNames(row.rules, mostRules)),
                    },
                  ]}
                />
              )}
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}
