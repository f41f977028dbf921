import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/** Gives the case to somebody. Without `takeOver` only where nobody else has it; returns whether it was done. */
export async function claimCase(
  sql: Sql,
  tenant: string,
  id: string,
  claim: { readonly userId: string; readonly takeOver: boolean },
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update cases set assignee_id = $3, updated_ms = $5,
       status = case when status = 'open' then 'in-progress' else status end
     where tenant_id = $1 and id = $2 and ($4 or assignee_id is null or assignee_id = $3) returning id`,
    [tenant, id, claim.userId, claim.takeOver, nowMs],
  )
  return rows.length > 0
}

/** Takes the case from its assignee; what was in progress is open again. False where there is no such case. */
export async function releaseCase(sql: Sql, tenant: string, id: string, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `update cases set assignee_id = null, updated_ms = $3,
       status = case when status = 'in-progress' then 'open' else status end
     where tenant_id = $1 and id = $2 returning id`,
    [tenant, id, nowMs],
  )
  return rows.length > 0
}

/** Sets a person's verdict and closes; returns the ids that exist and are not merged away. */
export async function setVerdicts(
  sql: Sql,
  tenant: string,
  ids: readonly string[],
  decision: { readonly verdict: Verdict; readonly reason: string; readonly userId: string },
  nowMs: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with locked as materialized (
       select id from cases where tenant_id = $1 and id = any($2) and merged_into is null order by id for update
     )
     update cases c set verdict = $3, verdict_reason = $4, verdict_by = $5, verdict_ms = $6, status = 'closed',
       settled_ms = $6, updated_ms = $6, assignee_id = coalesce(assignee_id, $5)
     from locked where c.tenant_id = $1 and c.id = locked.id returning c.id`,
    [tenant, ids, decision.verdict, decision.reason.replaceAll('\0', ''), decision.userId, nowMs],
  )
  return rows.map(row => row.id)
}

/** Takes a verdict back. */
export async function reopenCase(sql: Sql, tenant: string, id: string, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `update cases set verdict = null, verdict_reason = null, verdict_by = null, verdict_ms = null, updated_ms = $3,
       status = case when assignee_id is null then 'open' else 'in-progress' end
     where tenant_id = $1 and id = $2 and status = 'closed' and merged_into is null returning id`,
    [tenant, id, nowMs],
  )
  return rows.length > 0
}

export async function insertNote(
  sql: Sql,
  tenant: string,
  note: { readonly id: string; readonly caseId: string; readonly byId: string; readonly text: string },
  nowMs: number,
): Promise<void> {
  await sql.query(
    'insert into notes (tenant_id, id, case_id, at_ms, by_id, text) values ($1, $2, $3, $4, $5, $6)',
    [tenant, note.id, note.caseId, nowMs, note.byId, note.text.replaceAll('\0', '')],
  )
}
