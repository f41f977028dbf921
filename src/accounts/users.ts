import type { Role } from '../domain/role.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { deleteOtherSessions } from '../store/sessions.ts'
import { forgetFailures } from '../store/sign-in-failures.ts'
import {
  countUsers,
  findUser,
  findUserByName,
  insertUser,
  setPassword,
  type User,
  type UserChange,
  updateUser,
} from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { hashPassword, oneTimePassword, verifyPassword } from './password.ts'

export interface CreatedUser {
  readonly user: User
  /** To be handed over once; it must be changed at the first sign-in. */
  readonly oneTimePassword: string
}

/** Creates an account. Throws `name-taken`. `byId` is the admin, null at the first start. */
export async function createUser(
  parts: AccountParts,
  byId: string | null,
  details: { readonly username: string; readonly displayName: string; readonly role: Role },
): Promise<CreatedUser> {
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  const id = parts.ids.next('user')
  return parts.database.transaction(async sql => {
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
  })
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

/** Throws `last-admin` when nobody would be left to administer, `not-found` for an unknown id. */
export async function changeUser(
  parts: AccountParts,
  byId: string,
  id: string,
  change: UserChange,
): Promise<User> {
  return parts.database.transaction(async sql => {
    const before = await existingUser(parts, id, sql)
    if (!(await updateUser(sql, parts.tenant, id, change)))
      throw new AppError('last-admin', `${before.username} is the last active admin: make another one first`)
    if (change.state === 'disabled') await deleteOtherSessions(sql, parts.tenant, id, undefined)
    const detail = Object.entries(change)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
      .join(', ')
    await logAccountEvent(sql, parts, { kind: 'user-change', byId, subject: before.username, detail })
    return existingUser(parts, id, sql)
  })
}

/** A new one-time password; every session of the account ends. */
export async function resetPassword(parts: AccountParts, byId: string, id: string): Promise<CreatedUser> {
  const password = oneTimePassword()
  const passwordHash = await hashPassword(password)
  return parts.database.transaction(async sql => {
    const user = await existingUser(parts, id, sql)
    await setPassword(sql, parts.tenant, id, passwordHash, true)
    await deleteOtherSessions(sql, parts.tenant, id, undefined)
    await forgetFailures(sql, parts.tenant, user.username)
    await logAccountEvent(sql, parts, { kind: 'password-reset', byId, subject: user.username })
    return { user: await existingUser(parts, id, sql), oneTimePassword: password }
  })
}

/** Changes one's own password and ends one's other sessions. Throws `wrong-password`, `same-password`. */
export async function changeOwnPassword(
  parts: AccountParts,
  person: { readonly id: string; readonly username: string; readonly sessionId: string },
  current: string,
  next: string,
): Promise<void> {
  const user = await findUserByName(parts.database, parts.tenant, person.username)
  if (!(await verifyPassword(current, user?.passwordHash)))
    throw new AppError('wrong-password', 'the current password is not right')
  if (current === next) throw new AppError('same-password', 'the new password is the old one')
  const passwordHash = await hashPassword(next)
  await parts.database.transaction(async sql => {
    await setPassword(sql, parts.tenant, person.id, passwordHash, false)
    await deleteOtherSessions(sql, parts.tenant, person.id, person.sessionId)
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
