import type { Sql } from '../lib/database.ts'

/** Takes or renews the lease on `name`; false while another owner holds it. */
export async function takeLease(
  sql: Sql,
  name: string,
  owner: string,
  nowMs: number,
  forMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `insert into leases as l (name, owner, until_ms) values ($1, $2, $3)
     on conflict (name) do update set owner = excluded.owner, until_ms = excluded.until_ms
       where l.owner = excluded.owner or l.until_ms < $4
     returning name`,
    [name, owner, nowMs + forMs, nowMs],
  )
  return rows.length > 0
}

/** Gives the lease up, so that another process need not wait for its end. */
export async function dropLease(sql: Sql, name: string, owner: string): Promise<void> {
  await sql.query('delete from leases where name = $1 and owner = $2', [name, owner])
}
