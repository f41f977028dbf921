import { AppError } from '../lib/app-error.ts'
import { insertBreakGlassUse } from '../store/break-glass.ts'
import { deleteFactorsOf } from '../store/second-factors.ts'
import { deleteOtherSessions } from '../store/sessions.ts'
import { consumeTicket } from '../store/sign-in-tickets.ts'
import {
  findUser,
  findUserByName,
  insertUser,
  setPassword,
  spendPassword,
  updateUser,
} from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { hashPassword, noPassword, oneTimePassword } from './password.ts'
import { breakGlassName } from './reserved-name.ts'
import { completeSignIn, type SignIn, type Visitor } from './sign-in.ts'
import { readTicket } from './ticket.ts'

const shortestReason = 10

/**
 * Makes the break-glass account, or seals it anew. The password opens it once, without a second factor; whoever seals it
 * puts it into an envelope. An earlier one is void, and so are its sessions.
 */
export async function sealBreakGlass(parts: AccountParts, byId: string): Promise<string> {
  const password = `${oneTimePassword()}-${oneTimePassword()}`
  const passwordHash = await hashPassword(password)
  await parts.database.transaction(async sql => {
    const known = await findUserByName(sql, parts.tenant, breakGlassName)
    if (known !== undefined && known.kind !== 'break-glass')
      throw new AppError('name-taken', `there is a person's account named ${breakGlassName}`)
    const id = known?.id ?? parts.ids.next('user')
    if (known === undefined) {
      const account = { id, username: breakGlassName, displayName: 'Break glass', role: 'admin' as const }
      const closed = { passwordHash, mustChangePassword: false, kind: 'break-glass' as const }
      await insertUser(sql, parts.tenant, { ...account, ...closed }, parts.clock.now())
    } else {
      await setPassword(sql, parts.tenant, id, passwordHash, false)
      await updateUser(sql, parts.tenant, id, { state: 'active' })
      await deleteFactorsOf(sql, parts.tenant, id)
      await deleteOtherSessions(sql, parts.tenant, id, undefined)
    }
    await logAccountEvent(sql, parts, { kind: 'break-glass-seal', byId, subject: breakGlassName })
    const body = { step: 'sealed' }
    await parts.record(sql, { kind: 'break-glass', actor: `user:${byId}`, subject: id, body })
  })
  return password
}

/**
 * The last step of its sign-in: why the glass is broken. The password is used up, the session is short, and everybody is
 * told: ledger, account log, notification, banner. Throws `reason-too-short`.
 */
export async function breakGlass(
  parts: AccountParts,
  sent: string,
  reason: string,
  visitor: Visitor,
): Promise<SignIn> {
  const why = reason.replaceAll('\0', '').trim().slice(0, 1000)
  if (why.length < shortestReason)
    throw new AppError(
      'reason-too-short',
      `say why in at least ${shortestReason} characters: others will read it`,
    )
  const ticket = await readTicket(parts.database, parts, 'break-glass', sent)
  if (ticket?.userId == null) return { kind: 'wrong' }
  const { userId } = ticket
  const { seal } = ticket.data as { seal: string } // Written by `signIn`.
  return parts.database.transaction(async sql => {
    const user = await findUser(sql, parts.tenant, userId)
    if (user?.state !== 'active' || !(await consumeTicket(sql, parts.tenant, ticket.id)))
      return { kind: 'wrong' }
    // Of several sign-ins that the one password began, one gets in.
    if (!(await spendPassword(sql, parts.tenant, userId, seal, noPassword))) return { kind: 'wrong' }
    const id = parts.ids.next('glass')
    const atMs = parts.clock.now()
    await insertBreakGlassUse(sql, parts.tenant, { id, userId, atMs, reason: why, address: visitor.address })
    const detail = `${visitor.address}: ${why}`
    await logAccountEvent(sql, parts, { kind: 'break-glass', byId: userId, subject: breakGlassName, detail })
    const opened = await completeSignIn(sql, parts, user, visitor, 'break-glass')
    const body = { step: 'used', reason: why, address: visitor.address }
    await parts.record(sql, { kind: 'break-glass', actor: `user:${userId}`, subject: userId, body })
    return opened
  })
}
