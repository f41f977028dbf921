import type { Sql } from '../lib/database.ts'

export interface BreakGlassUse {
  readonly id: string
  readonly userId: string
  readonly atMs: number
  readonly reason: string
  readonly address: string
  readonly acknowledgedMs: number | null
}

const columns = `id, user_id as "userId", at_ms as "atMs", reason, address, acknowledged_ms as "acknowledgedMs"`

export async function insertBreakGlassUse(
  sql: Sql,
  tenant: string,
  use: Omit<BreakGlassUse, 'acknowledgedMs'>,
): Promise<void> {
  await sql.query(
    `insert into break_glass_uses (tenant_id, id, user_id, at_ms, reason, address) values ($1, $2, $3, $4, $5, $6)`,
    [tenant, use.id, use.userId, use.atMs, use.reason, use.address],
  )
}

/** Newest first; those that nobody has acknowledged, or all. */
export function listBreakGlassUses(sql: Sql, tenant: string, open: boolean): Promise<BreakGlassUse[]> {
  return sql.query<BreakGlassUse>(
    `select ${columns} from break_glass_uses where tenant_id = $1 and (not $2 or acknowledged_ms is null)
     order by at_ms desc, id desc limit 50`,
    [tenant, open],
  )
}

/** Notes who has seen a use; false where somebody had before, or there is no such use. */
export async function acknowledgeBreakGlass(
  sql: Sql,
  tenant: string,
  id: string,
  byId: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update break_glass_uses set acknowledged_by = $3, acknowledged_ms = $4
     where tenant_id = $1 and id = $2 and acknowledged_ms is null returning id`,
    [tenant, id, byId, nowMs],
  )
  return rows.length > 0
}
