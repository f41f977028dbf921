import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import {
  changeDirectoryUser,
  type DirectoryUser,
  findDirectoryUser,
  forgetDirectoryUser,
  reviveDirectoryUser,
} from '../store/directory-users.ts'
import { insertUser } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { noPassword } from './password.ts'
import { usernamePattern } from './provider-account.ts'
import { isReservedName } from './reserved-name.ts'
import { changeUser } from './users.ts'

/** What a directory says of a person. Never a role. */
export interface DirectoryChange {
  readonly displayName?: string
  readonly email?: string | null
  readonly externalId?: string
  readonly active?: boolean
}

/** A new account: a viewer without a password, whom the provider's user of that name may claim. Throws `uniqueness`, `invalid-value`. */
export async function createDirectoryUser(
  parts: AccountParts,
  username: string,
  details: DirectoryChange,
): Promise<DirectoryUser> {
  if (!usernamePattern.test(username))
    throw new AppError('invalid-value', 'userName: letters, digits and . _ @ - only, at most 100')
  if (isReservedName(username))
    throw new AppError('invalid-value', `userName: ${username} is kept for an account of Tocsin's own`)
  const id = await parts.database.transaction(async sql => {
    const revived = await reviveDirectoryUser(sql, parts.tenant, username, noPassword)
    const made = revived ?? parts.ids.next('user')
    const account = {
      id: made,
      username,
      displayName: details.displayName ?? username,
      role: 'viewer' as const,
    }
    const closed = { passwordHash: noPassword, mustChangePassword: false, linkable: true }
    if (
      revived === undefined &&
      !(await insertUser(sql, parts.tenant, { ...account, ...closed }, parts.clock.now()))
    )
      throw new AppError('uniqueness', `there is an account ${username} already`)
    await change(sql, parts, made, { externalId: made, ...details })
    await logAccountEvent(sql, parts, {
      kind: 'user-create',
      byId: null,
      subject: username,
      detail: 'viewer, by the directory',
    })
    return made
  })
  if (details.active === false) await changeUser(parts, null, id, { state: 'disabled' })
  return existing(parts, id)
}

/**
 * Changes an account as the directory says. Whom it did not make it can deactivate, and nothing else: else a directory's
 * token could open what an admin closed. Throws `not-found`, `not-kept`, `last-admin`, `uniqueness`.
 */
export async function applyDirectoryChange(
  parts: AccountParts,
  id: string,
  wanted: DirectoryChange,
): Promise<DirectoryUser> {
  const before = await existing(parts, id)
  const { active, ...details } = wanted
  const onlyDeactivates = active !== true && Object.values(details).every(value => value === undefined)
  if (
    !before.kept &&
    !onlyDeactivates &&
    !(active === true && before.active && Object.keys(details).length === 0)
  )
    throw new AppError('not-kept', `${before.username} was made here: the directory can only deactivate it`)
  if (Object.values(details).some(value => value !== undefined))
    await parts.database.transaction(sql => change(sql, parts, id, details))
  if (active !== undefined && active !== before.active)
    await changeUser(parts, null, id, { state: active ? 'active' : 'disabled' })
  return existing(parts, id)
}

/** Deactivates for good. Throws `not-found`, `last-admin`. */
export async function deleteDirectoryUser(parts: AccountParts, id: string): Promise<void> {
  const { active } = await existing(parts, id)
  if (active) await changeUser(parts, null, id, { state: 'disabled' })
  await forgetDirectoryUser(parts.database, parts.tenant, id, parts.clock.now())
}

async function change(
  sql: Sql,
  parts: AccountParts,
  id: string,
  details: Omit<DirectoryChange, 'active'>,
): Promise<void> {
  if (!(await changeDirectoryUser(sql, parts.tenant, id, details)))
    throw new AppError('uniqueness', 'another account has this externalId')
}

async function existing(parts: AccountParts, id: string): Promise<DirectoryUser> {
  const user = await findDirectoryUser(parts.database, parts.tenant, id)
  if (user === undefined) throw new AppError('not-found', `there is no user ${id}`)
  return user
}
