import type { Sql } from '../lib/database.ts'

/** Whether Wazuh has taken an event of this digest before. */
export async function wasPublished(sql: Sql, tenant: string, digest: string): Promise<boolean> {
  const rows = await sql.query('select 1 from publications where tenant_id = $1 and digest = $2', [
    tenant,
    digest,
  ])
  return rows.length > 0
}

export async function markPublished(
  sql: Sql,
  tenant: string,
  publication: { readonly digest: string; readonly caseId: string; readonly briefId: string },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into publications (tenant_id, digest, case_id, brief_id, published_ms) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tenant, publication.digest, publication.caseId, publication.briefId, nowMs],
  )
}
