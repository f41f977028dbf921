import { randomBytes } from 'node:crypto'
import type { Role } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'
import { findSession, insertSession, touchSession } from '../store/sessions.ts'
import type { AccountParts } from './account-parts.ts'
import { credentialMatches, newCredential, readCredential } from './credential.ts'
import type { Visitor } from './sign-in.ts'

const lifetimeMs = 12 * 60 * 60_000
/** How exact "last used" is: one write a minute, not one a request. */
const touchEveryMs = 60_000

/** A session just opened. `credential` goes into the cookie and nowhere else. */
export interface OpenedSession {
  readonly id: string
  readonly credential: string
  readonly csrfToken: string
  readonly expiresMs: number
}

export async function openSession(
  sql: Sql,
  parts: AccountParts,
  userId: string,
  visitor: Visitor,
): Promise<OpenedSession> {
  const credential = newCredential(parts.ids.next('session'))
  const createdMs = parts.clock.now()
  const csrfToken = randomBytes(24).toString('base64url')
  const expiresMs = createdMs + lifetimeMs
  await insertSession(sql, parts.tenant, {
    id: credential.id,
    userId,
    secretHash: credential.secretHash,
    csrfToken,
    createdMs,
    lastUsedMs: createdMs,
    expiresMs,
    address: visitor.address.slice(0, 100),
    userAgent: visitor.userAgent.replaceAll('\0', '').slice(0, 300),
  })
  return { id: credential.id, credential: credential.value, csrfToken, expiresMs }
}

/** Who is behind a session cookie. */
export interface SignedInPerson {
  readonly sessionId: string
  readonly csrfToken: string
  readonly expiresMs: number
  readonly user: {
    readonly id: string
    readonly username: string
    readonly displayName: string
    readonly role: Role
    readonly mustChangePassword: boolean
  }
}

export async function personBehind(parts: AccountParts, cookie: string): Promise<SignedInPerson | undefined> {
  const credential = readCredential(cookie)
  if (credential === undefined) return undefined
  const nowMs = parts.clock.now()
  const found = await findSession(parts.database, parts.tenant, credential.id, nowMs)
  if (found === undefined || !credentialMatches(credential.secret, found.secretHash)) return undefined
  if (nowMs - found.lastUsedMs > touchEveryMs)
    await touchSession(parts.database, parts.tenant, found.id, nowMs)
  return {
    sessionId: found.id,
    csrfToken: found.csrfToken,
    expiresMs: found.expiresMs,
    user: {
      id: found.userId,
      username: found.username,
      displayName: found.displayName,
      role: found.role,
      mustChangePassword: found.mustChangePassword,
    },
  }
}
