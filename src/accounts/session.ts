import { randomBytes } from 'node:crypto'
import type { Role } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'
import { secondFactorRoles } from '../store/account-settings.ts'
import { findSession, insertSession, touchSession } from '../store/sessions.ts'
import type { AccountParts } from './account-parts.ts'
import { credentialMatches, newCredential, readCredential } from './credential.ts'
import type { Visitor } from './sign-in.ts'

const lifetimeMs = 12 * 60 * 60_000
const breakGlassLifetimeMs = 60 * 60_000

/** How a session was opened. A passkey is two factors in one: the device, and what unlocks it. */
const sessionMethods = [
  'password',
  'password+totp',
  'password+passkey',
  'password+recovery',
  'passkey',
  'provider',
  'provider+factor',
  'break-glass',
] as const
export type SessionMethod = (typeof sessionMethods)[number]

/** Whether one factor alone opened it. */
function isSingleFactor(method: string): boolean {
  return method === 'password' || method === 'provider'
}

/** How exact "last used" is: one write a minute, not one a request. */
const touchEveryMs = 60_000

/** A session just opened. `credential` goes into the cookie and nowhere else. */
export interface OpenedSession {
  readonly id: string
  readonly credential: string
  readonly csrfToken: string
  readonly expiresMs: number
  /** As of `SignedInPerson`. */
  readonly mustAddFactor: boolean
}

export async function openSession(
  sql: Sql,
  parts: AccountParts,
  user: { readonly id: string; readonly role: Role },
  visitor: Visitor,
  method: SessionMethod,
): Promise<OpenedSession> {
  const credential = newCredential(parts.ids.next('session'))
  const createdMs = parts.clock.now()
  const csrfToken = randomBytes(24).toString('base64url')
  const expiresMs = createdMs + (method === 'break-glass' ? breakGlassLifetimeMs : lifetimeMs)
  await insertSession(sql, parts.tenant, {
    id: credential.id,
    userId: user.id,
    secretHash: credential.secretHash,
    csrfToken,
    createdMs,
    lastUsedMs: createdMs,
    expiresMs,
    address: visitor.address.slice(0, 100),
    userAgent: visitor.userAgent.replaceAll('\0', '').slice(0, 300),
    method,
  })
  const mustAddFactor =
    isSingleFactor(method) && (await secondFactorRoles(sql, parts.tenant)).includes(user.role)
  return { id: credential.id, credential: credential.value, csrfToken, expiresMs, mustAddFactor }
}

/** Who is behind a session cookie. */
export interface SignedInPerson {
  readonly sessionId: string
  readonly csrfToken: string
  readonly createdMs: number
  readonly expiresMs: number
  readonly method: string
  readonly user: {
    readonly id: string
    readonly username: string
    readonly displayName: string
    readonly role: Role
    readonly mustChangePassword: boolean
    /** Their role takes a second factor, and this session was opened with one alone. */
    readonly mustAddFactor: boolean
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
    createdMs: found.createdMs,
    expiresMs: found.expiresMs,
    method: found.method,
    user: {
      id: found.userId,
      username: found.username,
      displayName: found.displayName,
      role: found.role,
      mustChangePassword: found.mustChangePassword,
      mustAddFactor: found.factorRequired && isSingleFactor(found.method),
    },
  }
}

/** Whether a session that was open still is: not ended, its owner active. */
export async function sessionStands(parts: AccountParts, sessionId: string): Promise<boolean> {
  return (await findSession(parts.database, parts.tenant, sessionId, parts.clock.now())) !== undefined
}
