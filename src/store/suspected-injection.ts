import type { Sql } from '../lib/database.ts'

/** What a mark changed. `from` and `to` are severities, 0 to 3. */
export interface SeverityRaise {
  readonly from: number
  readonly to: number
}

/**
 * Marks a case in which text speaks to a model, or takes the mark away. A marked case is one step graver than its
 * level says, and due accordingly: never twice, never less. Returns the step where one was made now.
 */
export async function markSuspectedInjection(
  sql: Sql,
  tenant: string,
  caseId: string,
  suspected: boolean,
  slaMinutes: readonly number[],
): Promise<SeverityRaise | undefined> {
  const rows = await sql.query<SeverityRaise>(
    `with before as (
       select severity, case when max_level >= 15 then 3 when max_level >= 12 then 2 when max_level >= 7 then 1 else 0 end
         as base
       from cases where tenant_id = $1 and id = $2 for update
     ), target as (
       select before.severity as old, greatest(before.severity, least(3, before.base + 1)) as raised from before
     )
     update cases c set suspected_injection = $3,
       severity = case when $3 then target.raised else c.severity end,
       due_ms = case when $3 and target.raised > target.old
         then least(c.due_ms, c.created_ms + ($4::int[])[target.raised + 1] * 60000::bigint) else c.due_ms end
     from target
     where c.tenant_id = $1 and c.id = $2
       and (c.suspected_injection is distinct from $3 or ($3 and target.raised > target.old))
     returning target.old as "from", c.severity as "to"`,
    [tenant, caseId, suspected, slaMinutes],
  )
  return rows.find(row => row.to > row.from)
}
