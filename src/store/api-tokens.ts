import type { TokenScope } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'

export interface TokenRow {
  readonly id: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  readonly userId: string
  readonly username: string
  readonly displayName: string
  readonly secretHash: Buffer
  readonly createdMs: number
  readonly expiresMs: number | null
  readonly lastUsedMs: number | null
}

const select = `select t.id, t.name, t.scopes, t.user_id as "userId", u.username, u.display_name as "displayName",
    t.secret_hash as "secretHash", t.created_ms as "createdMs", t.expires_ms as "expiresMs",
    t.last_used_ms as "lastUsedMs"
  from api_tokens t join users u on u.tenant_id = t.tenant_id and u.id = t.user_id`

export interface NewToken {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  readonly secretHash: Buffer
  readonly createdMs: number
  readonly expiresMs: number | null
}

export async function insertToken(sql: Sql, tenant: string, token: NewToken): Promise<void> {
  await sql.query(
    `insert into api_tokens (tenant_id, id, user_id, name, scopes, secret_hash, created_ms, expires_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tenant,
      token.id,
      token.userId,
      token.name,
      token.scopes,
      token.secretHash,
      token.createdMs,
      token.expiresMs,
    ],
  )
}

/** A token that has not expired, of an owner who is still active; a directory's only while its owner is an admin. */
export async function findToken(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<TokenRow | undefined> {
  const rows = await sql.query<TokenRow>(
    `${select} where t.tenant_id = $1 and t.id = $2 and u.state = 'active'
       and (t.expires_ms is null or t.expires_ms > $3) and (not 'scim' = any(t.scopes) or u.role = 'admin')`,
    [tenant, id, nowMs],
  )
  return rows[0]
}

/** All tokens, or those of one owner. */
export function listTokens(sql: Sql, tenant: string, userId: string | undefined): Promise<TokenRow[]> {
  return sql.query<TokenRow>(
    `${select} where t.tenant_id = $1 and ($2::text is null or t.user_id = $2) order by t.created_ms desc`,
    [tenant, userId ?? null],
  )
}

/** Revokes a token of this owner, or of anybody when `userId` is undefined. */
export async function deleteToken(
  sql: Sql,
  tenant: string,
  id: string,
  userId: string | undefined,
): Promise<boolean> {
  const rows = await sql.query(
    'delete from api_tokens where tenant_id = $1 and id = $2 and ($3::text is null or user_id = $3) returning id',
    [tenant, id, userId ?? null],
  )
  return rows.length > 0
}

export async function touchToken(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query('update api_tokens set last_used_ms = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    nowMs,
  ])
}
