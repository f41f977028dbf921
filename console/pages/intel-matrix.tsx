import { useQuery } from '@tanstack/react-query'
import { navigatorLayerHref, readCoverage } from '../api/intel.ts'
import { buttonClass } from '../components/button.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { AttackMatrix } from '../intel/attack-matrix.tsx'

/** The ATT&CK matrix: reports against alerts. */
export function Page() {
  const query = useQuery({ queryKey: ['intel', 'coverage'], queryFn: ({ signal }) => readCoverage(signal) })
  return (
    <>
      <PageHeading title="ATT&CK matrix">
        <a className={buttonClass('plain')} href={navigatorLayerHref} download>
          Navigator layer
        </a>
      </PageHeading>
      <div className="grid grid-cols-1 gap-3 px-4 pb-6">
        <QueryState query={query} what="The matrix">
          {coverage => (
            <>
              <p className="text-muted">
                ATT&amp;CK Enterprise {coverage.attackVersion}. Techniques that a report describes or an alert
                carries.
              </p>
              <AttackMatrix coverage={coverage} />
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}
