import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { casesNaming, entityTotals, relatedEntities } from '../../store/entity-pivot.ts'
import { entityEndpoints } from '../contract-entities.ts'
import { type Route, route } from '../route.ts'
import { caseView } from './case-view.ts'

/** One entity across all cases. */
export function entityRoutes(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
}): Route[] {
  const { database, tenant } = parts
  return [
    route(entityEndpoints.readEntity, async ({ params: { type, value } }) => {
      const [totals, cases, related] = await Promise.all([
        entityTotals(database, tenant, type, value),
        casesNaming(database, tenant, type, value, 50),
        relatedEntities(database, tenant, type, value, 50),
      ])
      const nowMs = parts.clock.now()
      return { type, value, ...totals, cases: cases.map(row => caseView(row, nowMs)), related }
    }),
  ]
}
