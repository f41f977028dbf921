import type { Sql } from '../lib/database.ts'

/** A hunt over stored alerts. `reportId` null: every live indicator, without end. */
export interface HuntRow {
  readonly id: string
  readonly reportId: string | null
  readonly state: 'running' | 'done'
  readonly placeMs: number
  readonly placeKey: string
  readonly scanned: number
  readonly total: number
  readonly hits: number
  readonly createdMs: number
  readonly finishedMs: number | null
}

/** What a hunt reads of an alert. */
export interface HuntedAlert {
  readonly key: string
  readonly caseId: string
  readonly agentName: string
  readonly timestampMs: number
  readonly receivedMs: number
  readonly raw: string
}

export interface HuntedIndicator {
  readonly type: string
  readonly value: string
}

export interface SightingDraft extends HuntedIndicator {
  readonly alertKey: string
  readonly caseId: string
  readonly agentName: string
  readonly alertMs: number
}

export interface SightingRow extends SightingDraft {
  readonly caseTitle: string | null
  readonly ruleDescription: string
}

const columns = `id, report_id as "reportId", state, place_ms as "placeMs", place_key as "placeKey", scanned, total, hits,
  created_ms as "createdMs", finished_ms as "finishedMs"`

/** Starts a hunt from the oldest alert. `total` is how many there are now. */
export async function insertHunt(
  sql: Sql,
  tenant: string,
  hunt: {
    readonly id: string
    readonly reportId: string | null
    readonly by: string | null
    readonly nowMs: number
  },
): Promise<void> {
  await sql.query(
    `insert into intel_hunts (tenant_id, id, report_id, state, place_ms, place_key, scanned, total, hits, started_by, created_ms)
     select $1, $2, $3, 'running', 0, '', 0, (select count(*) from alerts where tenant_id = $1), 0, $4, $5
     on conflict (tenant_id, id) do nothing`,
    [tenant, hunt.id, hunt.reportId, hunt.by, hunt.nowMs],
  )
}

