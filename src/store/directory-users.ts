import type { Sql } from '../lib/database.ts'

/** An account as a directory sees it. */
export interface DirectoryUser {
  readonly id: string
  readonly externalId: string | null
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  readonly active: boolean
  readonly createdMs: number
  /** Made or taken over by the directory: it may change and re-activate it. Others it can only deactivate. */
  readonly kept: boolean
}

const columns = `id, external_id as "externalId", username, display_name as "displayName", email,
  state = 'active' as active, created_ms as "createdMs", external_id is not null or provider_subject is not null as kept`
/** People that were not deleted; never the break-glass account. */
const seen = `tenant_id = $1 and kind = 'person' and deleted_ms is null`

export type DirectoryFilter =
  | { readonly by: 'id' | 'userName' | 'externalId'; readonly value: string }
  | undefined

export async function listDirectoryUsers(
  sql: Sql,
  tenant: string,
  filter: DirectoryFilter,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly users: DirectoryUser[] }> {
  const where = `${seen} and case $2::text when 'id' then id = $3 when 'userName' then lower(username) = lower($3)
    when 'externalId' then external_id = $3 else true end`
  const values = [tenant, filter?.by ?? null, filter?.value ?? null]
  const [row] = await sql.query<{ total: number }>(
    `select count(*) as total from users where ${where}`,
    values,
  )
  const users = await sql.query<DirectoryUser>(
    `select ${columns} from users where ${where} order by created_ms, id offset $4 limit $5`,
    [...values, page.offset, page.limit],
  )
  return { total: row?.total ?? 0, users }
}

export async function findDirectoryUser(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<DirectoryUser | undefined> {
  const { users } = await listDirectoryUsers(sql, tenant, { by: 'id', value: id }, { offset: 0, limit: 1 })
  return users[0]
}

/** Changes what a directory may; false where the external id belongs to another account. */
export async function changeDirectoryUser(
  sql: Sql,
  tenant: string,
  id: string,
  change: { readonly displayName?: string; readonly email?: string | null; readonly externalId?: string },
): Promise<boolean> {
  const rows = await sql.query(
    `update users u set display_name = coalesce($3, display_name),
       email = case when $4 then $5 else email end, external_id = coalesce($6, external_id)
     where tenant_id = $1 and id = $2 and not exists (select from users o where o.tenant_id = $1 and o.external_id = $6
       and o.id <> $2) returning id`,
    [
      tenant,
      id,
      change.displayName ?? null,
      change.email !== undefined,
      change.email ?? null,
      change.externalId ?? null,
    ],
  )
  return rows.length > 0
}

/** Takes an account out of the directory's sight. Its row stays, so that history keeps its name. */
export async function forgetDirectoryUser(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `update users set deleted_ms = $3, external_id = null, provider_issuer = null, provider_subject = null,
       linkable = false where tenant_id = $1 and id = $2`,
    [tenant, id, nowMs],
  )
}

/**
 * Brings back an account that a directory had deleted, as if new: a viewer without password and provider. `undefined`
 * where there is none of that name.
 */
export async function reviveDirectoryUser(
  sql: Sql,
  tenant: string,
  username: string,
  passwordHash: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    `update users set deleted_ms = null, role = 'viewer', state = 'active', password_hash = $3, linkable = true,
       must_change_password = false
     where tenant_id = $1 and lower(username) = lower($2) and deleted_ms is not null returning id`,
    [tenant, username, passwordHash],
  )
  if (row !== undefined)
    await sql.query('delete from second_factors where tenant_id = $1 and user_id = $2', [tenant, row.id])
  return row?.id
}
