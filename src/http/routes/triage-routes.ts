import type { Verdict } from '../../domain/verdict.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, Sql } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { type Problem, problem } from '../../lib/problem.ts'
import { claimCase, insertNote, releaseCase, reopenCase, setVerdicts } from '../../store/case-actions.ts'
import { addHistory, type HistoryKind } from '../../store/case-history.ts'
import { findCase } from '../../store/case-read.ts'
import { announceCases } from '../../store/events.ts'
import { findUser } from '../../store/users.ts'
import { caseEndpoints } from '../contract-cases.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route } from '../route.ts'
import { existingCase } from './case-routes.ts'
import { caseView } from './case-view.ts'
import { personView } from './person-view.ts'
import { actorId } from './session-routes.ts'

export interface TriageRouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenant: string
}

/** What people do to cases. Each act, its line in the history and the notice to open consoles are one transaction. */
export function triageRoutes(parts: TriageRouteParts): Route[] {
  const { database, tenant } = parts
  return [
    route(caseEndpoints.claimCase, ({ params, body, caller }) =>
      act(
        parts,
        caller,
        params.id,
        'claimed',
        body.takeOver ? 'taken over' : '',
        async (sql, userId, nowMs) => {
          const claim = { userId, takeOver: body.takeOver }
          if (await claimCase(sql, tenant, params.id, claim, nowMs)) return
          const holder = await findCase(sql, tenant, params.id)
          throw new RequestError(
            'claimed-by-another',
            `${holder?.assigneeDisplayName ?? 'somebody else'} has this case: take it over if you must`,
          )
        },
      ),
    ),
    route(caseEndpoints.releaseCase, ({ params, caller }) =>
      act(parts, caller, params.id, 'released', '', async (sql, _userId, nowMs) => {
        await releaseCase(sql, tenant, params.id, nowMs)
      }),
    ),
    route(caseEndpoints.setVerdict, async ({ params, body, caller }) => {
      await existingCase(parts, params.id)
      const [changed] = await decide(parts, actorId(caller), [params.id], body)
      if (changed === undefined)
        throw new RequestError('conflict', `case ${params.id} was merged into another one: decide there`)
      return caseReply(parts, params.id)
    }),
    route(caseEndpoints.setVerdicts, async ({ body, caller }) => {
      const changed = new Set(await decide(parts, actorId(caller), body.ids, body))
      const problems: Problem[] = body.ids
        .filter(id => !changed.has(id))
        .map(id => problem('not-found', `there is no case ${id} to decide`, id))
      return { changed: [...changed], problems }
    }),
    route(caseEndpoints.reopenCase, ({ params, body, caller }) =>
      act(parts, caller, params.id, 'reopened', body.reason, async (sql, _userId, nowMs) => {
        if (!(await reopenCase(sql, tenant, params.id, nowMs)))
          throw new RequestError('conflict', `case ${params.id} is not closed`)
      }),
    ),
    route(caseEndpoints.addNote, async ({ params, body, caller }) => {
      const id = parts.ids.next('note')
      const nowMs = parts.clock.now()
      await act(parts, caller, params.id, 'note', '', (sql, byId) =>
        insertNote(sql, tenant, { id, caseId: params.id, byId, text: body.text }, nowMs),
      )
      const user = await findUser(database, tenant, actorId(caller))
      const by = personView(actorId(caller), user?.username, user?.displayName)
      return { id, atMs: nowMs, by: by ?? { id: '', username: '', displayName: '' }, text: body.text }
    }),
  ]
}

async function act(
  parts: TriageRouteParts,
  caller: Caller,
  caseId: string,
  kind: HistoryKind,
  detail: string,
  change: (sql: Sql, userId: string, nowMs: number) => Promise<void>,
) {
  await existingCase(parts, caseId)
  const byId = actorId(caller)
  const nowMs = parts.clock.now()
  await parts.database.transaction(async sql => {
    await change(sql, byId, nowMs)
    await recordActs(sql, parts, [{ caseId, kind, byId, detail }])
  })
  return caseReply(parts, caseId)
}

function decide(
  parts: TriageRouteParts,
  userId: string,
  ids: readonly string[],
  decision: { readonly verdict: Verdict; readonly reason: string },
): Promise<string[]> {
  const nowMs = parts.clock.now()
  const { verdict, reason } = decision
  return parts.database.transaction(async sql => {
    const changed = await setVerdicts(sql, parts.tenant, ids, { verdict, reason, userId }, nowMs)
    const word = verdict.replaceAll('_', ' ')
    const detail = reason === '' ? word : `${word}: ${reason}`
    const acts = changed.map(caseId => ({ caseId, kind: 'verdict' as const, byId: userId, detail }))
    await recordActs(sql, parts, acts)
    return changed
  })
}

/** One act of a person on a case. */
export interface CaseAct {
  readonly caseId: string
  readonly kind: HistoryKind
  readonly byId: string
  readonly detail: string
}

/** Writes acts into the history of their cases and tells open consoles. */
export async function recordActs(sql: Sql, parts: TriageRouteParts, acts: readonly CaseAct[]): Promise<void> {
  const nowMs = parts.clock.now()
  const entries = acts.map(entry => ({
    ...entry,
    detail: entry.detail.replaceAll('\0', ''),
    id: parts.ids.next('history'),
  }))
  await addHistory(sql, parts.tenant, nowMs, entries)
  await announceCases(sql, parts.tenant, [...new Set(acts.map(entry => entry.caseId))], nowMs)
}

/** The case as it stands now. */
export async function caseReply(parts: TriageRouteParts, id: string) {
  return { case: caseView(await existingCase(parts, id), parts.clock.now()) }
}
