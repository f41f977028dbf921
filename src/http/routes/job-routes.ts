import { appendEntries } from '../../ledger/database-ledger.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { countSetAside, dropSetAside, listSetAside, retrySetAside } from '../../queue/set-aside.ts'
import { wasDone } from '../contract.ts'
import { jobEndpoints } from '../contract-jobs.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const shown = 200

/** Jobs that are tried no more, and what people do about them. */
export function jobRoutes(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
}): Route[] {
  const { database, clock, tenant } = parts
  const decide = async (id: number, action: 'retry' | 'drop', caller: Caller) => {
    const nowMs = clock.now()
    await database.transaction(async sql => {
      const found =
        action === 'retry' ? await retrySetAside(sql, tenant, id, nowMs) : await dropSetAside(sql, tenant, id)
      if (!found) throw new RequestError('not-found', `no job ${id} is set aside`)
      const actor = `user:${personOf(caller).user.id}`
      const body = { setting: 'set-aside-job', action }
      await appendEntries(sql, [{ kind: 'config-change', tenant, actor, subject: `job ${id}`, body }], nowMs)
    })
    return wasDone
  }
  return [
    route(jobEndpoints.listSetAsideJobs, async () => ({
      jobs: await listSetAside(database, tenant, shown),
      total: await countSetAside(database, tenant),
    })),
    route(jobEndpoints.retryJob, ({ params, caller }) => decide(params.id, 'retry', caller)),
    route(jobEndpoints.dropJob, ({ params, caller }) => decide(params.id, 'drop', caller)),
  ]
}
