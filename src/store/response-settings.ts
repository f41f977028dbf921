import type { Sql } from '../lib/database.ts'

/** One version of what admins decided in the console. */
export interface SettingsVersion {
  readonly version: number
  /** As it was written; parsed by whoever reads it. */
  readonly settings: unknown
  readonly state: 'active' | 'waiting' | 'superseded' | 'rejected'
  readonly weakens: readonly string[]
  readonly reason: string
  readonly changedBy: string
  readonly changedMs: number
  readonly decidedBy: string | null
  readonly decidedMs: number | null
}

const columns = `version, settings, state, weakens, reason, changed_by as "changedBy", changed_ms as "changedMs",
  decided_by as "decidedBy", decided_ms as "decidedMs"`

/** The version that holds; `undefined` where the console has never changed anything. */
export async function activeSettings(sql: Sql, tenant: string): Promise<SettingsVersion | undefined> {
  const [row] = await sql.query<SettingsVersion>(
    `select ${columns} from response_settings where tenant_id = $1 and state = 'active'`,
    [tenant],
  )
  return row
}

/** The latest versions, newest first. */
export async function settingsVersions(sql: Sql, tenant: string): Promise<SettingsVersion[]> {
  return sql.query<SettingsVersion>(
    `select ${columns} from response_settings where tenant_id = $1 order by version desc limit 50`,
    [tenant],
  )
}

/** Holds all versions of this tenant until the transaction ends, so that two admins take turns. */
export async function lockSettings(sql: Sql, tenant: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`response-settings/${tenant}`])
}

/** Writes the next version. What it takes the place of is superseded. Returns its number. */
export async function insertSettings(
  sql: Sql,
  tenant: string,
  change: {
    readonly settings: unknown
    readonly state: 'active' | 'waiting'
    readonly weakens: readonly string[]
    readonly reason: string
    readonly changedBy: string
  },
  nowMs: number,
): Promise<number> {
  await sql.query(
    `update response_settings set state = 'superseded' where tenant_id = $1 and state = any($2)`,
    [tenant, change.state === 'active' ? ['active', 'waiting'] : ['waiting']],
  )
  const [row] = await sql.query<{ version: number }>(
    `insert into response_settings (tenant_id, version, settings, state, weakens, reason, changed_by, changed_ms)
     select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7 from response_settings where tenant_id = $1
     returning version`,
    [
      tenant,
      JSON.stringify(change.settings),
      change.state,
      change.weakens,
      change.reason,
      change.changedBy,
      nowMs,
    ],
  )
  return row?.version ?? 0
}

/** A second admin's word on the version that waits. */
export async function decideSettings(
  sql: Sql,
  tenant: string,
  decision: { readonly version: number; readonly state: 'active' | 'rejected'; readonly by: string },
  nowMs: number,
): Promise<void> {
  if (decision.state === 'active')
    await sql.query(
      `update response_settings set state = 'superseded' where tenant_id = $1 and state = 'active'`,
      [tenant],
    )
  await sql.query(
    `update response_settings set state = $3, decided_by = $4, decided_ms = $5 where tenant_id = $1 and version = $2`,
    [tenant, decision.version, decision.state, decision.by, nowMs],
  )
}
