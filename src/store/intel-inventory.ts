import type { Sql } from '../lib/database.ts'

/** Something of ours that a report names, on one host. Empty where the inventory does not tell. */
export interface InventoryMatch {
  readonly kind: 'vulnerability' | 'package' | 'host'
  /** The CVE, product name or address as the report has it. */
  readonly value: string
  readonly host: string
  readonly packageName: string
  readonly packageVersion: string
  readonly severity: string
}

/** What the inventory said about a report; `lookedMs` null: it was not asked yet. */
export interface InventoryAnswer {
  readonly lookedMs: number | null
  readonly trouble: string | null
  readonly matches: readonly InventoryMatch[]
}

/** Puts what the inventory says now in the place of what it said before. */
export async function writeInventory(
  sql: Sql,
  tenant: string,
  reportId: string,
  matches: readonly InventoryMatch[],
  nowMs: number,
): Promise<void> {
  await sql.query('delete from intel_inventory where tenant_id = $1 and report_id = $2', [tenant, reportId])
  await sql.query(
    `insert into intel_inventory (tenant_id, report_id, kind, value, host, package_name, package_version, severity)
     select $1, r.id, m.* from intel_reports r,
       unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as m
     where r.tenant_id = $1 and r.id = $2 on conflict do nothing`,
    [
      tenant,
      reportId,
      matches.map(({ kind }) => kind),
      matches.map(({ value }) => value),
      matches.map(({ host }) => host),
      matches.map(({ packageName }) => packageName),
      matches.map(({ packageVersion }) => packageVersion),
      matches.map(({ severity }) => severity),
    ],
  )
  await sql.query(
    'update intel_reports set inventory_ms = $3, inventory_trouble = null where tenant_id = $1 and id = $2',
    [tenant, reportId, nowMs],
  )
}

/** Why the inventory could not be asked; what it said before stays. */
export async function noteInventoryTrouble(
  sql: Sql,
  tenant: string,
  reportId: string,
  trouble: string,
): Promise<void> {
  await sql.query('update intel_reports set inventory_trouble = $3 where tenant_id = $1 and id = $2', [
    tenant,
    reportId,
    trouble,
  ])
}

/** Reports of late, about which the inventory was last asked before a time: those that waited longest, first. */
export async function reportsToLookAgain(
  sql: Sql,
  tenant: string,
  {
    askedBeforeMs,
    changedSinceMs,
    limit,
  }: { readonly askedBeforeMs: number; readonly changedSinceMs: number; readonly limit: number },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from intel_reports
     where tenant_id = $1 and greatest(inventory_ms, created_ms, revised_ms) <= $2 and greatest(created_ms, revised_ms) >= $3
     order by greatest(inventory_ms, created_ms, revised_ms), id limit $4`,
    [tenant, askedBeforeMs, changedSinceMs, limit],
  )
  return rows.map(({ id }) => id)
}

/** What the inventory said about a report, the gravest first. */
export async function readInventory(
  sql: Sql,
  tenant: string,
  reportId: string,
  limit: number,
): Promise<InventoryAnswer> {
  const [row] = await sql.query<Pick<InventoryAnswer, 'lookedMs' | 'trouble'>>(
    `select inventory_ms as "lookedMs", inventory_trouble as trouble from intel_reports
     where tenant_id = $1 and id = $2`,
    [tenant, reportId],
  )
  const matches = await sql.query<InventoryMatch>(
    `select kind, value, host, package_name as "packageName", package_version as "packageVersion", severity
     from intel_inventory where tenant_id = $1 and report_id = $2
     order by array_position(array['host', 'vulnerability', 'package'], kind),
       array_position(array['critical', 'high', 'medium', 'low'], lower(severity)), value, host, package_name limit $3`,
    [tenant, reportId, limit],
  )
  return { lookedMs: row?.lookedMs ?? null, trouble: row?.trouble ?? null, matches }
}
