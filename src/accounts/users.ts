import type { Role } from '../domain/role.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { endInvolvement } from '../store/deactivation.ts'
import { deleteOtherSessions } from '../store/sessions.ts'
import { forgetFailures } from '../store/sign-in-failures.ts'
import { deleteTicketsOf } from '../store/sign-in-tickets.ts'
import {
  countUsers,
  findUser,
  insertUser,
  listUsers,
  setPassword,
  type User,
  type UserChange,
  updateUser,
} from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { lockedOut } from './attempts.ts'
import { hashPassword, oneTimePassword } from './password.ts'
import { checkProof } from './proof.ts'
import { isReservedName } from './reserved-name.ts'
import { weakPassword } from './weak-password.ts'

export interface CreatedUser {
  readonly user: User
  /** To be handed over once; it must be changed at the first sign-in. */
  readonly oneTimePassword: string
}

export interface NewUserDetails {
  readonly username: string
  readonly displayName: string
  readonly role: Role
}

/** Creates an account. Throws `name-taken`. `byId` is the admin, null at the first start. */
export async function createUser(
  parts: AccountParts,
  byId: string | null,
  details: NewUserDetails,
): Promise<CreatedUser> {
  return parts.database.transaction(sql => createUserIn(sql, parts, byId, details))
}

/** The same in the caller's transaction. */
export async function createUserIn(
  sql: Sql,
  parts: AccountParts,
  byId: string | null,
  details: NewUserDetails,
): Promise<CreatedUser> {
  if (isReservedName(details.username))
    throw new AppError(
      'name-taken',
      `${details.username} is kept for the account that the sign-in rules make: choose another name`,
    )
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const id = parts.ids.next('user')
  const user = { ...details, id, passwordHash, mustChangePassword: true }
  if (!(await insertUser(sql, parts.tenant, user, parts.clock.now())))
    throw new AppError('name-taken', `there is already an account named ${details.username}`)
  await logAccountEvent(sql, parts, {
    kind: 'user-create',
    byId,
    subject: details.username,
    detail: details.role,
  })
  return { user: await existingUser(parts, id, sql), oneTimePassword: password }
}

/** At the first start: the account `admin`. `undefined` when there are accounts already. */
export async function createFirstAdmin(parts: AccountParts): Promise<CreatedUser | undefined> {
  if ((await countUsers(parts.database, parts.tenant)) > 0) return undefined
  try {
    return await createUser(parts, null, {
      username: 'admin',
      displayName: 'Administrator',
      role: 'admin',
    })
  } catch (error) {
    // Another process that starts at the same moment was quicker, and has told the password.
    if (error instanceof AppError && error.code === 'name-taken') return undefined
    throw error
  }
}

/**
 * Another one-time password for `admin` while it is the only account and nobody has chosen its password: the first one was printed
 * once, and terminals close. `undefined` as soon as anybody has. Whoever starts the process holds the machine anyway.
 */
export async function renewFirstAdmin(parts: AccountParts): Promise<CreatedUser | undefined> {
  return parts.database.transaction(async sql => {
    const [only, ...others] = await listUsers(sql, parts.tenant)
    if (only?.username !== 'admin' || !only.mustChangePassword || others.length > 0) return undefined
    return resetPasswordIn(sql, parts, null, only.id)
  })
}

/** `byId` is null for a directory. Throws `last-admin` when nobody would be left to administer, `not-found` for an unknown id. */
export async function changeUser(
  parts: AccountParts,
  byId: string | null,
  id: string,
  change: UserChange,
): Promise<User> {
  return parts.database.transaction(sql => changeUserIn(sql, parts, byId, id, change))
}

