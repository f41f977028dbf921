import type { Sql } from '../lib/database.ts'

// What the database holds under the master key, besides data keys (the ledger's) and vaults (`vaults.ts`).

/** Keeps everybody else from writing what is sealed until the transaction ends; reading goes on. */
export async function lockSealedRows(sql: Sql): Promise<void> {
  await sql.query(
    'lock table data_keys, vaults, second_factors, notification_channels in share row exclusive mode',
  )
}

/**
 * Connections of processes that serve or work on this database under the role of this connection: each has one or two
 * that listen for as long as it runs (`listen` in `connect.ts`).
 */
export async function listeningConnections(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity
     where datname = current_database() and usename = current_user and application_name = 'tocsin-listen'`,
  )
  return row?.count ?? 0
}

export interface SealedTotp {
  readonly id: string
  readonly userId: string
  readonly sealed: string
}

/** The sealed TOTP secrets of all people, those not confirmed yet included. */
export function sealedTotps(sql: Sql, tenant: string): Promise<SealedTotp[]> {
  return sql.query<SealedTotp>(
    `select id, user_id as "userId", sealed_secret as sealed from second_factors
     where tenant_id = $1 and sealed_secret is not null order by id`,
    [tenant],
  )
}

export async function replaceTotp(sql: Sql, tenant: string, id: string, sealed: string): Promise<void> {
  await sql.query('update second_factors set sealed_secret = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    sealed,
  ])
}

export interface SealedTarget {
  readonly id: string
  readonly name: string
  readonly sealed: string
}

/** The sealed targets of all notification channels, those switched off included. */
export function sealedTargets(sql: Sql, tenant: string): Promise<SealedTarget[]> {
  return sql.query<SealedTarget>(
    'select id, name, sealed_target as sealed from notification_channels where tenant_id = $1 order by id',
    [tenant],
  )
}

export async function replaceTarget(sql: Sql, tenant: string, id: string, sealed: string): Promise<void> {
  await sql.query('update notification_channels set sealed_target = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    sealed,
  ])
}
