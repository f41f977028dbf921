import type { Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import type { HuntedAlert, HuntedIndicator } from './intel-hunts.ts'

/** Where in a step a hunt is: which of its queries, and the sort values of the last document read. */
export interface HistoryPlace {
  readonly query: number
  readonly after: readonly Json[]
}

/** A hunt in the indexer's history. A step is one batch of indicators over one span of time; 0 steps: not planned yet. */
export interface HistoryHuntRow {
  readonly id: string
  readonly reportId: string
  readonly state: 'running' | 'done' | 'stopped'
  readonly indicators: readonly (readonly [type: string, value: string])[]
  readonly fromMs: number
  readonly toMs: number
  readonly step: number
  readonly steps: number
  readonly place: HistoryPlace | null
  readonly candidates: number
  readonly hits: number
  readonly trouble: string | null
  readonly createdMs: number
  readonly finishedMs: number | null
}

/** How many alerts of history hold an indicator, from when to when. */
export interface HistoryCount extends HuntedIndicator {
  readonly alerts: number
  readonly firstMs: number
  readonly lastMs: number
}

const columns = `id, report_id as "reportId", state, indicators, from_ms as "fromMs", to_ms as "toMs", step, steps, place,
  candidates, hits, trouble, created_ms as "createdMs", finished_ms as "finishedMs"`

export async function insertHistoryHunt(
  sql: Sql,
  tenant: string,
  hunt: {
    readonly id: string
    readonly reportId: string
    readonly indicators: readonly HuntedIndicator[]
    readonly fromMs: number
    readonly toMs: number
    readonly by: string | null
  },
): Promise<void> {
  await sql.query(
    `insert into intel_history_hunts (tenant_id, id, report_id, state, indicators, from_ms, to_ms, started_by, created_ms)
     values ($1, $2, $3, 'running', $4::json, $5, $6, $7, $6)`,
    [
      tenant,
      hunt.id,
      hunt.reportId,
      JSON.stringify(hunt.indicators.map(({ type, value }) => [type, value])),
      hunt.fromMs,
      hunt.toMs,
      hunt.by,
    ],
  )
}

export async function readHistoryHunt(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<HistoryHuntRow | undefined> {
  const [row] = await sql.query<HistoryHuntRow>(
    `select ${columns} from intel_history_hunts where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** The newest hunt for a report in the indexer's history. */
export async function latestHistoryHunt(
  sql: Sql,
  tenant: string,
  reportId: string,
): Promise<HistoryHuntRow | undefined> {
  const [row] = await sql.query<HistoryHuntRow>(
    `select ${columns} from intel_history_hunts where tenant_id = $1 and report_id = $2
     order by created_ms desc, id desc limit 1`,
    [tenant, reportId],
  )
  return row
}

/** Fixes how many steps there are, and from when: what the indexer really holds. */
export async function planHistoryHunt(
  sql: Sql,
  tenant: string,
  id: string,
  plan: { readonly fromMs: number; readonly steps: number; readonly finishedMs: number | null },
): Promise<void> {
  await sql.query(
    `update intel_history_hunts set from_ms = $3, steps = $4, finished_ms = $5,
       state = case when $5::bigint is null then state else 'done' end
     where tenant_id = $1 and id = $2 and steps = 0`,
    [tenant, id, plan.fromMs, plan.steps, plan.finishedMs],
  )
}

/**
 * Moves a hunt on from where the caller read it; false where another worker has moved it meanwhile, or somebody stopped
 * it: then nothing of this step may be kept.
 */
export async function advanceHistoryHunt(
  sql: Sql,
  tenant: string,
  from: HistoryHuntRow,
  move: {
    readonly step: number
    readonly place: HistoryPlace | null
    readonly candidates: number
    readonly hits: number
    readonly finishedMs: number | null
  },
): Promise<boolean> {
  const rows = await sql.query(
    `update intel_history_hunts set step = $4, place = $5::json, candidates = candidates + $6, hits = hits + $7,
       trouble = null, finished_ms = $8, state = case when $8::bigint is null then state else 'done' end
     where tenant_id = $1 and id = $2 and state = 'running' and step = $3 and candidates = $9 returning 1`,
    [
      tenant,
      from.id,
      from.step,
      move.step,
      move.place === null ? null : JSON.stringify(move.place),
      move.candidates,
      move.hits,
      move.finishedMs,
      from.candidates,
    ],
  )
  return rows.length > 0
}

/** Says why a hunt does not go on. */
export async function troubleHistoryHunt(
  sql: Sql,
  tenant: string,
  id: string,
  trouble: string,
): Promise<void> {
  await sql.query('update intel_history_hunts set trouble = $3 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    trouble,
  ])
}

/** Stops a running hunt; what it found stays. */
export async function stopHistoryHunt(sql: Sql, tenant: string, id: string, nowMs: number): Promise<boolean> {
  const rows = await sql.query(
    `update intel_history_hunts set state = 'stopped', finished_ms = $3
     where tenant_id = $1 and id = $2 and state = 'running' returning 1`,
    [tenant, id, nowMs],
  )
  return rows.length > 0
}

/** Adds to how many alerts of history hold each indicator. */
export async function addHistoryCounts(
  sql: Sql,
  tenant: string,
  huntId: string,
  counts: readonly HistoryCount[],
): Promise<void> {
  if (counts.length === 0) return
  await sql.query(
    `insert into intel_history_counts as c (tenant_id, hunt_id, type, value, alerts, first_ms, last_ms)
     select $1, $2, * from unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
     on conflict (tenant_id, hunt_id, type, value) do update set alerts = c.alerts + excluded.alerts,
       first_ms = least(c.first_ms, excluded.first_ms), last_ms = greatest(c.last_ms, excluded.last_ms)`,
    [
      tenant,
      huntId,
      counts.map(({ type }) => type),
      counts.map(({ value }) => value),
      counts.map(({ alerts }) => alerts),
      counts.map(({ firstMs }) => firstMs),
      counts.map(({ lastMs }) => lastMs),
    ],
  )
}

/** The counts of a hunt, the most frequent first. */
export function historyCounts(sql: Sql, tenant: string, huntId: string): Promise<HistoryCount[]> {
  return sql.query<HistoryCount>(
    `select type, value, alerts, first_ms as "firstMs", last_ms as "lastMs" from intel_history_counts
     where tenant_id = $1 and hunt_id = $2 order by alerts desc, type, value`,
    [tenant, huntId],
  )
}

/** Alerts by key, as a hunt reads them. */
export function huntedAlerts(sql: Sql, tenant: string, keys: readonly string[]): Promise<HuntedAlert[]> {
  return sql.query<HuntedAlert>(
    `select key, case_id as "caseId", agent_name as "agentName", timestamp_ms as "timestampMs",
       received_ms as "receivedMs", raw
     from alerts where tenant_id = $1 and key = any($2)`,
    [tenant, keys],
  )
}
