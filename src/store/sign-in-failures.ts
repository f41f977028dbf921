import type { Sql } from '../lib/database.ts'

const forgetAfterMs = 24 * 60 * 60_000

export interface Attempt {
  readonly failures: number
  readonly lockedUntilMs: number
}

/**
 * Counts an attempt as failed before the password is looked at, so that many at once cannot slip past the count.
 * An attempt while the lock holds is not counted: it must not prolong the lock.
 */
export async function beginAttempt(
  sql: Sql,
  tenant: string,
  username: string,
  nowMs: number,
): Promise<Attempt> {
  const [row] = await sql.query<Attempt>(
    `insert into sign_in_failures as f (tenant_id, username, failures, last_ms) values ($1, lower($2), 1, $3)
     on conflict (tenant_id, username) do update set
       failures = case when f.last_ms < $3 - $4 then 1 when f.locked_until_ms > $3 then f.failures else f.failures + 1 end,
       last_ms = $3
     returning failures, locked_until_ms as "lockedUntilMs"`,
    [tenant, username, nowMs, forgetAfterMs],
  )
  return row ?? { failures: 1, lockedUntilMs: 0 }
}

/** Refuses this name until then, whatever password comes; in capitals it is the same name. */
export async function lockName(sql: Sql, tenant: string, username: string, untilMs: number): Promise<void> {
  await sql.query(
    'update sign_in_failures set locked_until_ms = $3 where tenant_id = $1 and username = lower($2)',
    [tenant, username, untilMs],
  )
}

export async function forgetFailures(sql: Sql, tenant: string, username: string): Promise<void> {
  await sql.query('delete from sign_in_failures where tenant_id = $1 and username = lower($2)', [
    tenant,
    username,
  ])
}
