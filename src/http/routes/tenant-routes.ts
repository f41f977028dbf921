import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { budgetUsed, tenantOverview } from '../../store/tenant-overview.ts'
import { tenantEndpoints } from '../contract-tenants.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'

/** How much there is to do for each tenant. Who may know is up to PostgreSQL: it gives others than the operator none. */
export function tenantRoutes(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
}): Route[] {
  return [
    route(tenantEndpoints.listTenants, async () => {
      const tenants = await tenantOverview(parts.database, parts.clock.now())
      // Where there are no tenants, the one organisation owns the database and gets none, too.
      if (tenants.length === 0) throw new RequestError('not-found', 'this serves no other tenants')
      return {
        tenants: tenants.map(each => ({
          id: each.id,
          name: each.name,
          consoleUrl: each.consoleUrl,
          own: each.id === parts.tenant,
          suspendedMs: each.suspendedMs,
          open: { critical: each.critical, high: each.high, medium: each.medium, low: each.low },
          overdue: each.overdue,
          unbriefed: each.unbriefed,
          oldestUnbriefedMs: each.oldestUnbriefedMs,
          newestAlertMs: each.newestAlertMs,
          setAside: each.setAside,
          today: { calls: each.calls, tokens: each.tokens, costUsd: each.costUsd },
          budgetUsed: budgetUsed(each),
        })),
      }
    }),
  ]
}
