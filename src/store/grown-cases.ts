import type { Alert, Entity } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'
import type { PlacedAlert } from './alerts.ts'
import { withoutNul } from './copy-rows.ts'

const maxNames = 20

export interface GrownCase {
  readonly id: string
  /** New to the store. */
  readonly created: boolean
  /** It had been closed, and further alerts opened it again. */
  readonly reopened: boolean
  /** Graver than before. */
  readonly raised: boolean
}

/**
 * Stores what a batch did to its cases. A case that a person has closed in this very moment is opened again: alerts
 * must not hide in closed cases. What people set (assignee, verdict) is left alone otherwise.
 */
export async function upsertCases(
  sql: Sql,
  tenant: string,
  drafts: readonly CaseDraft[],
  facts: { readonly nowMs: number; readonly sample: boolean; readonly slaMinutes: readonly number[] },
): Promise<GrownCase[]> {
  const rows = drafts.map(draft => ({
    id: draft.id,
    title: draft.title,
    severity: severities.indexOf(draft.severity),
    max_level: draft.maxLevel,
    alert_count: draft.alertCount,
    revision: draft.revision,
    first_seen_ms: draft.firstSeenMs,
    last_seen_ms: draft.lastSeenMs,
    due_ms: facts.nowMs + (facts.slaMinutes[severities.indexOf(draft.severity)] ?? 1440) * 60_000,
    hosts: namesOf(draft.entities, 'host'),
    users: namesOf(draft.entities, 'user'),
    techniques: draft.techniques,
    tactics: draft.tactics,
    grouping: { entities: draft.entities, groupKeys: draft.groupKeys },
  }))
  return sql.query<GrownCase>(
    `with before as (
       select id, status, severity from cases where tenant_id = $1 and id = any($5)
     ), grown as (
       insert into cases as c (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms,
         last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, sample, grouping)
       select $1, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms, $3, $3, due_ms,
         hosts, users, techniques, tactics, $4, grouping
       from json_to_recordset($2::json) as r (id text, title text, severity smallint, max_level smallint,
         alert_count int, revision int, first_seen_ms bigint, last_seen_ms bigint, due_ms bigint, hosts text[],
         users text[], techniques text[], tactics text[], grouping json)
       on conflict (tenant_id, id) do update set title = excluded.title,
         due_ms = case when excluded.severity > c.severity then least(c.due_ms, excluded.due_ms) else c.due_ms end,
         severity = greatest(c.severity, excluded.severity), max_level = greatest(c.max_level, excluded.max_level),
         alert_count = excluded.alert_count, revision = excluded.revision,
         first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms, updated_ms = $3,
         hosts = excluded.hosts, users = excluded.users, techniques = excluded.techniques,
         tactics = excluded.tactics, grouping = excluded.grouping, merged_into = null,
         status = case when c.status = 'closed' then 'open' else c.status end
       returning id, severity
     )
     select grown.id, before.id is null as created, coalesce(before.status = 'closed', false) as reopened,
       coalesce(grown.severity > before.severity, false) as raised
     from grown left join before using (id)`,
    [tenant, jsonText(rows), facts.nowMs, facts.sample, drafts.map(draft => draft.id)],
  )
}

/** JSON that PostgreSQL can turn into text: the escape for NUL is written as U+FFFD. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\u0000')) return text
  return JSON.stringify(value, (_key, member) => (typeof member === 'string' ? withoutNul(member) : member))
}

function namesOf(entities: readonly Entity[], type: Entity['type']): string[] {
  const names = new Set<string>()
  for (const entity of entities) if (entity.type === type && names.size < maxNames) names.add(entity.value)
  return [...names]
}

interface EntityCount {
  readonly id: string
  readonly entity: Entity
  readonly roles: Set<string>
  count: number
  /** The alert that named it last. */
  last: Alert
}

/** Adds a batch's entities to those of their cases: roles are united, alerts counted. */
export async function upsertCaseEntities(
  sql: Sql,
  tenant: string,
  placed: readonly PlacedAlert[],
): Promise<void> {
  const counts = new Map<string, EntityCount>()
  for (const { alert, assignment } of placed) {
    for (const entity of alert.entities) {
      const key = `${assignment.caseId} ${entity.type} ${entity.value}`
      const known = counts.get(key)
      if (known === undefined) {
        counts.set(key, {
          id: assignment.caseId,
          entity,
          roles: new Set([entity.role]),
          count: 1,
          last: alert,
        })
        continue
      }
      known.roles.add(entity.role)
      if (known.last !== alert) known.count++ // An alert that names it twice counts once.
      known.last = alert
    }
  }
  const rows = [...counts.values()]
  await sql.query(
    `insert into case_entities as c (tenant_id, case_id, type, value, roles, alert_count)
     select $1, case_id, type, value, string_to_array(roles, ' '), count
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[]) as r (case_id, type, value, roles, count)
     on conflict (tenant_id, case_id, type, value) do update
       set alert_count = c.alert_count + excluded.alert_count,
         roles = case when c.roles @> excluded.roles then c.roles
           else array(select distinct unnest(c.roles || excluded.roles)) end`,
    [
      tenant,
      rows.map(row => row.id),
      rows.map(row => row.entity.type),
      rows.map(row => withoutNul(row.entity.value).slice(0, 500)),
      rows.map(row => [...row.roles].join(' ')),
      rows.map(row => row.count),
    ],
  )
}
