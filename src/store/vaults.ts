import type { Sql, Transaction } from '../lib/database.ts'

/** A sealed vault as it lies in the database: nothing here can open it. */
export interface VaultRow {
  readonly scope: string
  readonly expiresAtMs: number
  readonly nonce: string
  readonly data: string
}

/** Holds a scope for the rest of the transaction, whether it has a row yet or not. */
export async function lockVault(sql: Transaction, tenant: string, scope: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`vault ${tenant} ${scope}`])
}

export async function readVault(sql: Sql, tenant: string, scope: string): Promise<VaultRow | undefined> {
  const rows = await sql.query<VaultRow>(
    'select scope, expires_at_ms as "expiresAtMs", nonce, data from vaults where tenant_id = $1 and scope = $2',
    [tenant, scope],
  )
  return rows[0]
}

export async function writeVault(sql: Sql, tenant: string, row: VaultRow): Promise<void> {
  await sql.query(
    `insert into vaults (tenant_id, scope, expires_at_ms, nonce, data) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, scope) do update
     set expires_at_ms = excluded.expires_at_ms, nonce = excluded.nonce, data = excluded.data`,
    [tenant, row.scope, row.expiresAtMs, row.nonce, row.data],
  )
}

/** Erases one case's vault; false when there was none. */
export async function eraseVaultRow(sql: Sql, tenant: string, scope: string): Promise<boolean> {
  const rows = await sql.query('delete from vaults where tenant_id = $1 and scope = $2 returning scope', [
    tenant,
    scope,
  ])
  return rows.length > 0
}

/** The same of many at once. */
export async function eraseVaultRows(sql: Sql, tenant: string, scopes: readonly string[]): Promise<void> {
  await sql.query('delete from vaults where tenant_id = $1 and scope = any($2)', [tenant, scopes])
}

/** Erases what has expired, for all tenants; returns how many. */
export async function dropExpiredVaults(sql: Sql, nowMs: number): Promise<number> {
  const rows = await sql.query('delete from vaults where expires_at_ms <= $1 returning scope', [nowMs])
  return rows.length
}

/** The scopes of all vaults of a tenant. */
export async function vaultScopes(sql: Sql, tenant: string): Promise<string[]> {
  const rows = await sql.query<{ scope: string }>(
    'select scope from vaults where tenant_id = $1 order by scope',
    [tenant],
  )
  return rows.map(row => row.scope)
}

/** Puts a vault in the place of one that was sealed under another key, and so lay under another scope. */
export async function replaceVault(sql: Sql, tenant: string, scope: string, row: VaultRow): Promise<void> {
  await sql.query(
    'update vaults set scope = $3, expires_at_ms = $4, nonce = $5, data = $6 where tenant_id = $1 and scope = $2',
    [tenant, scope, row.scope, row.expiresAtMs, row.nonce, row.data],
  )
}
