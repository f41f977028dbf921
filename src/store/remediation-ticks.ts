import type { Sql } from '../lib/database.ts'

export type TickState = 'done' | 'open' | 'not-needed'

/** A person's mark on a step that is done by hand. */
export interface Tick {
  readonly id: string
  readonly caseId: string
  /** Identifies the step within the case. */
  readonly step: string
  readonly stepText: string
  readonly state: TickState
  readonly comment: string
  readonly byId: string
  readonly atMs: number
}

export async function insertTick(sql: Sql, tenant: string, tick: Tick): Promise<void> {
  await sql.query(
    `insert into remediation_ticks (tenant_id, id, case_id, step, step_text, state, comment, by_id, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      tick.id,
      tick.caseId,
      tick.step,
      tick.stepText,
      tick.state,
      tick.comment.replaceAll('\0', ''),
      tick.byId,
      tick.atMs,
    ],
  )
}

/** All marks of a case, oldest first. */
export async function ticksOfCase(sql: Sql, tenant: string, caseId: string): Promise<Tick[]> {
  return sql.query<Tick>(
    `select id, case_id as "caseId", step, step_text as "stepText", state, comment, by_id as "byId", at_ms as "atMs"
     from remediation_ticks where tenant_id = $1 and case_id = $2 order by at_ms, id limit 2000`,
    [tenant, caseId],
  )
}
