import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { ReportSummary } from '../../src/http/contract-intel.ts'
import { listReports } from '../api/intel.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { UploadReport } from '../intel/upload-report.tsx'
import { useGo } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'

/** Threat reports, newest first; upload, digest and the way to the matrix. */
export function Page() {
  const go = useGo()
  const client = useQueryClient()
  const mayUpload = useMay('analyst')
  const query = useInfiniteQuery({
    queryKey: ['intel', 'reports'],
    queryFn: ({ pageParam, signal }) => listReports(pageParam, signal),
    initialPageParam: undefined as string | undefined, // The type of the pages to come: the first has no cursor.
    getNextPageParam: page => page.nextCursor ?? undefined,
  })
  return (
    <>
      <PageHeading title="Threat reports">
        <Link href="/intel/matrix" className={buttonClass('plain')}>
          ATT&amp;CK matrix
        </Link>
        <Link href="/intel/digest" className={buttonClass('plain')}>
          Digest of the week
        </Link>
      </PageHeading>
      <div className="grid gap-4 px-4 pb-6">
        {mayUpload && (
          <UploadReport
            onAdded={id => {
              void client.invalidateQueries({ queryKey: ['intel'] })
              go(reportHref(id))
            }}
          />
        )}
        <QueryState query={query} what="The reports">
          {({ pages }) => (
            <>
              <ReportTable reports={pages.flatMap(page => page.reports)} />
              {query.hasNextPage && (
                <Button
                  className="justify-self-start"
                  busy={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Older reports
                </Button>
              )}
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}

/** The page of one report. */
function reportHref(id: string): string {
  return `/intel/reports/${encodeURIComponent(id)}`
}

function ReportTable({ reports }: { reports: readonly ReportSummary[] }) {
  return (
    <DataTable<ReportSummary>
      label="Threat reports"
      rows={reports}
      rowKey={report => report.id}
      empty="No report yet. Upload one: indicators and techniques are extracted, and stored alerts are searched for them."
      columns={[
        {
          title: 'Report',
          cell: report => (
            <div className="min-w-40">
              <Link href={reportHref(report.id)} className="font-medium text-accent hover:underline">
                {visibleText(report.title ?? report.name)}
              </Link>
            </div>
          ),
        },
        { title: 'Seen here', cell: report => <SeenHere count={report.sightingCount} /> },
        {
          title: 'Added',
          cell: report =>
            report.revisedMs === null ? (
              <Moment atMs={report.createdMs} />
            ) : (
              <>
                <Moment atMs={report.createdMs} />, revised <Moment atMs={report.revisedMs} />
              </>
            ),
        },
        { title: 'TLP', cell: report => report.tlp ?? <span className="text-muted">none</span> },
        { title: 'Source', cell: report => `${report.source}, trust ${report.trust}` },
        { title: 'Indicators', cell: report => <span className="tabular">{report.indicatorCount}</span> },
        {
          title: 'Techniques',
          cell: report => <span className="tabular">{report.techniqueIds.length}</span>,
        },
      ]}
    />
  )
}

function SeenHere({ count }: { count: number }) {
  if (count === 0) return <span className="text-muted">no alert</span>
  return (
    <strong className="text-critical">
      {count} {count === 1 ? 'alert' : 'alerts'}
    </strong>
  )
}
