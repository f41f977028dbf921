import { beginAttempt, forgetFailures, lockName } from '../store/sign-in-failures.ts'
import { findUserByName, noteSignIn, type User } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { verifyPassword } from './password.ts'
import { type OpenedSession, openSession } from './session.ts'

const freeTries = 5
const firstLockMs = 60_000
const longestLockMs = 60 * 60_000

/** Where a request came from, for the list of sessions and the log. */
export interface Visitor {
  readonly address: string
  readonly userAgent: string
}

export type SignIn =
  | { readonly kind: 'signed-in'; readonly session: OpenedSession; readonly user: User }
  /** Wrong name or password: which of the two is not told. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly untilMs: number }

/**
 * Signs a person in. After five failures in a row a name is locked for a minute, then two, four… up to an hour,
 * whether or not there is such an account.
 */
export async function signIn(
  parts: AccountParts,
  credentials: { readonly username: string; readonly password: string },
  visitor: Visitor,
): Promise<SignIn> {
  const { database, tenant } = parts
  const nowMs = parts.clock.now()
  const { username } = credentials
  // Counted and locked in one transaction: the row is held, so that of many at once only one gets past the last free try.
  const lockedUntilMs = await database.transaction(async sql => {
    const attempt = await beginAttempt(sql, tenant, username, nowMs)
    if (attempt.lockedUntilMs > nowMs) return attempt.lockedUntilMs
    if (attempt.failures > freeTries) {
      const lockMs = Math.min(longestLockMs, firstLockMs * 2 ** (attempt.failures - freeTries - 1))
      await lockName(sql, tenant, username, nowMs + lockMs)
    }
    return 0
  })
  if (lockedUntilMs > nowMs) return { kind: 'locked', untilMs: lockedUntilMs }
  const user = await findUserByName(database, tenant, username)
  const matches = await verifyPassword(credentials.password, user?.passwordHash)
  if (!matches || user === undefined || user.state !== 'active') {
    await logAccountEvent(database, parts, {
      kind: 'sign-in-failed',
      byId: user?.id ?? null,
      subject: user?.username ?? 'unknown name', // What was typed may be a password in the wrong field.
      detail: visitor.address,
    })
    return { kind: 'wrong' }
  }
  return database.transaction(async sql => {
    await forgetFailures(sql, tenant, username)
    await noteSignIn(sql, tenant, user.id, nowMs)
    const session = await openSession(sql, parts, user.id, visitor)
    await logAccountEvent(sql, parts, {
      kind: 'sign-in',
      byId: user.id,
      subject: user.username,
      detail: visitor.address,
    })
    return { kind: 'signed-in', session, user }
  })
}
