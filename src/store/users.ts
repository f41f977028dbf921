import type { Role } from '../domain/role.ts'
import type { Vouching } from '../domain/vouching.ts'
import type { Sql } from '../lib/database.ts'

export interface User {
  readonly id: string
  readonly username: string
  readonly displayName: string
  readonly role: Role
  readonly state: 'active' | 'disabled'
  readonly mustChangePassword: boolean
  readonly createdMs: number
  readonly lastSignInMs: number | null
  readonly lockedUntilMs: number | null
  readonly kind: 'person' | 'break-glass'
  readonly email: string | null
  /** The directory's own id of the account. */
  readonly externalId: string | null
  /** An OpenID provider signs it in. */
  readonly byProvider: boolean
  /** May be claimed by the provider's user of that name. */
  readonly linkable: boolean
  /** Who last gave it its right or its credentials; null where nobody here did. */
  readonly vouching: Vouching | null
}

/** `Vouching` of a row of users, as JSON. */
export function vouchingColumn(table: string): string {
  return `case when ${table}.vouched_ms is null then null else json_build_object('atMs', ${table}.vouched_ms,
    'by', ${table}.vouched_by, 'alone', ${table}.vouched_alone) end as vouching`
}

const columns = `u.id, u.username, u.display_name as "displayName", u.role, u.state,
  u.must_change_password as "mustChangePassword", u.created_ms as "createdMs", u.last_sign_in_ms as "lastSignInMs",
  f.locked_until_ms as "lockedUntilMs", u.kind, u.email, u.external_id as "externalId",
  u.provider_subject is not null as "byProvider", u.linkable, ${vouchingColumn('u')}`
const from = `from users u left join sign_in_failures f
  on f.tenant_id = u.tenant_id and f.username = lower(u.username)`

export interface NewUser {
  readonly id: string
  readonly username: string
  readonly displayName: string
  readonly role: Role
  readonly passwordHash: string
  readonly mustChangePassword: boolean
  readonly email?: string
  readonly externalId?: string
  readonly linkable?: boolean
  readonly kind?: User['kind']
}

/** Returns false when the name is taken (upper and lower case alike). */
export async function insertUser(sql: Sql, tenant: string, user: NewUser, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into users (tenant_id, id, username, display_name, role, password_hash, must_change_password, created_ms,
       email, external_id, linkable, kind)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant_id, lower(username)) do nothing returning id`,
    [
      tenant,
      user.id,
      user.username,
      user.displayName,
      user.role,
      user.passwordHash,
      user.mustChangePassword,
      nowMs,
      user.email ?? null,
      user.externalId ?? null,
      user.linkable ?? false,
      user.kind ?? 'person',
    ],
  )
  return rows.length > 0
}

export async function findUser(sql: Sql, tenant: string, id: string): Promise<User | undefined> {
  const rows = await sql.query<User>(`select ${columns} ${from} where u.tenant_id = $1 and u.id = $2`, [
    tenant,
    id,
  ])
  return rows[0]
}

export async function findUserByName(
  sql: Sql,
  tenant: string,
  username: string,
): Promise<(User & { readonly passwordHash: string }) | undefined> {
  const rows = await sql.query<User & { passwordHash: string }>(
    `select ${columns}, u.password_hash as "passwordHash" ${from} where u.tenant_id = $1 and lower(u.username) = lower($2)`,
    [tenant, username],
  )
  return rows[0]
}

export async function findUserByProvider(
  sql: Sql,
  tenant: string,
  issuer: string,
  subject: string,
): Promise<User | undefined> {
  const rows = await sql.query<User>(
    `select ${columns} ${from} where u.tenant_id = $1 and u.provider_issuer = $2 and u.provider_subject = $3`,
    [tenant, issuer, subject],
  )
  return rows[0]
}

/** Binds an account to a provider's user, for good; it can then no longer be claimed. */
export async function linkUser(
  sql: Sql,
  tenant: string,
  id: string,
  person: { readonly issuer: string; readonly subject: string },
): Promise<void> {
  await sql.query(
    `update users set provider_issuer = $3, provider_subject = $4, linkable = false
     where tenant_id = $1 and id = $2`,
    [tenant, id, person.issuer, person.subject],
  )
}

export function listUsers(sql: Sql, tenant: string): Promise<User[]> {
  return sql.query<User>(`select ${columns} ${from} where u.tenant_id = $1 order by lower(u.username)`, [
    tenant,
  ])
}

export async function countUsers(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*) as count from users where tenant_id = $1',
    [tenant],
  )
  return row?.count ?? 0
}

export interface UserChange {
  readonly displayName?: string | undefined
  readonly role?: Role | undefined
  readonly state?: 'active' | 'disabled' | undefined
  readonly linkable?: boolean | undefined
}

/** The active admins of their own name, held until the transaction ends. */
export function lockAdmins(sql: Sql, tenant: string): Promise<{ id: string }[]> {
  return sql.query<{ id: string }>(
    `select id from users where tenant_id = $1 and role = 'admin' and state = 'active' and kind = 'person'
     order by id for update`,
    [tenant],
  )
}

/** Returns false when the change would leave no active admin, or there is no such user. */
export async function updateUser(sql: Sql, tenant: string, id: string, change: UserChange): Promise<boolean> {
  // So that two admins cannot demote each other at the same moment.
  const admins = await lockAdmins(sql, tenant)
  const demotes = (change.role !== undefined && change.role !== 'admin') || change.state === 'disabled'
  if (demotes && admins.length === 1 && admins[0]?.id === id) return false
  const rows = await sql.query(
    `update users set display_name = coalesce($3, display_name), role = coalesce($4, role), state = coalesce($5, state),
       linkable = coalesce($6, linkable)
     where tenant_id = $1 and id = $2 returning id`,
    [
      tenant,
      id,
      change.displayName ?? null,
      change.role ?? null,
      change.state ?? null,
      change.linkable ?? null,
    ],
  )
  return rows.length > 0
}

export async function setPassword(
  sql: Sql,
  tenant: string,
  id: string,
  passwordHash: string,
  mustChange: boolean,
): Promise<void> {
  await sql.query(
    'update users set password_hash = $3, must_change_password = $4 where tenant_id = $1 and id = $2',
    [tenant, id, passwordHash, mustChange],
  )
}

/** Notes who gave the account its right or its credentials. */
export async function setVouching(sql: Sql, tenant: string, id: string, vouching: Vouching): Promise<void> {
  await sql.query(
    'update users set vouched_ms = $3, vouched_by = $4, vouched_alone = $5 where tenant_id = $1 and id = $2',
    [tenant, id, vouching.atMs, vouching.by, vouching.alone],
  )
}

/** Puts another hash in the place of this very one; of many at once, one gets `true`. */
export async function spendPassword(
  sql: Sql,
  tenant: string,
  id: string,
  spent: string,
  next: string,
): Promise<boolean> {
  const rows = await sql.query(
    'update users set password_hash = $4 where tenant_id = $1 and id = $2 and password_hash = $3 returning id',
    [tenant, id, spent, next],
  )
  return rows.length > 0
}

export async function noteSignIn(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query('update users set last_sign_in_ms = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    nowMs,
  ])
}