export async function readHunt(sql: Sql, tenant: string, id: string): Promise<HuntRow | undefined> {
  const [row] = await sql.query<HuntRow>(
    `select ${columns} from intel_hunts where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** Starts the watch over alerts to come, where there is none yet. */
export async function insertWatch(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query(
    `insert into intel_hunts (tenant_id, id, report_id, state, place_ms, place_key, scanned, total, hits, created_ms)
     values ($1, $2, null, 'running', $3, '', 0, 0, 0, $3) on conflict (tenant_id, id) do nothing`,
    [tenant, id, nowMs],
  )
}

/** Changes whenever the live indicators do. */
export async function indicatorsStamp(sql: Sql, tenant: string): Promise<string> {
  const [row] = await sql.query<{ stamp: string }>(
    `select concat(count(*), ' ', coalesce(max(last_reported_ms), 0)) as stamp
     from intel_indicators where tenant_id = $1 and status = 'live'`,
    [tenant],
  )
  return row?.stamp ?? ''
}

/** The newest hunt for a report. */
export async function latestHunt(sql: Sql, tenant: string, reportId: string): Promise<HuntRow | undefined> {
  const [row] = await sql.query<HuntRow>(
    `select ${columns} from intel_hunts where tenant_id = $1 and report_id = $2 order by created_ms desc, id desc limit 1`,
    [tenant, reportId],
  )
  return row
}

/** The next alerts behind a place, in the order they were received. */
export function alertsBehind(
  sql: Sql,
  tenant: string,
  place: { readonly ms: number; readonly key: string },
  limit: number,
  untilMs = Number.MAX_SAFE_INTEGER,
): Promise<HuntedAlert[]> {
  return sql.query<HuntedAlert>(
    `select key, case_id as "caseId", agent_name as "agentName", timestamp_ms as "timestampMs",
       received_ms as "receivedMs", raw
     from alerts where tenant_id = $1 and (received_ms, key) > ($2, $3) and received_ms <= $5
     order by received_ms, key limit $4`,
    [tenant, place.ms, place.key, limit, untilMs],
  )
}

/** Moves a hunt on, with what was found, in one statement each: run it in a transaction. */
export async function advanceHunt(
  sql: Sql,
  tenant: string,
  id: string,
  step: {
    readonly place: { readonly ms: number; readonly key: string }
    readonly scanned: number
    readonly hits: number
    readonly finishedMs: number | null
  },
): Promise<void> {
  await sql.query(
    `update intel_hunts set place_ms = $3, place_key = $4, scanned = scanned + $5, hits = hits + $6,
       total = greatest(total, scanned + $5), finished_ms = $7, state = case when $7::bigint is null then 'running' else 'done' end
     where tenant_id = $1 and id = $2`,
    [tenant, id, step.place.ms, step.place.key, step.scanned, step.hits, step.finishedMs],
  )
}

/** Stores sightings that are new, which renews their indicators; returns how many were. */
export async function insertSightings(
  sql: Sql,
  tenant: string,
  sightings: readonly SightingDraft[],
  nowMs: number,
): Promise<number> {
  if (sightings.length === 0) return 0
  const [counted] = await sql.query<{ count: number }>(
    `with fresh as (
       insert into intel_sightings (tenant_id, type, value, alert_key, case_id, agent_name, alert_ms, found_ms)
       select $1, *, $8 from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
       on conflict do nothing returning type, value, alert_ms
     ), renewed as (
       update intel_indicators i set last_sighted_ms = greatest(i.last_sighted_ms, f.last_ms)
       from (select type, value, max(alert_ms) as last_ms from fresh group by type, value) f
       where i.tenant_id = $1 and i.type = f.type and i.value = f.value
     )
     select count(*) as count from fresh`,
    [
      tenant,
      sightings.map(({ type }) => type),
      sightings.map(({ value }) => value),
      sightings.map(({ alertKey }) => alertKey),
      sightings.map(({ caseId }) => caseId),
      sightings.map(({ agentName }) => agentName),
      sightings.map(({ alertMs }) => alertMs),
      nowMs,
    ],
  )
  return counted?.count ?? 0
}

/** How indicators age: half-lives by type, and below which confidence none is looked for. */
export interface Ageing {
  readonly types: readonly string[]
  readonly halfLivesMs: readonly number[]
  readonly otherMs: number
  readonly leastConfidence: number
}

/** What a hunt looks for: a report's live indicators, or all that are live; none that has aged out. */
export function huntedIndicators(
  sql: Sql,
  tenant: string,
  reportId: string | null,
  ageing: Ageing,
  nowMs: number,
): Promise<HuntedIndicator[]> {
  return sql.query<HuntedIndicator>(
    `select i.type, i.value from intel_indicators i
     left join unnest($3::text[], $4::float8[]) as half (type, life_ms) on half.type = i.type
     where i.tenant_id = $1 and i.status = 'live'
       and i.confidence * power(0.5, greatest(0, $6 - greatest(i.last_reported_ms, i.last_sighted_ms))
         / coalesce(half.life_ms, $5)) >= $7
       and ($2::text is null or exists (select from intel_mentions m
         where m.tenant_id = $1 and m.report_id = $2 and m.type = i.type and m.value = i.value))
     order by i.type, i.value`,
    [tenant, reportId, ageing.types, ageing.halfLivesMs, ageing.otherMs, nowMs, ageing.leastConfidence],
  )
}

/** Where a report's indicators were seen, newest first; the case may have been merged away. */
export function sightingsOf(
  sql: Sql,
  tenant: string,
  reportId: string,
  limit: number,
): Promise<SightingRow[]> {
  return sql.query<SightingRow>(
    `select s.type, s.value, s.alert_key as "alertKey", coalesce(a.case_id, s.case_id) as "caseId",
       s.agent_name as "agentName", s.alert_ms as "alertMs", c.title as "caseTitle", a.description as "ruleDescription"
     from intel_mentions m
     join intel_sightings s on s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value
     join alerts a on a.tenant_id = s.tenant_id and a.key = s.alert_key
     left join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
     where m.tenant_id = $1 and m.report_id = $2 order by s.alert_ms desc, s.alert_key, s.value limit $3`,
    [tenant, reportId, limit],
  )
}

/** How often and when each indicator of a report was seen. */
export function sightingTotals(
  sql: Sql,
  tenant: string,
  reportId: string,
): Promise<{ type: string; value: string; count: number; firstMs: number; lastMs: number }[]> {
  return sql.query(
    `select s.type, s.value, count(*) as count, min(s.alert_ms) as "firstMs", max(s.alert_ms) as "lastMs"
     from intel_mentions m
     join intel_sightings s on s.tenant_id = m.tenant_id and s.type = m.type and s.value = m.value
     where m.tenant_id = $1 and m.report_id = $2 group by s.type, s.value order by s.type, s.value`,
    [tenant, reportId],
  )
}

/** What a person says of an indicator, and why. */
export interface IndicatorFeedback extends HuntedIndicator {
  readonly id: string
  readonly status: 'live' | 'false-positive'
  readonly reason: string
  readonly by: string
  readonly atMs: number
}

/** A person says that an indicator is none, or that it is one after all. Sightings of a false positive go. */
export async function setIndicatorStatus(
  sql: Sql,
  tenant: string,
  feedback: IndicatorFeedback,
): Promise<boolean> {
  const { id, type, value, status, reason, by, atMs } = feedback
  const rows = await sql.query(
    `update intel_indicators set status = $4, status_reason = $5, status_by = $6
     where tenant_id = $1 and type = $2 and value = $3 returning 1`,
    [tenant, type, value, status, reason, by],
  )
  if (rows.length === 0) return false
  await sql.query(
    `insert into intel_feedback (tenant_id, id, type, value, status, reason, by_id, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenant, id, type, value, status, reason, by, atMs],
  )
  if (status === 'false-positive')
    await sql.query('delete from intel_sightings where tenant_id = $1 and type = $2 and value = $3', [
      tenant,
      type,
      value,
    ])
  return true
}

