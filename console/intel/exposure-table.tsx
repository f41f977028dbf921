import type { Exposure } from '../../src/http/contract-intel.ts'
import { DataTable } from '../components/data-table.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Vulnerabilities that a report names and that Wazuh found on our hosts. */
export function ExposureTable({ exposures }: { exposures: readonly Exposure[] }) {
  return (
    <DataTable<Exposure>
      label="Weaknesses of ours"
      rows={exposures}
      rowKey={each => `${each.cve}\n${each.host}\n${each.packageName}`}
      empty="No alert of ours names a vulnerability of this report."
      columns={[
        { title: 'Vulnerability', cell: each => <span className="font-mono">{each.cve}</span> },
        { title: 'Host', cell: each => <Untrusted text={each.host} /> },
        {
          title: 'Package',
          cell: each =>
            each.packageName === null ? (
              <span className="text-muted">not told</span>
            ) : (
              <Untrusted text={`${each.packageName} ${each.packageVersion ?? ''}`.trim()} limit={120} />
            ),
        },
        { title: 'Severity', cell: each => <Untrusted text={each.severity ?? 'not told'} /> },
        { title: 'State', cell: each => <Untrusted text={each.status ?? 'not told'} /> },
        { title: 'Told', cell: each => <Moment atMs={each.alertMs} /> },
        {
          title: 'Case',
          cell: each => (
            <Link href={caseHref(each.caseId)} className="text-accent hover:underline">
              Open
            </Link>
          ),
        },
      ]}
    />
  )
}