/** The same in the caller's transaction. */
export async function changeUserIn(
  sql: Sql,
  parts: AccountParts,
  byId: string | null,
  id: string,
  change: UserChange,
): Promise<User> {
  const before = await existingUser(parts, id, sql)
  if (before.kind === 'break-glass' && (change.role !== undefined || change.linkable === true))
    throw new AppError(
      'conflict',
      'the break-glass account keeps its role and no provider opens it: seal it anew, or disable it',
    )
  if (!(await updateUser(sql, parts.tenant, id, change)))
    throw new AppError('last-admin', `${before.username} is the last active admin: make another one first`)
  const detail = Object.entries(change)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ')
  await logAccountEvent(sql, parts, { kind: 'user-change', byId, subject: before.username, detail })
  const after = await existingUser(parts, id, sql)
  // Fewer admins means fewer who look on: everybody is told.
  if (
    before.role === 'admin' &&
    before.state === 'active' &&
    (after.role !== 'admin' || after.state !== 'active')
  )
    await logAccountEvent(sql, parts, { kind: 'account-alone', byId, subject: before.username, detail })
  if (change.state === 'disabled') await leave(sql, parts, id, byId ?? 'scim')
  return after
}

/** Ends all that a deactivated account has a hand in, and has the ledger say what. Call it last in a transaction. */
async function leave(sql: Sql, parts: AccountParts, id: string, byId: string): Promise<void> {
  const { voided, withdrawn } = await endInvolvement(sql, parts.tenant, id, parts.clock.now())
  const entry = (subject: string, step: string) => ({
    kind: 'approval' as const,
    actor: byId === 'scim' ? 'system' : `user:${byId}`,
    subject,
    body: { step, account: id, reason: 'the account was deactivated' },
  })
  const entries = [
    ...withdrawn.map(each => entry(each, 'withdrawn')),
    ...voided.map(each => entry(each, 'voided')),
  ]
  if (entries.length > 0) await parts.record(sql, ...entries)
}

/** A new one-time password; every session of the account ends, and every sign-in and step-up that was begun. */
export async function resetPasswordIn(
  sql: Sql,
  parts: AccountParts,
  byId: string | null,
  id: string,
): Promise<CreatedUser> {
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const user = await existingUser(parts, id, sql)
  if (user.kind === 'break-glass')
    throw new AppError('conflict', 'the break-glass account is sealed in the sign-in rules, not here')
  await setPassword(sql, parts.tenant, id, passwordHash, true)
  await deleteOtherSessions(sql, parts.tenant, id, undefined)
  await deleteTicketsOf(sql, parts.tenant, id)
  await forgetFailures(sql, parts.tenant, user.username)
  await logAccountEvent(sql, parts, { kind: 'password-reset', byId, subject: user.username })
  return { user: await existingUser(parts, id, sql), oneTimePassword: password }
}

/** Changes one's own password and ends one's other sessions. Throws `wrong-password`, `same-password`, `weak-password`, `locked-out`. */
export async function changeOwnPassword(
  parts: AccountParts,
  person: { readonly id: string; readonly username: string; readonly sessionId: string },
  current: string,
  next: string,
): Promise<void> {
  // Counted like every other proof: a stolen session must not try passwords here instead.
  const result = await checkProof(
    parts,
    person,
    { kind: 'password', password: current },
    undefined,
    'account',
  )
  if (result.kind === 'locked') throw lockedOut(parts, result.untilMs)
  if (result.kind === 'wrong') throw new AppError('wrong-password', 'the current password is not right')
  if (current === next) throw new AppError('same-password', 'the new password is the old one')
  const displayName = (await findUser(parts.database, parts.tenant, person.id))?.displayName ?? ''
  const weakness = weakPassword(next, { ...person, displayName, publicUrl: parts.publicUrl })
  if (weakness !== undefined) throw new AppError('weak-password', weakness)
  const passwordHash = await hashPassword(next)
  await parts.database.transaction(async sql => {
    await setPassword(sql, parts.tenant, person.id, passwordHash, false)
    await deleteOtherSessions(sql, parts.tenant, person.id, person.sessionId)
    await deleteTicketsOf(sql, parts.tenant, person.id)
    await logAccountEvent(sql, parts, {
      kind: 'password-change',
      byId: person.id,
      subject: person.username,
    })
  })
}

async function existingUser(parts: AccountParts, id: string, sql: Sql): Promise<User> {
  const user = await findUser(sql, parts.tenant, id)
  if (user === undefined) throw new AppError('not-found', `there is no account ${id}`)
  return user
}
