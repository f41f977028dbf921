import type { ReportRevision } from '../../src/http/contract-intel.ts'
import { Untrusted } from '../components/untrusted.tsx'

const mostShown = 20

/** Which indicators the newest version of a list, advisory or event brought, and which it no longer names. */
export function RevisionList({ revision }: { revision: ReportRevision }) {
  return (
    <dl className="grid gap-2">
      <Changes title="New" pairs={revision.added} count={revision.addedCount} />
      <Changes title="No longer named" pairs={revision.removed} count={revision.removedCount} />
    </dl>
  )
}

function Changes({
  title,
  pairs,
  count,
}: {
  title: string
  pairs: readonly (readonly [type: string, value: string])[]
  count: number
}) {
  const shown = pairs.slice(0, mostShown)
  return (
    <div>
      <dt className="font-medium">
        {title} ({count})
      </dt>
      <dd className="flex flex-wrap gap-x-4">
        {shown.map(([type, value]) => (
          <Untrusted key={`${type} ${value}`} text={value} limit={120} />
        ))}
        {count === 0 && <span className="text-muted">nothing</span>}
        {count > shown.length && <span className="text-muted">and {count - shown.length} more</span>}
      </dd>
    </div>
  )
}
