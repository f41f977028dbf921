import type { Sql } from '../lib/database.ts'

/** Where a source goes on; undefined at the first start. What a position is, only the source knows. */
export async function readCheckpoint(sql: Sql, tenant: string, source: string): Promise<unknown> {
  const [row] = await sql.query<{ position: unknown }>(
    'select position from checkpoints where tenant_id = $1 and source = $2',
    [tenant, source],
  )
  return row?.position
}

export async function writeCheckpoint(
  sql: Sql,
  tenant: string,
  source: string,
  position: unknown,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into checkpoints (tenant_id, source, position, updated_ms) values ($1, $2, $3::json, $4)
     on conflict (tenant_id, source) do update set position = excluded.position, updated_ms = excluded.updated_ms`,
    [tenant, source, JSON.stringify(position), nowMs],
  )
}
