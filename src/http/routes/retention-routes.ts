import { type ErasureParts, eraseSubject, previewErasure } from '../../governance/erase.ts'
import { changeRetention, countDue, readRetention } from '../../governance/retention.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { liftHold, listHolds, setHold } from '../../store/delete-cases.ts'
import { wasDone } from '../contract.ts'
import { retentionEndpoints } from '../contract-retention.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

/** How long data is kept, legal holds, and erasure on request. */
export function retentionRoutes(parts: ErasureParts & { readonly tenant: string }): Route[] {
  const { database, tenant, clock } = parts
  const record = (actor: string, caseId: string, held: boolean, reason: string | null) =>
    ({
      kind: 'config-change',
      tenant,
      actor: `user:${actor}`,
      subject: caseId,
      body: { setting: 'legal-hold', held, reason },
    }) as const
  return [
    route(retentionEndpoints.readRetention, async () => {
      const inForce = await readRetention(database, tenant)
      const holds = await listHolds(database, tenant)
      const due = await countDue(database, tenant, inForce, clock.now())
      const ids = [inForce.changed?.by ?? null, ...holds.map(hold => hold.byId)]
      const people = await namedPeople(database, tenant, ids)
      return {
        days: inForce.value,
        changed: inForce.changed && { by: people(inForce.changed.by), atMs: inForce.changed.atMs },
        due,
        holds: holds.map(({ byId, ...hold }) => ({ ...hold, by: people(byId) })),
      }
    }),
    route(retentionEndpoints.changeRetention, async ({ body, caller }) => {
      await changeRetention(database, tenant, body, personOf(caller).user.id, clock.now())
      return wasDone
    }),
    route(retentionEndpoints.holdCase, async ({ params: { caseId }, body: { reason }, caller }) => {
      const { id: byId } = personOf(caller).user
      const found = await database.transaction(async sql => {
        const set = await setHold(sql, tenant, { caseId, reason, byId, atMs: clock.now() })
        if (set) await appendEntries(sql, [record(byId, caseId, true, reason)], clock.now())
        return set
      })
      if (!found) throw new RequestError('not-found', `there is no case ${caseId}`)
      return wasDone
    }),
    route(retentionEndpoints.liftHold, async ({ params: { caseId }, caller }) => {
      const { id: byId } = personOf(caller).user
      const found = await database.transaction(async sql => {
        const lifted = await liftHold(sql, tenant, caseId)
        if (lifted) await appendEntries(sql, [record(byId, caseId, false, null)], clock.now())
        return lifted
      })
      if (!found) throw new RequestError('not-found', `case ${caseId} is not under legal hold`)
      return wasDone
    }),
    route(retentionEndpoints.previewErasure, async ({ body }) => {
      const { cases, ...counts } = await previewErasure(database, tenant, body)
      return { ...counts, cases: [...cases] }
    }),
    route(retentionEndpoints.erase, async ({ body, caller }) => {
      const actor = `user:${personOf(caller).user.id}`
      const { kept, ...erased } = await eraseSubject(parts, { ...body, tenant, actor })
      return { ...erased, kept: [...kept] }
    }),
  ]
}
