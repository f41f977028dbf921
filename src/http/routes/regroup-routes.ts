import { merge, type RegroupParts, split } from '../../ingest/regroup.ts'
import { count } from '../../lib/count.ts'
import type { Database } from '../../lib/database.ts'
import { caseEndpoints } from '../contract-cases.ts'
import { type Route, route } from '../route.ts'
import { existingCase } from './case-routes.ts'
import { actorId } from './session-routes.ts'
import { type CaseAct, caseReply, recordActs } from './triage-routes.ts'

/** Merging and splitting: people know better than grouping what belongs together. */
export function regroupRoutes(parts: RegroupParts & { readonly database: Database }): Route[] {
  return [
    route(caseEndpoints.mergeCases, async ({ params, body, caller }) => {
      await existingCase(parts, params.id)
      const byId = actorId(caller)
      await parts.database.transaction(async sql => {
        await merge(sql, parts, params.id, body.ids)
        const acts: CaseAct[] = [
          { caseId: params.id, kind: 'merged', byId, detail: `took in ${body.ids.join(', ')}` },
          ...body.ids.map(id => ({
            caseId: id,
            kind: 'merged' as const,
            byId,
            detail: `merged into ${params.id}`,
          })),
        ]
        await recordActs(sql, parts, acts)
      })
      return caseReply(parts, params.id)
    }),
    route(caseEndpoints.splitCase, async ({ params, body, caller }) => {
      await existingCase(parts, params.id)
      const byId = actorId(caller)
      const newId = await parts.database.transaction(async sql => {
        const id = await split(sql, parts, params.id, body.alertKeys)
        const alerts = count(body.alertKeys.length, 'alert')
        await recordActs(sql, parts, [
          { caseId: params.id, kind: 'split', byId, detail: `${alerts} moved to ${id}` },
          { caseId: id, kind: 'split', byId, detail: `${alerts} taken out of ${params.id}` },
        ])
        return id
      })
      return caseReply(parts, newId)
    }),
  ]
}
