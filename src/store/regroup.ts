import type { Sql, Transaction } from '../lib/database.ts'
import type { PlacedAlert } from './alerts.ts'
import { EntityTally, upsertCaseEntities } from './grown-cases.ts'
import { recountCase } from './recount-case.ts'

// What people change about grouping. Cases touched here are settled: grouping adds nothing more to them by itself.

/** Locks cases in a fixed order (no deadlock between two people) and returns those that exist and are not merged. */
export async function lockCases(sql: Sql, tenant: string, ids: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from cases where tenant_id = $1 and id = any($2) and merged_into is null order by id for update`,
    [tenant, ids],
  )
  return rows.map(row => row.id)
}

/** How many alerts these cases hold. */
export async function alertsIn(sql: Sql, tenant: string, ids: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select coalesce(sum(alert_count), 0)::bigint as count from cases where tenant_id = $1 and id = any($2)',
    [tenant, ids],
  )
  return row?.count ?? 0
}

/** Moves all alerts, entities and notes of `from` into `target` and closes `from`. Lock them first. */
export async function mergeCases(
  sql: Sql,
  tenant: string,
  target: string,
  from: readonly string[],
  nowMs: number,
): Promise<void> {
  const values = [tenant, target, from]
  await sql.query(
    `update alerts set case_id = $2, why = why || ' (merged from ' || case_id || ')'
     where tenant_id = $1 and case_id = any($3)`,
    values,
  )
  await sql.query(
    `insert into case_entities as c (tenant_id, case_id, type, value, roles, alert_count)
     select $1, $2, type, value, array(select distinct unnest(string_to_array(string_agg(array_to_string(roles, ' '), ' '), ' '))),
       sum(alert_count)
     from case_entities where tenant_id = $1 and case_id = any($3) group by type, value
     on conflict (tenant_id, case_id, type, value) do update set
       alert_count = c.alert_count + excluded.alert_count,
       roles = array(select distinct unnest(c.roles || excluded.roles))`,
    values,
  )
  await sql.query('delete from case_entities where tenant_id = $1 and case_id = any($2)', [tenant, from])
  await sql.query('update notes set case_id = $2 where tenant_id = $1 and case_id = any($3)', values)
  await sql.query(
    `update cases set merged_into = $2, status = 'closed', settled_ms = $4, updated_ms = $4, alert_count = 0
     where tenant_id = $1 and id = any($3)`,
    [...values, nowMs],
  )
  await recountCase(sql, tenant, target, nowMs)
}

/** Moves alerts out of `source` into `target`, which exists with them counted. Lock `source` first. */
export async function moveAlerts(
  sql: Transaction,
  tenant: string,
  source: string,
  placed: readonly PlacedAlert[],
  nowMs: number,
): Promise<void> {
  await sql.query(
    `update alerts a set case_id = m.case_id, why = m.why
     from unnest($2::text[], $3::text[], $4::text[]) as m (key, case_id, why)
     where a.tenant_id = $1 and a.key = m.key`,
    [
      tenant,
      placed.map(entry => entry.alert.key),
      placed.map(entry => entry.assignment.caseId),
      placed.map(entry => entry.assignment.why),
    ],
  )
  const entities = new EntityTally()
  for (const { alert, assignment } of placed) entities.add(assignment.caseId, alert)
  await upsertCaseEntities(sql, tenant, entities)
  await sql.query(
    `update case_entities s set alert_count = s.alert_count - t.alert_count
     from case_entities t
     where s.tenant_id = $1 and s.case_id = $2 and t.tenant_id = $1 and t.case_id = $3
       and t.type = s.type and t.value = s.value`,
    [tenant, source, placed[0]?.assignment.caseId],
  )
  await sql.query('delete from case_entities where tenant_id = $1 and case_id = $2 and alert_count <= 0', [
    tenant,
    source,
  ])
  await recountCase(sql, tenant, source, nowMs)
}

/** Takes a case out of grouping. */
export async function settleCase(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query('update cases set settled_ms = $3 where tenant_id = $1 and id = $2', [tenant, id, nowMs])
}

export interface RawOfCase {
  readonly key: string
  readonly raw: string
  readonly receivedMs: number
}

/** The raw text of these alerts, as far as they are in the case. */
export function rawAlertsOf(
  sql: Sql,
  tenant: string,
  caseId: string,
  keys: readonly string[],
): Promise<RawOfCase[]> {
  return sql.query<RawOfCase>(
    `select key, raw, received_ms as "receivedMs" from alerts
     where tenant_id = $1 and case_id = $2 and key = any($3) order by timestamp_ms, key`,
    [tenant, caseId, keys],
  )
}
