import { type AccountParts, logAccountEvent } from '../../accounts/account-parts.ts'
import { breakGlass, sealBreakGlass } from '../../accounts/break-glass.ts'
import { noPassword } from '../../accounts/password.ts'
import { breakGlassName } from '../../accounts/reserved-name.ts'
import { includesRole } from '../../domain/role.ts'
import { mutedUntil } from '../../domain/vouching.ts'
import { acknowledgeBreakGlass, type BreakGlassUse, listBreakGlassUses } from '../../store/break-glass.ts'
import { findUserByName, listUsers } from '../../store/users.ts'
import { wasDone } from '../contract.ts'
import { type Banners, signInEndpoints } from '../contract-sign-in.ts'
import { RequestError } from '../http-error.ts'
import { requireProof } from '../require-proof.ts'
import { type Route, route } from '../route.ts'
import { personOf, signInAnswer } from './session-routes.ts'

/** The account for the day on which nobody else can get in: sealed, loud, used once. */
export function breakGlassRoutes(parts: AccountParts, secure: boolean, triesPerMinute = 20): Route[] {
  const { database, tenant } = parts
  const limits = { requestsPerMinute: triesPerMinute }
  return [
    route(
      signInEndpoints.giveReason,
      async ({ body, visitor, reply }) =>
        signInAnswer(parts, secure, reply, await breakGlass(parts, body.ticket, body.reason, visitor)),
      limits,
    ),
    route(
      signInEndpoints.sealBreakGlass,
      async call => {
        const person = personOf(call.caller)
        if (person.method === 'break-glass')
          throw new RequestError('forbidden', 'it is sealed anew by an admin of their own name')
        await requireProof(parts, call, person, call.body.proof, 'account')
        return { username: breakGlassName, password: await sealBreakGlass(parts, person.user.id) }
      },
      limits,
    ),
    route(signInEndpoints.readBreakGlass, async () => {
      const account = await findUserByName(database, tenant, breakGlassName)
      const uses = await listBreakGlassUses(database, tenant, false)
      if (account === undefined || account.kind !== 'break-glass')
        return { state: 'none' as const, uses: uses.map(useView) }
      const sealed = account.state === 'active' && account.passwordHash !== noPassword
      return { state: sealed ? ('sealed' as const) : ('used' as const), uses: uses.map(useView) }
    }),
    route(signInEndpoints.acknowledgeBreakGlass, async ({ params, caller }) => {
      const { user, method } = personOf(caller)
      if (method === 'break-glass')
        throw new RequestError('forbidden', 'another admin takes note of it: not the account that was used')
      if (!(await acknowledgeBreakGlass(database, tenant, params.id, user.id, parts.clock.now())))
        throw new RequestError('not-found', `there is no use ${params.id} that nobody has taken note of`)
      const event = {
        kind: 'break-glass-acknowledge',
        byId: user.id,
        subject: breakGlassName,
        detail: params.id,
      }
      await logAccountEvent(database, parts, event)
      return wasDone
    }),
    route(signInEndpoints.listBanners, async () => ({
      breakGlass: (await listBreakGlassUses(database, tenant, true)).map(useView),
      newVoices: await newVoices(parts),
    })),
  ]
}

/** Accounts that one admin alone gave a say in responses, for as long as that does not count yet. */
async function newVoices(parts: AccountParts): Promise<Banners['newVoices']> {
  const { database, tenant } = parts
  const newRightMs = await parts.newRightMs(database)
  const users = await listUsers(database, tenant)
  const names = (id: string) => {
    const user = users.find(each => each.id === id)
    return { id, username: user?.username ?? id, displayName: user?.displayName ?? id }
  }
  return users.flatMap(user => {
    const countsFromMs = mutedUntil(user.vouching ?? undefined, parts.clock.now(), newRightMs)
    if (countsFromMs === undefined || user.vouching === null || user.state !== 'active') return []
    if (!includesRole(user.role, 'responder')) return []
    const { atMs, by } = user.vouching
    return [{ person: names(user.id), role: user.role, by: names(by[0] ?? ''), atMs, countsFromMs }]
  })
}

function useView({ id, atMs, reason, address, acknowledgedMs }: BreakGlassUse) {
  return { id, atMs, reason, address, acknowledgedMs }
}
