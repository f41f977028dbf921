import type { Sql } from '../lib/database.ts'

/** A technique as a Navigator layer has it. */
export interface LayerTechnique {
  readonly id: string
  readonly score: number | null
  readonly comment: string
}

export interface LayerRow {
  readonly id: string
  readonly name: string
  readonly techniques: readonly LayerTechnique[]
  readonly createdMs: number
}

export async function insertLayer(
  sql: Sql,
  tenant: string,
  layer: LayerRow & { readonly by: string },
): Promise<void> {
  await sql.query(
    `insert into intel_layers (tenant_id, id, name, techniques, added_by, created_ms)
     values ($1, $2, $3, $4::json, $5, $6)`,
    [tenant, layer.id, layer.name, JSON.stringify(layer.techniques), layer.by, layer.createdMs],
  )
}

/** The newest layers. */
export function listLayers(sql: Sql, tenant: string, limit: number): Promise<LayerRow[]> {
  return sql.query<LayerRow>(
    `select id, name, techniques, created_ms as "createdMs" from intel_layers
     where tenant_id = $1 order by created_ms desc, id desc limit $2`,
    [tenant, limit],
  )
}

/** False where there is no such layer. */
export async function deleteLayer(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query('delete from intel_layers where tenant_id = $1 and id = $2 returning 1', [
    tenant,
    id,
  ])
  return rows.length > 0
}
