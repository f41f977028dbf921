import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { deleteSavedView, insertSavedView, listSavedViews } from '../../store/saved-views.ts'
import { wasDone } from '../contract.ts'
import { savedViewEndpoints } from '../contract-queue.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personView } from './person-view.ts'
import { personOf } from './session-routes.ts'

/** Saved views of the queue. */
export function savedViewRoutes(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenant: string
}): Route[] {
  const { database, tenant } = parts
  return [
    route(savedViewEndpoints.listSavedViews, async ({ caller }) => {
      const rows = await listSavedViews(database, tenant, personOf(caller).user.id)
      return {
        views: rows.map(({ ownerId, username, displayName, ...view }) => ({
          ...view,
          owner: personView(ownerId, username, displayName) ?? { id: ownerId, username: '', displayName: '' },
        })),
      }
    }),
    route(savedViewEndpoints.createSavedView, async ({ body, caller }) => {
      const { id: ownerId, username, displayName } = personOf(caller).user
      const id = parts.ids.next('view')
      await insertSavedView(database, tenant, { ...body, id, ownerId }, parts.clock.now())
      return { ...body, id, owner: { id: ownerId, username, displayName } }
    }),
    route(savedViewEndpoints.deleteSavedView, async ({ params, caller }) => {
      if (!(await deleteSavedView(database, tenant, personOf(caller).user.id, params.id)))
        throw new RequestError('not-found', `you have no view ${params.id}`)
      return wasDone
    }),
  ]
}
