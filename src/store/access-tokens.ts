import type { Role } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'

export interface OauthClientRow {
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
}

export async function insertOauthClient(
  sql: Sql,
  tenant: string,
  client: OauthClientRow,
  nowMs: number,
): Promise<void> {
  await sql.query(
    'insert into oauth_clients (tenant_id, id, name, redirect_uris, created_ms) values ($1, $2, $3, $4, $5)',
    [tenant, client.id, client.name, client.redirectUris, nowMs],
  )
}

export async function findOauthClient(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<OauthClientRow | undefined> {
  const [row] = await sql.query<OauthClientRow>(
    'select id, name, redirect_uris as "redirectUris" from oauth_clients where tenant_id = $1 and id = $2',
    [tenant, id],
  )
  return row
}

/** How many clients have registered since: what a flood of registrations is bounded by. */
export async function countOauthClients(sql: Sql, tenant: string, sinceMs: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*) as count from oauth_clients where tenant_id = $1 and created_ms > $2',
    [tenant, sinceMs],
  )
  return row?.count ?? 0
}

export interface OauthCodeRow {
  readonly id: string
  readonly secretHash: Buffer
  readonly clientId: string
  readonly userId: string
  readonly redirectUri: string
  readonly codeChallenge: string
  readonly expiresMs: number
}

export async function insertOauthCode(sql: Sql, tenant: string, code: OauthCodeRow): Promise<void> {
  await sql.query(
    `insert into oauth_codes (tenant_id, id, secret_hash, client_id, user_id, redirect_uri, code_challenge, expires_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tenant,
      code.id,
      code.secretHash,
      code.clientId,
      code.userId,
      code.redirectUri,
      code.codeChallenge,
      code.expiresMs,
    ],
  )
}

/** Takes a code away: it is good for one exchange, whatever comes of it. */
export async function takeOauthCode(sql: Sql, tenant: string, id: string): Promise<OauthCodeRow | undefined> {
  const [row] = await sql.query<OauthCodeRow>(
    `delete from oauth_codes where tenant_id = $1 and id = $2
     returning id, secret_hash as "secretHash", client_id as "clientId", user_id as "userId",
       redirect_uri as "redirectUri", code_challenge as "codeChallenge", expires_ms as "expiresMs"`,
    [tenant, id],
  )
  return row
}

export interface NewAccessToken {
  readonly id: string
  readonly kind: 'access' | 'refresh'
  readonly secretHash: Buffer
  readonly clientId: string
  readonly userId: string
  readonly family: string
  readonly createdMs: number
  readonly expiresMs: number
}

/** Keeps a token, and clears away what has expired. */
export async function insertAccessToken(sql: Sql, tenant: string, token: NewAccessToken): Promise<void> {
  await sql.query('delete from access_tokens where expires_ms < $1', [token.createdMs])
  await sql.query(
    `insert into access_tokens (tenant_id, id, kind, secret_hash, client_id, user_id, family, created_ms, expires_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      token.id,
      token.kind,
      token.secretHash,
      token.clientId,
      token.userId,
      token.family,
      token.createdMs,
      token.expiresMs,
    ],
  )
}

export interface AccessTokenRow {
  readonly id: string
  readonly kind: 'access' | 'refresh'
  readonly secretHash: Buffer
  readonly clientId: string
  readonly family: string
  readonly used: boolean
  readonly userId: string
  readonly username: string
  readonly displayName: string
  readonly role: Role
}

/** A token that has not expired, of a person who is still active. */
export async function findAccessToken(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<AccessTokenRow | undefined> {
  const [row] = await sql.query<AccessTokenRow>(
    `select t.id, t.kind, t.secret_hash as "secretHash", t.client_id as "clientId", t.family, t.used,
       t.user_id as "userId", u.username, u.display_name as "displayName", u.role
     from access_tokens t join users u on u.tenant_id = t.tenant_id and u.id = t.user_id
     where t.tenant_id = $1 and t.id = $2 and t.expires_ms > $3 and u.state = 'active' and not u.must_change_password`,
    [tenant, id, nowMs],
  )
  return row
}

/** Marks a refresh token as used; false where it had been already. */
export async function consumeRefreshToken(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'update access_tokens set used = true where tenant_id = $1 and id = $2 and not used returning id',
    [tenant, id],
  )
  return rows.length > 0
}

export async function deleteTokenFamily(sql: Sql, tenant: string, family: string): Promise<void> {
  await sql.query('delete from access_tokens where tenant_id = $1 and family = $2', [tenant, family])
}

/** Ends every token that reads in a user's name, and every code for one. */
export async function deleteDelegatedAccess(sql: Sql, tenant: string, userId: string): Promise<void> {
  await sql.query('delete from oauth_codes where tenant_id = $1 and user_id = $2', [tenant, userId])
  await sql.query('delete from access_tokens where tenant_id = $1 and user_id = $2', [tenant, userId])
}

/** Remembers that a signed token was used; false where it had been already. */
export async function takeDashboardToken(
  sql: Sql,
  tenant: string,
  id: string,
  expiresMs: number,
  nowMs: number,
): Promise<boolean> {
  await sql.query('delete from dashboard_tokens where expires_ms < $1', [nowMs])
  const rows = await sql.query(
    'insert into dashboard_tokens (tenant_id, id, expires_ms) values ($1, $2, $3) on conflict do nothing returning id',
    [tenant, id, expiresMs],
  )
  return rows.length > 0
}
