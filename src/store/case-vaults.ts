import type { Sql } from '../lib/database.ts'

/** Locks the vault of a case for this transaction and returns it, sealed; `undefined` where there is none yet. */
export async function lockCaseVault(sql: Sql, tenant: string, caseId: string): Promise<Buffer | undefined> {
  // A row that is not there cannot be locked; the name can.
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 7230412))', [
    JSON.stringify([tenant, caseId]),
  ])
  const [row] = await sql.query<{ sealed: Buffer }>(
    'select sealed from case_vaults where tenant = $1 and case_id = $2 and expires_at > now()',
    [tenant, caseId],
  )
  return row?.sealed
}

/** Replaces the vault of a case. It can be read until `expiresAtMs`. */
export async function writeCaseVault(
  sql: Sql,
  vault: {
    readonly tenant: string
    readonly caseId: string
    readonly sealed: Buffer
    readonly expiresAtMs: number
  },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into case_vaults (tenant, case_id, sealed, updated_at, expires_at)
     values ($1, $2, $3, to_timestamp($4 / 1000.0), to_timestamp($5 / 1000.0))
     on conflict (tenant, case_id) do update
     set sealed = excluded.sealed, updated_at = excluded.updated_at, expires_at = excluded.expires_at`,
    [vault.tenant, vault.caseId, vault.sealed, nowMs, vault.expiresAtMs],
  )
}

/** Removes vaults whose time is over; returns how many. */
export async function eraseExpiredVaults(sql: Sql, nowMs: number): Promise<number> {
  const rows = await sql.query<{ case_id: string }>(
    'delete from case_vaults where expires_at <= to_timestamp($1 / 1000.0) returning case_id',
    [nowMs],
  )
  return rows.length
}
