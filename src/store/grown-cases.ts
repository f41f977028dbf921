import type { AlertFacts, Entity } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { entityKey } from '../domain/entity-key.ts'
import { severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'
import { arrayLiteral } from './array-literal.ts'
import { withoutNul } from './copy-rows.ts'

const maxNames = 20
/** Stands in no JSON text unescaped. In an array each of the many quotes would have to be escaped, and read back. */
const recordSeparator = '\u001e'

export interface GrownCase {
  readonly id: string
  /** New to the store. */
  readonly created: boolean
  /** It had been closed, and further alerts opened it again. */
  readonly reopened: boolean
  /** Graver than before. */
  readonly raised: boolean
  /** A person closed, merged or split it while this batch was being stored: what the draft counts may not be so any more. */
  readonly settled: boolean
}

/**
 * Stores what a batch did to its cases. A case that a person has closed in this very moment is opened again: alerts
 * must not hide in closed cases, nor real ones under the label of a sample. What people set (assignee, verdict) is left
 * alone otherwise. Rows are locked in the order of their ids, as everywhere (`lockCases`, `setVerdicts`): two who want the
 * same cases wait for each other only in turn.
 */
export async function upsertCases(
  sql: Sql,
  tenant: string,
  drafts: readonly CaseDraft[],
  facts: { readonly nowMs: number; readonly sample: boolean; readonly slaMinutes: readonly number[] },
): Promise<GrownCase[]> {
  const dueMs = severities.map((_, step) => facts.nowMs + (facts.slaMinutes[step] ?? 1440) * 60_000)
  const steps = drafts.map(draft => severities.indexOf(draft.severity))
  // Arrays, and one look into the primary key each, as in `storedIdentities`.
  return sql.query<GrownCase>(
    `with given as materialized (
       select * from unnest($4::text[], $5::text[], $6::smallint[], $7::smallint[], $8::int[], $9::int[], $10::bigint[],
         $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], string_to_array($17, $18))
       as r (id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms, due_ms, hosts, users,
         techniques, tactics, grouping)
     ), before as (
       select c.* from given cross join lateral (
         select id, status, severity from cases where tenant_id = $1 and id = given.id limit 1
       ) as c
     ), grown as (
       insert into cases as c (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms,
         last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, sample, grouping)
       select $1, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms, $2, $2, due_ms,
         hosts::text[], users::text[], techniques::text[], tactics::text[], $3, grouping::json
       from given order by id
       on conflict (tenant_id, id) do update set title = excluded.title,
         due_ms = case when excluded.severity > c.severity then least(c.due_ms, excluded.due_ms) else c.due_ms end,
         severity = greatest(c.severity, excluded.severity), max_level = greatest(c.max_level, excluded.max_level),
         alert_count = excluded.alert_count, revision = excluded.revision,
         first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms, updated_ms = $2,
         hosts = excluded.hosts, users = excluded.users, techniques = excluded.techniques,
         tactics = excluded.tactics, grouping = excluded.grouping, merged_into = null,
         sample = c.sample and excluded.sample,
         status = case when c.status = 'closed' then 'open' else c.status end
       returning id, severity, settled_ms is not null as settled
     )
     select grown.id, before.id is null as created, coalesce(before.status = 'closed', false) as reopened,
       coalesce(grown.severity > before.severity, false) as raised, grown.settled
     from grown left join before using (id)`,
    [
      tenant,
      facts.nowMs,
      facts.sample,
      drafts.map(draft => draft.id),
      drafts.map(draft => withoutNul(draft.title)),
      steps,
      drafts.map(draft => draft.maxLevel),
      drafts.map(draft => draft.alertCount),
      drafts.map(draft => draft.revision),
      drafts.map(draft => draft.firstSeenMs),
      drafts.map(draft => draft.lastSeenMs),
      steps.map(step => dueMs[step]),
      drafts.map(draft => arrayText(namesOf(draft.entities, 'host'))),
      drafts.map(draft => arrayText(namesOf(draft.entities, 'user'))),
      drafts.map(draft => arrayText(draft.techniques)),
      drafts.map(draft => arrayText(draft.tactics)),
      drafts
        .map(draft => jsonText({ entities: draft.entities, groupKeys: draft.groupKeys }))
        .join(recordSeparator),
      recordSeparator,
    ],
  )
}

/** Arrays of unequal length cannot be in one array of arrays. */
function arrayText(values: readonly string[]): string | undefined {
  return arrayLiteral(values.map(withoutNul))
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

/** Longer values are kept by their beginning. */
const longestValue = 500

interface EntityCount {
  readonly caseId: string
  readonly type: Entity['type']
  /** As it is stored. */
  readonly value: string
  readonly roles: Set<string>
  alerts: number
  /** The alert that named it last. */
  last: AlertFacts
}

function storedValue({ value }: Entity): string {
  return withoutNul(value.length > longestValue ? value.slice(0, longestValue).toWellFormed() : value)
}

/** Which entities a batch's alerts name, by case: in which roles, and in how many alerts. */
export class EntityTally {
  readonly #byCase = new Map<string, Map<string, EntityCount>>()

  add(caseId: string, alert: AlertFacts): void {
    let counts = this.#byCase.get(caseId)
    if (counts === undefined) {
      counts = new Map()
      this.#byCase.set(caseId, counts)
    }
    for (const entity of alert.entities) {
      const value = storedValue(entity)
      // By what is stored: two that are stored as one, in one statement, would stop the batch, and every try of it.
      const key = value === entity.value ? entityKey(entity) : entityKey({ type: entity.type, value })
      const known = counts.get(key)
      if (known === undefined) {
        const { type, role } = entity
        counts.set(key, { caseId, type, value, roles: new Set([role]), alerts: 1, last: alert })
        continue
      }
      known.roles.add(entity.role)
      if (known.last !== alert) known.alerts++ // An alert that names it twice counts once.
      known.last = alert
    }
  }

  rows(): readonly Omit<EntityCount, 'last'>[] {
    return [...this.#byCase.values()].flatMap(counts => [...counts.values()])
  }
}

/** Adds a batch's entities to those of their cases: roles are united, alerts counted. */
export async function upsertCaseEntities(sql: Sql, tenant: string, tally: EntityTally): Promise<void> {
  const rows = tally.rows()
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
      rows.map(row => row.caseId),
      rows.map(row => row.type),
      rows.map(row => row.value),
      rows.map(row => [...row.roles].join(' ')),
      rows.map(row => row.alerts),
    ],
  )
}
