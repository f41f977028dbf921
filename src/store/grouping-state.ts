import type { CaseDraft } from '../domain/case.ts'
import { severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/**
 * Takes the tenant's turn at grouping until the transaction ends, and returns its epoch: how many turns there were. A
 * process whose last turn was not the one before has stale memory and loads the cases again.
 */
export async function takeGroupingTurn(sql: Sql, tenant: string): Promise<number> {
  const take = 'update grouping_epoch set epoch = epoch + 1 where tenant_id = $1 returning epoch'
  const [row] = await sql.query<{ epoch: number }>(take, [tenant])
  if (row) return row.epoch
  await sql.query('insert into grouping_epoch values ($1, 0) on conflict do nothing', [tenant])
  const [made] = await sql.query<{ epoch: number }>(take, [tenant])
  return made?.epoch ?? 0
}

interface DraftRow extends Omit<CaseDraft, 'severity' | 'entities' | 'groupKeys'> {
  readonly severity: number
  readonly grouping: Pick<CaseDraft, 'entities' | 'groupKeys'>
}

/** The cases that can still grow, the longest untouched first. */
export async function growingCases(
  sql: Sql,
  tenant: string,
  windowMs: number,
  limit: number,
): Promise<CaseDraft[]> {
  const rows = await sql.query<DraftRow>(
    `select id, title, severity, max_level as "maxLevel", first_seen_ms as "firstSeenMs",
       last_seen_ms as "lastSeenMs", alert_count as "alertCount", revision, techniques, tactics, grouping
     from cases
     where tenant_id = $1 and status <> 'closed' and settled_ms is null
       and last_seen_ms >= (select max(last_seen_ms) - $2 from cases where tenant_id = $1)
     order by last_seen_ms desc limit $3`,
    [tenant, windowMs, limit],
  )
  return rows.reverse().map(({ grouping, severity, ...row }) => ({
    ...row,
    severity: severities[severity] ?? 'low',
    entities: grouping.entities,
    groupKeys: grouping.groupKeys,
  }))
}

/** Cases that people took out of grouping (closed, merged, split) at or after this time. */
export async function casesSettledSince(sql: Sql, tenant: string, sinceMs: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'select id from cases where tenant_id = $1 and settled_ms >= $2',
    [tenant, sinceMs],
  )
  return rows.map(row => row.id)
}
