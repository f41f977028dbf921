import type { Alert, AlertFacts } from '../domain/alert.ts'
import type { CaseAssignment } from '../domain/case.ts'
import type { Sql, Transaction } from '../lib/database.ts'
import { type CopyColumns, copyRows } from './copy-rows.ts'

/** An alert with its place, ready to be stored. */
export interface PlacedAlert {
  readonly alert: Alert
  readonly assignment: CaseAssignment
}

/** An alert that is to be stored. */
export interface NewAlert extends AlertFacts {
  /** The alert itself: JSON text in UTF-8, without a NUL character. */
  readonly json: Uint8Array
  /** Whether text in it speaks to a model instead of a person. */
  readonly speaksToModel: boolean
}

/** The same with its place. */
export interface PlacedNew {
  readonly alert: NewAlert
  readonly assignment: CaseAssignment
}

/** What tells one alert from another that claims the same key. */
export interface StoredIdentity {
  readonly key: string
  readonly timestampMs: number
  readonly ruleId: string
  readonly agentId: string
}

/**
 * Which of these keys are stored already. One look into the primary key each, whatever the planner knows: with
 * `key = any(…)` it reads every alert of the tenant while the table has no statistics yet.
 */
export function storedIdentities(
  sql: Sql,
  tenant: string,
  keys: readonly string[],
): Promise<StoredIdentity[]> {
  return sql.query<StoredIdentity>(
    `select stored.* from unnest($2::text[]) as asked (key) cross join lateral (
       select key, timestamp_ms as "timestampMs", rule_id as "ruleId", agent_id as "agentId"
       from alerts where tenant_id = $1 and key = asked.key limit 1
     ) as stored`,
    [tenant, keys],
  )
}

/**
 * Stores alerts whose keys are new: the caller has checked, and holds the lock that keeps them new. They are asked for as
 * the database takes them.
 */
export async function insertAlerts(
  sql: Transaction,
  tenant: string,
  source: string,
  receivedMs: number,
  placed: Iterable<PlacedNew>,
): Promise<void> {
  const write = (to: CopyColumns, { alert, assignment }: PlacedNew) => {
    to.text(tenant)
    to.text(alert.key)
    to.text(alert.id)
    to.text(assignment.caseId)
    to.text(assignment.why)
    to.text(source)
    to.int2(alert.generation)
    to.int8(alert.timestampMs)
    to.int8(receivedMs)
    to.text(alert.rule.id)
    to.int2(alert.rule.level)
    to.text(alert.rule.description)
    to.text(alert.agent.id)
    to.text(alert.agent.name)
    to.text(alert.location)
    to.texts(alert.rule.mitre.ids)
    to.utf8(alert.json)
    to.bool(alert.speaksToModel)
  }
  await sql.copyIn(
    `copy alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id, level,
       description, agent_id, agent_name, location, techniques, raw, speaks_to_model) from stdin (format binary)`,
    copyRows(placed, write),
  )
}

const dayMs = 86_400_000

/** Counts each rule on each host by day, for rarity and history. */
export async function countAlerts(sql: Sql, tenant: string, alerts: readonly AlertFacts[]): Promise<void> {
  if (alerts.length === 0) return
  const counts = new Map<string, { rule: string; agent: string; day: number; count: number; last: number }>()
  for (const alert of alerts) {
    const day = Math.floor(alert.timestampMs / dayMs)
    const key = JSON.stringify([alert.rule.id, alert.agent.name, day])
    const known = counts.get(key)
    if (known === undefined) {
      counts.set(key, {
        rule: alert.rule.id,
        agent: alert.agent.name,
        day,
        count: 1,
        last: alert.timestampMs,
      })
    } else {
      known.count++
      known.last = Math.max(known.last, alert.timestampMs)
    }
  }
  const rows = [...counts.values()]
  const firstDay = rows.reduce((first, row) => Math.min(first, row.day), Number.MAX_SAFE_INTEGER)
  await sql.query(
    `with earlier as (
       update grouping_epoch set first_day = $7 where tenant_id = $1 and (first_day is null or first_day > $7)
     )
     insert into alert_counts as c (tenant_id, rule_id, agent_name, day, count, last_seen_ms)
     select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::bigint[])
     on conflict (tenant_id, rule_id, agent_name, day) do update
       set count = c.count + excluded.count, last_seen_ms = greatest(c.last_seen_ms, excluded.last_seen_ms)`,
    [
      tenant,
      rows.map(row => row.rule),
      rows.map(row => row.agent),
      rows.map(row => row.day),
      rows.map(row => row.count),
      rows.map(row => row.last),
      firstDay,
    ],
  )
}
