import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { findAlert } from '../api/assistant.ts'
import { caseHref } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { EmptyState } from '../components/states.tsx'
import { useGo, useSearchValues } from '../router.tsx'

/**
 * From an alert to its case: `/alert?id=1795557211.50376` (the alert's own id, as an index pattern's URL formatter writes
 * it) or `/alert?key=` with the whole key.
 */
export function Page() {
  const [search] = useSearchValues()
  const go = useGo()
  const asked = search.key ?? search.id ?? ''
  const query = useQuery({
    queryKey: ['alert', asked],
    queryFn: ({ signal }) => findAlert(asked, signal),
    enabled: asked !== '',
    retry: false,
  })
  const caseId = query.data?.caseId
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the case is known
  useEffect(() => {
    if (caseId !== undefined) go(caseHref(caseId))
  }, [caseId])
  return (
    <>
      <PageHeading title="Alert" />
      <div className="px-4">
        {asked === '' ? (
          <EmptyState title="No alert is named in this address.">
            <p>
              Wazuh links here as <code className="font-mono">/alert?id=…</code>, with the alert’s own id. In
              the queue, search finds its case.
            </p>
          </EmptyState>
        ) : (
          <QueryState query={query} what="The case of this alert">
            {() => <p className="text-muted">Opening its case…</p>}
          </QueryState>
        )}
      </div>
    </>
  )
}
