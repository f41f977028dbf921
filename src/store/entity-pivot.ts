import type { EntityType } from '../domain/alert.ts'
import type { Sql } from '../lib/database.ts'
import { type CaseRow, selectCases } from './case-row.ts'

export interface PivotRow {
  readonly caseCount: number
  readonly alertCount: number
  readonly firstSeenMs: number | null
  readonly lastSeenMs: number | null
}

const named = `select case_id from case_entities where tenant_id = $1 and type = $2 and value = $3`

/** How often and when an entity was seen, over all cases. */
export async function entityTotals(
  sql: Sql,
  tenant: string,
  type: EntityType,
  value: string,
): Promise<PivotRow> {
  const [row] = await sql.query<PivotRow>(
    `select count(*) as "caseCount", coalesce(sum(e.alert_count), 0)::bigint as "alertCount",
       min(c.first_seen_ms) as "firstSeenMs", max(c.last_seen_ms) as "lastSeenMs"
     from case_entities e join cases c on c.tenant_id = e.tenant_id and c.id = e.case_id
     where e.tenant_id = $1 and e.type = $2 and e.value = $3`,
    [tenant, type, value],
  )
  return row ?? { caseCount: 0, alertCount: 0, firstSeenMs: null, lastSeenMs: null }
}

/** The newest cases that name it. */
export function casesNaming(
  sql: Sql,
  tenant: string,
  type: EntityType,
  value: string,
  limit: number,
): Promise<CaseRow[]> {
  return sql.query<CaseRow>(
    `${selectCases} where c.tenant_id = $1 and c.id in (${named}) order by c.last_seen_ms desc, c.id desc limit $4`,
    [tenant, type, value, limit],
  )
}

/** What stands in the same cases, most often first; counted over the newest thousand of them. */
export function relatedEntities(
  sql: Sql,
  tenant: string,
  type: EntityType,
  value: string,
  limit: number,
): Promise<{ type: EntityType; value: string; caseCount: number }[]> {
  return sql.query(
    `select type, value, count(*) as "caseCount" from case_entities
     where tenant_id = $1 and case_id in (select case_id from (${named}) as n order by case_id desc limit 1000)
       and not (type = $2 and value = $3)
     group by type, value order by count(*) desc, type, value limit $4`,
    [tenant, type, value, limit],
  )
}