/** An indicator that stands in an alert of a case, and the report that speaks of it with the most confidence. */
export interface CaseSighting {
  readonly type: string
  readonly value: string
  readonly alertKey: string
  readonly role: string
  readonly confidence: number
  readonly reportId: string
  readonly reportTitle: string
  readonly source: string
  readonly trust: string
  readonly tlp: string | null
  readonly reportedMs: number
}

/** What reports say about a case's alerts, the most confident first; vulnerabilities are no sightings. */
export function sightingsOfCase(
  sql: Sql,
  tenant: string,
  caseId: string,
  limit: number,
): Promise<CaseSighting[]> {
  return sql.query<CaseSighting>(
    `select * from (
       select distinct on (s.type, s.value) s.type, s.value, s.alert_key as "alertKey", m.role, m.confidence,
         r.id as "reportId", coalesce(r.title, r.name) as "reportTitle", r.source, r.trust, r.tlp,
         r.created_ms as "reportedMs"
       from alerts a
       join intel_sightings s on s.tenant_id = a.tenant_id and s.alert_key = a.key
       join intel_mentions m on m.tenant_id = s.tenant_id and m.type = s.type and m.value = s.value
       join intel_reports r on r.tenant_id = m.tenant_id and r.id = m.report_id
       where a.tenant_id = $1 and a.case_id = $2 and s.type <> 'cve'
       order by s.type, s.value, m.confidence desc, r.trust, r.created_ms desc, a.timestamp_ms
     ) as seen order by confidence desc, type, value limit $3`,
    [tenant, caseId, limit],
  )
}
