import { useInfiniteQuery } from '@tanstack/react-query'
import type { Quarantined } from '../../src/http/contract-settings.ts'
import { listQuarantine } from '../api/settings.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Records that could not become alerts: kept, counted, and shown with the reason. */
export function QuarantineSection() {
  const query = useInfiniteQuery({
    queryKey: ['quarantine'],
    queryFn: ({ pageParam, signal }) => listQuarantine(pageParam, signal),
    initialPageParam: undefined as string | undefined, // The type of the pages to come: the first has no cursor.
    getNextPageParam: page => page.nextCursor ?? undefined,
  })
  return (
    <QueryState query={query} what="The quarantine">
      {({ pages }) => {
        const records = pages.flatMap(page => page.records)
        return (
          <div className="grid gap-3">
            <p className="text-muted">
              What a source sent and Tocsin could not read as an alert. Nothing is dropped: each record is
              kept here with its reason.
            </p>
            <DataTable<Quarantined>
              label="Quarantined records"
              rows={records}
              rowKey={record => record.id}
              empty="Nothing is quarantined: every record that came in was an alert."
              columns={[
                { title: 'Time', cell: record => <Moment atMs={record.atMs} /> },
                {
                  title: 'Source',
                  cell: record => (
                    <>
                      {record.source}
                      <span className="block text-xs text-muted">
                        <Untrusted text={record.where} limit={200} />
                      </span>
                    </>
                  ),
                },
                {
                  title: 'Why',
                  cell: record => (
                    <>
                      <Untrusted text={record.message} limit={300} />
                      <span className="block font-mono text-xs text-muted">{record.code}</span>
                    </>
                  ),
                },
                {
                  title: 'Beginning',
                  cell: record => (
                    <span className="block max-w-md font-mono text-xs">
                      <Untrusted text={record.excerpt} limit={200} />
                    </span>
                  ),
                },
                {
                  title: 'Bytes',
                  cell: record => <span className="tabular">{record.sizeBytes.toLocaleString('en')}</span>,
                },
              ]}
            />
            {query.hasNextPage && (
              <Button
                className="justify-self-start"
                busy={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {records.length} of {pages[0]?.total.toLocaleString('en')}: show more
              </Button>
            )}
          </div>
        )
      }}
    </QueryState>
  )
}
