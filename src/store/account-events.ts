import type { Sql } from '../lib/database.ts'

export interface AccountEvent {
  readonly id: string
  readonly atMs: number
  /** `sign-in`, `sign-in-failed`, `user-create`, `token-create`… */
  readonly kind: string
  readonly byId: string | null
  readonly subject: string
  readonly detail: string
}

export async function addAccountEvent(sql: Sql, tenant: string, event: AccountEvent): Promise<void> {
  await sql.query(
    `insert into account_events (tenant_id, id, at_ms, kind, by_id, subject, detail)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, event.id, event.atMs, event.kind, event.byId, event.subject, event.detail],
  )
}

export interface AccountEventRow extends AccountEvent {
  readonly username: string | null
  readonly displayName: string | null
}

/** Newest first. Ids sort by time. */
export function listAccountEvents(
  sql: Sql,
  tenant: string,
  beforeId: string | undefined,
  limit: number,
): Promise<AccountEventRow[]> {
  return sql.query<AccountEventRow>(
    `select e.id, e.at_ms as "atMs", e.kind, e.by_id as "byId", e.subject, e.detail, u.username,
       u.display_name as "displayName"
     from account_events e left join users u on u.tenant_id = e.tenant_id and u.id = e.by_id
     where e.tenant_id = $1 and ($2::text is null or e.id < $2) order by e.id desc limit $3`,
    [tenant, beforeId ?? null, limit],
  )
}
