import { z } from 'zod'
import { includesRole, roles } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'
import { findUser, type User } from '../store/users.ts'
import type { AccountParts } from './account-parts.ts'
import { resetFactorsIn } from './factors.ts'
import { changeUserIn, createUserIn, resetPasswordIn } from './users.ts'

const role = z.enum(roles)

/** What an admin does to somebody's account. Kept as JSON while it waits for a second admin. */
export const accountChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create'), username: z.string(), displayName: z.string(), role }),
  z.object({
    kind: z.literal('change'),
    id: z.string(),
    displayName: z.string().optional(),
    role: role.optional(),
    state: z.enum(['active', 'disabled']).optional(),
    linkable: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('reset-password'), id: z.string() }),
  z.object({ kind: z.literal('reset-factors'), id: z.string() }),
])
export type AccountChange = z.infer<typeof accountChange>

export interface ChangedAccount {
  readonly user: User
  /** To be handed over once, where one was made. */
  readonly oneTimePassword: string | null
}

/** Whether a change lets somebody do more than before, or lets whoever asks for it into the account. Taking away is always quick. */
export function givesMore(change: AccountChange, before: User | undefined): boolean {
  if (change.kind !== 'change' || before === undefined) return true
  return (
    (change.role !== undefined && !includesRole(before.role, change.role)) ||
    (change.state === 'active' && before.state !== 'active') ||
    change.linkable === true
  )
}

/** Whether it gives somebody a part in what takes two people: asking for an action, approving one, administering. */
export function weighs(change: AccountChange, before: User | undefined): boolean {
  const after =
    change.kind === 'create' || (change.kind === 'change' && change.role !== undefined)
      ? change.role
      : before?.role
  return givesMore(change, before) && after !== undefined && includesRole(after, 'responder')
}

/** A change for whoever has to decide on it. */
export function wordsOfChange(change: AccountChange, before: User | undefined): string {
  const name = before === undefined ? '' : `${before.displayName} (${before.username}, ${before.role})`
  switch (change.kind) {
    case 'create':
      return `Make the account ${change.username} for ${change.displayName}, with the role ${change.role}`
    case 'reset-password':
      return `Give ${name} a new one-time password`
    case 'reset-factors':
      return `Take the second factors of ${name} away`
    case 'change': {
      const parts = [
        change.role === undefined ? [] : `make them ${change.role}`,
        change.state === undefined ? [] : change.state === 'active' ? 'let them in again' : 'shut them out',
        change.linkable === true ? 'open the account to the provider’s user of that name' : [],
        change.displayName === undefined ? [] : `call them ${change.displayName}`,
      ]
      return `${name}: ${parts.flat().join(', ')}`
    }
  }
}

/** Carries a change out in the caller's transaction. Throws what its parts throw. */
export async function applyAccountChange(
  sql: Sql,
  parts: AccountParts,
  byId: string,
  change: AccountChange,
): Promise<ChangedAccount> {
  switch (change.kind) {
    case 'create': {
      const { kind: _, ...details } = change
      return createUserIn(sql, parts, byId, details)
    }
    case 'change': {
      const { kind: _, id, ...details } = change
      return { user: await changeUserIn(sql, parts, byId, id, details), oneTimePassword: null }
    }
    case 'reset-password':
      return resetPasswordIn(sql, parts, byId, change.id)
    case 'reset-factors':
      await resetFactorsIn(sql, parts, byId, change.id)
      return { user: await sure(sql, parts, change.id), oneTimePassword: null }
  }
}

async function sure(sql: Sql, parts: AccountParts, id: string): Promise<User> {
  const user = await findUser(sql, parts.tenant, id)
  if (user === undefined) throw new Error(`the account ${id} went away in its own transaction`)
  return user
}
