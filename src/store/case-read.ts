import type { EntityType } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { shortTimeline, type Timeline } from '../domain/case-timeline.ts'
import { severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'
import type { HistoryKind } from './case-history.ts'
import { type CaseRow, selectCases } from './case-row.ts'

export async function findCase(sql: Sql, tenant: string, id: string): Promise<CaseRow | undefined> {
  const rows = await sql.query<CaseRow>(`${selectCases} where c.tenant_id = $1 and c.id = $2`, [tenant, id])
  return rows[0]
}

/** The case as grouping knows it. */
export async function findDraft(sql: Sql, tenant: string, id: string): Promise<CaseDraft | undefined> {
  const rows = await sql.query<
    Omit<CaseDraft, 'severity' | 'entities' | 'groupKeys'> & {
      severity: number
      grouping: Pick<CaseDraft, 'entities' | 'groupKeys'>
    }
  >(
    `select id, title, severity, max_level as "maxLevel", first_seen_ms as "firstSeenMs",
       last_seen_ms as "lastSeenMs", alert_count as "alertCount", revision, techniques, tactics, grouping
     from cases where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { grouping, severity, ...rest } = row
  return { ...rest, severity: severities[severity] ?? 'low', ...grouping }
}

export interface CaseAlertRow {
  readonly key: string
  readonly id: string
  readonly timestampMs: number
  readonly ruleId: string
  readonly level: number
  readonly description: string
  readonly agentId: string
  readonly agentName: string
  readonly location: string
  readonly techniques: readonly string[]
  readonly why: string
  readonly source: string
}

/** Alerts of a case by time, from after the given one. */
export function listCaseAlerts(
  sql: Sql,
  tenant: string,
  caseId: string,
  after: { readonly timestampMs: number; readonly key: string } | undefined,
  limit: number,
): Promise<CaseAlertRow[]> {
  return sql.query<CaseAlertRow>(
    `select key, id, timestamp_ms as "timestampMs", rule_id as "ruleId", level, description, agent_id as "agentId",
       agent_name as "agentName", location, techniques, why, source
     from alerts
     where tenant_id = $1 and case_id = $2 and ($3::bigint is null or (timestamp_ms, key) > ($3, $4))
     order by timestamp_ms, key limit $5`,
    [tenant, caseId, after?.timestampMs ?? null, after?.key ?? null, limit],
  )
}

export async function rawAlert(
  sql: Sql,
  tenant: string,
  caseId: string,
  key: string,
): Promise<string | undefined> {
  const rows = await sql.query<{ raw: string }>(
    'select raw from alerts where tenant_id = $1 and key = $2 and case_id = $3',
    [tenant, key, caseId],
  )
  return rows[0]?.raw
}

export interface TimelineRow {
  readonly atMs: number
  readonly untilMs: number
  readonly ruleId: string
  readonly level: number
  readonly description: string
  readonly agentName: string
  readonly techniques: readonly string[]
  readonly count: number
  readonly firstAlertKey: string
}

/** So many alerts are read from the beginning of a case, and as many from its end. */
const timelineAlerts = 3_000

/**
 * What happened in order of time: alerts of one rule on one host that follow each other are one entry. Of a case with more
 * alerts than are read it is how that began and how it ended: to sort a million of them took minutes each time the page opened.
 */
export async function caseTimeline(
  sql: Sql,
  tenant: string,
  caseId: string,
  limit: number,
): Promise<Timeline<TimelineRow>> {
  const columns = 'timestamp_ms, key, rule_id, level, description, agent_name, techniques'
  // Gaps and islands: within a run, the two row numbers grow together, so their difference stays the same.
  const rows = await sql.query<TimelineRow & { readonly isEnd: boolean; readonly total: number }>(
    `with beginning as (
       select ${columns}, false as is_end from alerts where tenant_id = $1 and case_id = $2
       order by timestamp_ms, key limit $3
     ), ending as (
       select ${columns}, true as is_end from alerts where tenant_id = $1 and case_id = $2
         and (timestamp_ms, key) > (select timestamp_ms, key from beginning order by timestamp_ms desc, key desc limit 1)
       order by timestamp_ms desc, key desc limit $3
     )
     select min(timestamp_ms) as "atMs", max(timestamp_ms) as "untilMs", rule_id as "ruleId", max(level) as level,
       min(description) as description, agent_name as "agentName", min(techniques) as techniques,
       count(*) as count, min(key) as "firstAlertKey", is_end as "isEnd",
       (select alert_count from cases where tenant_id = $1 and id = $2) as total
     from (
       select *, row_number() over (partition by is_end order by timestamp_ms, key)
         - row_number() over (partition by is_end, rule_id, agent_name order by timestamp_ms, key) as run
       from (select * from beginning union all select * from ending) as chosen
     ) as numbered
     group by is_end, rule_id, agent_name, run order by is_end, min(timestamp_ms), min(key)`,
    [tenant, caseId, timelineAlerts],
  )
  const read = rows.reduce((sum, { count }) => sum + count, 0)
  const unread = (rows[0]?.total ?? 0) - read
  const entries = rows.map(({ isEnd: _end, total: _total, ...entry }) => entry)
  const after = rows.findIndex(({ isEnd }) => isEnd)
  const gap = after > 0 && unread > 0 ? { after, alerts: unread } : null
  return shortTimeline({ entries: gap === null ? joinedAt(entries, after) : entries, gap }, limit)
}

/** A run that goes over from what was read of the beginning into what was read of the end is one entry. */
function joinedAt(entries: readonly TimelineRow[], at: number): readonly TimelineRow[] {
  const [before, behind] = [entries[at - 1], entries[at]]
  if (before === undefined || behind === undefined) return entries
  if (before.ruleId !== behind.ruleId || before.agentName !== behind.agentName) return entries
  const whole = { ...before, untilMs: behind.untilMs, count: before.count + behind.count }
  return [...entries.slice(0, at - 1), whole, ...entries.slice(at + 1)]
}

export interface EntityRow {
  readonly type: EntityType
  readonly value: string
  readonly roles: readonly string[]
  readonly alertCount: number
}

export function caseEntities(sql: Sql, tenant: string, caseId: string, limit: number): Promise<EntityRow[]> {
  return sql.query<EntityRow>(
    `select type, value, roles, alert_count as "alertCount" from case_entities
     where tenant_id = $1 and case_id = $2 order by alert_count desc, type, value limit $3`,
    [tenant, caseId, limit],
  )
}

interface Authored {
  readonly byId: string | null
  readonly username: string | null
  readonly displayName: string | null
}

export interface NoteRow extends Authored {
  readonly id: string
  readonly atMs: number
  readonly text: string
}

export function caseNotes(sql: Sql, tenant: string, caseId: string): Promise<NoteRow[]> {
  return sql.query<NoteRow>(
    `select n.id, n.at_ms as "atMs", n.text, n.by_id as "byId", u.username, u.display_name as "displayName"
     from notes n left join users u on u.tenant_id = n.tenant_id and u.id = n.by_id
     where n.tenant_id = $1 and n.case_id = $2 order by n.at_ms, n.id limit 1000`,
    [tenant, caseId],
  )
}

export interface HistoryRow extends Authored {
  readonly id: string
  readonly atMs: number
  readonly kind: HistoryKind
  readonly detail: string
}

export function caseHistory(sql: Sql, tenant: string, caseId: string): Promise<HistoryRow[]> {
  return sql.query<HistoryRow>(
    `select h.id, h.at_ms as "atMs", h.kind, h.detail, h.by_id as "byId", u.username, u.display_name as "displayName"
     from case_history h left join users u on u.tenant_id = h.tenant_id and u.id = h.by_id
     where h.tenant_id = $1 and h.case_id = $2 order by h.at_ms, h.id limit 1000`,
    [tenant, caseId],
  )
}

/** An alert byte for byte, with the case that it is in. */
export async function alertByKey(
  sql: Sql,
  tenant: string,
  key: string,
): Promise<{ readonly caseId: string; readonly raw: string } | undefined> {
  const rows = await sql.query<{ caseId: string; raw: string }>(
    'select case_id as "caseId", raw from alerts where tenant_id = $1 and key = $2',
    [tenant, key],
  )
  return rows[0]
}
