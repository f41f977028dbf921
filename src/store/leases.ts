import type { Sql } from '../lib/database.ts'

// Who leads is told by a row and not by an advisory lock: that would need a connection that is kept open for as long as it is
// held, which a pooler in front of the database takes away, and a process that hangs would keep it for ever. How long
// a lease holds is told by the database's clock alone: those of the processes may differ, and jump.

/** A lease is of the database, or of the tenant whose process asks. */
const ownName = `$1 || coalesce(':' || tocsin_tenant(), '')`
const databaseNow = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

/** Takes or renews the lease on `name`; false while another owner holds it. */
export async function takeLease(sql: Sql, name: string, owner: string, forMs: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into leases as l (name, owner, until_ms) values (${ownName}, $2, ${databaseNow} + $3)
     on conflict (name) do update set owner = excluded.owner, until_ms = excluded.until_ms
       where l.owner = excluded.owner or l.until_ms < ${databaseNow}
     returning name`,
    [name, owner, forMs],
  )
  return rows.length > 0
}

/** Gives the lease up, so that another process need not wait for its end. */
export async function dropLease(sql: Sql, name: string, owner: string): Promise<void> {
  await sql.query(`delete from leases where name = ${ownName} and owner = $2`, [name, owner])
}
