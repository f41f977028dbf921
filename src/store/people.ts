import type { Role } from '../domain/role.ts'
import type { Vouching } from '../domain/vouching.ts'
import type { Sql } from '../lib/database.ts'
import { vouchingColumn } from './users.ts'

export interface PersonRow {
  readonly id: string
  readonly username: string
  readonly displayName: string
  readonly role: Role
  readonly active: boolean
  readonly kind: 'person' | 'break-glass'
  readonly vouching: Vouching | null
}

/** These people as they are at this moment, with the lock that keeps their role until the transaction ends. */
export async function peopleForShare(sql: Sql, tenant: string, ids: readonly string[]): Promise<PersonRow[]> {
  return sql.query<PersonRow>(
    `select id, username, display_name as "displayName", role, kind, state = 'active' and not must_change_password as active,
       ${vouchingColumn('users')}
     from users where tenant_id = $1 and id = any($2) for share`,
    [tenant, ids],
  )
}

/** The same without the lock, for showing names. */
export async function peopleByIds(sql: Sql, tenant: string, ids: readonly string[]): Promise<PersonRow[]> {
  return sql.query<PersonRow>(
    `select id, username, display_name as "displayName", role, kind, state = 'active' as active,
       ${vouchingColumn('users')}
     from users where tenant_id = $1 and id = any($2)`,
    [tenant, ids],
  )
}

/** Everybody who can sign in and has one of these roles, by name. */
export async function activePeople(sql: Sql, tenant: string, roles: readonly Role[]): Promise<PersonRow[]> {
  return sql.query<PersonRow>(
    `select id, username, display_name as "displayName", role, kind, true as active,
       ${vouchingColumn('users')}
     from users where tenant_id = $1 and role = any($2) and state = 'active' and kind = 'person' order by display_name, id limit 1000`,
    [tenant, roles],
  )
}
