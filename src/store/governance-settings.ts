import type { Sql } from '../lib/database.ts'

export interface StoredSetting {
  /** As stored: the reader parses it. */
  readonly value: unknown
  readonly changedBy: string | null
  readonly changedMs: number
}

/** What a person set under this name; undefined where nobody has. */
export async function readGovernanceSetting(
  sql: Sql,
  tenant: string,
  name: string,
): Promise<StoredSetting | undefined> {
  const [row] = await sql.query<StoredSetting>(
    `select value, changed_by as "changedBy", changed_ms as "changedMs" from governance_settings
     where tenant_id = $1 and name = $2`,
    [tenant, name],
  )
  return row
}

export async function writeGovernanceSetting(
  sql: Sql,
  tenant: string,
  name: string,
  value: unknown,
  by: string | null,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into governance_settings (tenant_id, name, value, changed_by, changed_ms) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, name) do update
     set value = excluded.value, changed_by = excluded.changed_by, changed_ms = excluded.changed_ms`,
    [tenant, name, JSON.stringify(value), by, nowMs],
  )
}
