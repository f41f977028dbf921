import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/** A rule about which people have decided cases: what a runbook or an exercise can be drafted from. */
export interface DecidedRule {
  readonly ruleId: string
  readonly description: string
  readonly cases: number
  readonly attacks: number
}

const decided = `c.tenant_id = $1 and c.status = 'closed' and c.verdict_by is not null and c.verdict <> 'undetermined'
  and c.merged_into is null and not c.sample and c.verdict_ms >= $2
  and not exists (select from evaluation_cases e where e.tenant_id = c.tenant_id and e.id = 'case:' || c.id
    and e.state = 'withdrawn')`

export function decidedRules(sql: Sql, tenant: string, sinceMs: number): Promise<DecidedRule[]> {
  return sql.query(
    `select a.rule_id as "ruleId", max(a.description) as description, count(distinct c.id) as cases,
       count(distinct c.id) filter (where c.verdict = 'true_positive') as attacks
     from cases c join alerts a on a.tenant_id = c.tenant_id and a.case_id = c.id
     where ${decided} group by a.rule_id order by 3 desc, 1 limit 100`,
    [tenant, sinceMs],
  )
}

/** A decided case of a rule, as a later one can learn from it. */
export interface DecidedCase {
  readonly id: string
  readonly verdict: Verdict
  readonly reason: string
  readonly decidedMs: number
  readonly maxLevel: number
  readonly techniques: readonly string[]
  /** Next steps of the newest brief by code. */
  readonly nextSteps: readonly string[]
  readonly notes: readonly string[]
  /** Actions that were carried out, by name. */
  readonly actions: readonly string[]
}

/** Decided cases in which this rule fired, the newest first. */
export function decidedCasesOf(
  sql: Sql,
  tenant: string,
  ruleId: string,
  sinceMs: number,
  limit: number,
): Promise<DecidedCase[]> {
  return sql.query(
    `select c.id, c.verdict, coalesce(c.verdict_reason, '') as reason, c.verdict_ms as "decidedMs", c.max_level as "maxLevel",
       c.techniques,
       coalesce((select b.brief -> 'nextSteps' from briefs b where b.tenant_id = c.tenant_id and b.case_id = c.id
         and b.origin = 'computed' limit 1), '[]') as "nextSteps",
       array(select n.text from notes n where n.tenant_id = c.tenant_id and n.case_id = c.id order by n.at_ms limit 10) as notes,
       array(select p.content ->> 'action' from proposals p where p.tenant_id = c.tenant_id and p.case_id = c.id
         and p.state = 'done' order by p.changed_ms) as actions
     from cases c
     where ${decided} and exists (select from alerts a where a.tenant_id = c.tenant_id and a.case_id = c.id and a.rule_id = $3)
     order by c.verdict_ms desc, c.id limit $4`,
    [tenant, sinceMs, ruleId, limit],
  )
}
