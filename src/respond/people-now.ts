import { peopleForShare } from '../store/people.ts'
import { standInsFor } from '../store/proposals.ts'
import type { PeopleNow } from './respond-ports.ts'

/** People from the accounts, read under a lock: a role cannot be lost between the check and the commit. */
export const peopleNow: PeopleNow = async (sql, tenant, ids, nowMs) => {
  const rows = await peopleForShare(sql, tenant, ids)
  const standIns = await standInsFor(sql, tenant, ids, nowMs)
  return new Map(
    rows.map(row => [
      row.id,
      // Models and API tokens are no accounts. The break-glass account is nobody in particular: it approves nothing.
      {
        id: row.id,
        role: row.role,
        active: row.active,
        kind: row.kind === 'person' ? ('person' as const) : ('service' as const),
        standsInFor: standIns.get(row.id) ?? [],
        vouching: row.vouching ?? undefined,
      },
    ]),
  )
}
