import type { Role } from '../domain/role.ts'
import type { Sql } from '../lib/database.ts'
import { deleteDelegatedAccess } from './access-tokens.ts'

export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly secretHash: Buffer
  readonly csrfToken: string
  readonly createdMs: number
  readonly lastUsedMs: number
  readonly expiresMs: number
  readonly address: string
  readonly userAgent: string
  /** How it was opened: see `SessionMethod`. */
  readonly method: string
}

export type NewSession = SessionRow

const columns = `s.id, s.user_id as "userId", s.secret_hash as "secretHash", s.csrf_token as "csrfToken",
  s.created_ms as "createdMs", s.last_used_ms as "lastUsedMs", s.expires_ms as "expiresMs", s.address,
  s.user_agent as "userAgent", s.method`

export async function insertSession(sql: Sql, tenant: string, session: NewSession): Promise<void> {
  await sql.query(
    `insert into sessions (tenant_id, id, user_id, secret_hash, csrf_token, created_ms, last_used_ms, expires_ms,
       address, user_agent, method) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenant,
      session.id,
      session.userId,
      session.secretHash,
      session.csrfToken,
      session.createdMs,
      session.lastUsedMs,
      session.expiresMs,
      session.address,
      session.userAgent,
      session.method,
    ],
  )
}

export interface SessionOwner extends SessionRow {
  readonly username: string
  readonly displayName: string
  readonly role: Role
  readonly mustChangePassword: boolean
  /** The role takes a second factor. */
  readonly factorRequired: boolean
}

/** A session that has not expired, with its active owner as of now: a changed role holds from the next request. */
export async function findSession(
  sql: Sql,
  tenant: string,
  id: string,
  nowMs: number,
): Promise<SessionOwner | undefined> {
  const rows = await sql.query<SessionOwner>(
    `select ${columns}, u.username, u.display_name as "displayName", u.role,
       u.must_change_password as "mustChangePassword",
       exists (select from account_settings a where a.tenant_id = u.tenant_id and a.name = 'second-factor-roles'
         and u.role in (select json_array_elements_text(a.value))) as "factorRequired"
     from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
     where s.tenant_id = $1 and s.id = $2 and s.expires_ms > $3 and u.state = 'active'`,
    [tenant, id, nowMs],
  )
  return rows[0]
}

export async function touchSession(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query('update sessions set last_used_ms = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    nowMs,
  ])
}

export function listSessions(sql: Sql, tenant: string, userId: string, nowMs: number): Promise<SessionRow[]> {
  return sql.query<SessionRow>(
    `select ${columns} from sessions s where s.tenant_id = $1 and s.user_id = $2 and s.expires_ms > $3
     order by s.last_used_ms desc`,
    [tenant, userId, nowMs],
  )
}

/** Ends one session of this user; false when it is not theirs. */
export async function deleteSession(sql: Sql, tenant: string, userId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from sessions where tenant_id = $1 and user_id = $2 and id = $3 returning id',
    [tenant, userId, id],
  )
  return rows.length > 0
}

/**
 * Ends all sessions of a user, but for the one named, and what programs were let read in their name: whoever was at the account
 * may have let one in, which would renew its token for ever.
 */
export async function deleteOtherSessions(
  sql: Sql,
  tenant: string,
  userId: string,
  keepId: string | undefined,
): Promise<void> {
  await sql.query('delete from sessions where tenant_id = $1 and user_id = $2 and id is distinct from $3', [
    tenant,
    userId,
    keepId ?? null,
  ])
  await deleteDelegatedAccess(sql, tenant, userId)
}

/** Notes that the session has proved more than it was opened with. */
export async function setSessionMethod(sql: Sql, tenant: string, id: string, method: string): Promise<void> {
  await sql.query('update sessions set method = $3 where tenant_id = $1 and id = $2', [tenant, id, method])
}

export async function deleteExpiredSessions(sql: Sql, nowMs: number): Promise<void> {
  await sql.query('delete from sessions where expires_ms < $1', [nowMs])
}
