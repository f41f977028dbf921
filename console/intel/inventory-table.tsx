import type { InventoryMatch, ReportDetail } from '../../src/http/contract-intel.ts'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const words = {
  vulnerability: 'weak package',
  package: 'affected product',
  host: 'address of our own',
} as const

/** What Wazuh's inventory holds of what a report names, and when it was asked. */
export function InventoryTable({ inventory }: { inventory: ReportDetail['inventory'] }) {
  const { matches, lookedMs, trouble } = inventory
  return (
    <div className="grid gap-2">
      {trouble !== null && (
        <p className="text-bad">
          The inventory could not be asked: <Untrusted text={trouble} limit={300} />
        </p>
      )}
      {lookedMs !== null && (
        <p className="text-muted">
          As the inventory was <Moment atMs={lookedMs} />
        </p>
      )}
      <DataTable<InventoryMatch>
        label="In our inventory"
        rows={matches}
        rowKey={each => JSON.stringify(each)}
        empty="The inventory holds nothing that the report names."
        columns={[
          { title: 'What', cell: each => words[each.kind] },
          { title: 'Named', cell: each => <Untrusted text={each.value} limit={120} /> },
          { title: 'Host', cell: each => <Untrusted text={each.host} /> },
          {
            title: 'Package',
            cell: each =>
              each.packageName === '' ? (
                <span className="text-muted">none</span>
              ) : (
                <Untrusted text={`${each.packageName} ${each.packageVersion}`.trim()} limit={120} />
              ),
          },
          { title: 'Severity', cell: each => <Untrusted text={each.severity || 'not told'} /> },
        ]}
      />
    </div>
  )
}
