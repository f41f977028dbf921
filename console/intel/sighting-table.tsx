import type { Sighting } from '../../src/http/contract-intel.ts'
import { DataTable } from '../components/data-table.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { visibleText } from '../text/visible-text.ts'

/** Alerts of one kind, on one host, with one indicator, in one case: one thing to look at, however often it was told. */
interface SightingGroup {
  readonly key: string
  readonly newest: Sighting
  readonly oldestMs: number
  readonly count: number
}

/** Sightings come newest first, and so do their groups. */
function groupsOf(sightings: readonly Sighting[]): SightingGroup[] {
  const groups = new Map<string, SightingGroup>()
  for (const each of sightings) {
    const key = JSON.stringify([each.value, each.agentName, each.ruleDescription, each.caseId])
    const known = groups.get(key)
    groups.set(key, {
      key,
      newest: known?.newest ?? each,
      oldestMs: each.alertMs,
      count: (known?.count ?? 0) + 1,
    })
  }
  return [...groups.values()]
}

/** Where a report's indicators stand in our alerts. */
export function SightingTable({ sightings }: { sightings: readonly Sighting[] }) {
  return (
    <DataTable<SightingGroup>
      label="Sightings"
      rows={groupsOf(sightings)}
      rowKey={group => group.key}
      empty="No stored alert holds one of its indicators."
      columns={[
        {
          title: 'Last',
          cell: ({ newest, oldestMs, count }) => (
            <div className="whitespace-nowrap">
              <Moment atMs={newest.alertMs} />
              {count > 1 && (
                <span className="block text-xs text-muted">
                  {count} times since <Moment atMs={oldestMs} />
                </span>
              )}
            </div>
          ),
        },
        {
          title: 'Indicator',
          cell: ({ newest }) => (
            <div className="min-w-28">
              <Untrusted text={newest.value} limit={120} />
            </div>
          ),
        },
        {
          title: 'Host',
          cell: ({ newest }) => (
            <div className="min-w-16">
              <Untrusted text={newest.agentName} />
            </div>
          ),
        },
        {
          title: 'Alert',
          cell: ({ newest }) => (
            // On a phone the table scrolls; a column of single letters would not be read.
            <div className="min-w-40">
              <Untrusted text={newest.ruleDescription} limit={200} />
            </div>
          ),
        },
        {
          title: 'Case',
          cell: ({ newest }) => (
            <div className="min-w-40">
              <Link href={caseHref(newest.caseId)} className="text-accent hover:underline">
                {visibleText(newest.caseTitle ?? newest.caseId)}
              </Link>
            </div>
          ),
        },
      ]}
    />
  )
}
