import type { Sql } from '../lib/database.ts'

// Jobs that are tried no more: they failed for good, or took their workers down. People see them, and have them tried
// again once the cause is gone.

export interface SetAsideJob {
  readonly id: number
  readonly kind: string
  /** What it is about. */
  readonly key: string
  readonly attempts: number
  /** How often its worker vanished with it. */
  readonly crashes: number
  readonly error: string
  readonly createdMs: number
}

/** The newest first. */
export function listSetAside(sql: Sql, tenant: string, limit: number): Promise<SetAsideJob[]> {
  return sql.query<SetAsideJob>(
    `select id, kind, key, attempts, crashes, coalesce(last_error, '') as error, created_ms as "createdMs"
     from jobs where tenant_id = $1 and state = 'dead' order by id desc limit $2`,
    [tenant, limit],
  )
}

/** How many jobs of the tenant are set aside. */
export async function countSetAside(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*) as count from jobs where tenant_id = $1 and state = 'dead'`,
    [tenant],
  )
  return row?.count ?? 0
}

/**
 * Queues one again, with all its tries, to be run by itself if it ever took a worker down. Where a newer job for the
 * same thing waits already, that one does it. False where there is no such job set aside.
 */
export async function retrySetAside(sql: Sql, tenant: string, id: number, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `with asked as (
       select id, kind, key from jobs where tenant_id = $1 and id = $2 and state = 'dead' for update
     ), newer as (
       select from jobs j join asked a using (kind, key) where j.tenant_id = $1 and j.state = 'ready'
     ), gone as (
       delete from jobs where id = (select id from asked) and exists (select from newer)
     ), again as (
       update jobs set state = 'ready', attempts = 0, crashes = least(crashes, 1), run_at_ms = $3
       where id = (select id from asked) and not exists (select from newer)
     )
     select id from asked`,
    [tenant, id, nowMs],
  )
  return rows.length > 0
}

/** Throws one away: what it was about does not get done by it. */
export async function dropSetAside(sql: Sql, tenant: string, id: number): Promise<boolean> {
  const rows = await sql.query(
    `delete from jobs where tenant_id = $1 and id = $2 and state = 'dead' returning id`,
    [tenant, id],
  )
  return rows.length > 0
}
