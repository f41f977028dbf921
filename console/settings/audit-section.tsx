import { useInfiniteQuery } from '@tanstack/react-query'
import type { AuditEntry } from '../../src/http/contract-accounts.ts'
import { listAudit } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Sign-ins, roles, tokens: who did what to accounts, newest first. */
export function AuditSection() {
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam, signal }) => listAudit(pageParam, signal),
    initialPageParam: undefined as string | undefined, // The type of the pages to come: the first has no cursor.
    getNextPageParam: page => page.nextCursor ?? undefined,
  })
  return (
    <QueryState query={query} what="The account log">
      {({ pages }) => (
        <div className="grid gap-3">
          <DataTable<AuditEntry>
            label="Account log"
            rows={pages.flatMap(page => page.entries)}
            rowKey={entry => entry.id}
            empty="Nothing has happened yet."
            columns={[
              { title: 'Time', cell: entry => <Moment atMs={entry.atMs} /> },
              { title: 'Who', cell: entry => entry.by?.displayName ?? 'Tocsin' },
              { title: 'What', cell: entry => entry.kind.replaceAll('-', ' ') },
              { title: 'Whom or which', cell: entry => <Untrusted text={entry.subject} limit={200} /> },
              { title: 'Detail', cell: entry => <Untrusted text={entry.detail} limit={300} /> },
            ]}
          />
          {query.hasNextPage && (
            <Button
              className="justify-self-start"
              busy={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Show more
            </Button>
          )}
        </div>
      )}
    </QueryState>
  )
}
