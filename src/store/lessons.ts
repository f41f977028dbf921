import type { LessonFact, LessonScope, LessonSource, LessonState } from '../domain/lesson.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

export interface LessonRow {
  readonly id: string
  readonly caseId: string | null
  readonly source: LessonSource
  readonly scope: LessonScope
  readonly scopeValue: string
  readonly text: string
  readonly verdict: Verdict | null
  readonly state: LessonState
  /** What the checks found when it was saved. */
  readonly findings: unknown
  readonly createdBy: string
  readonly createdMs: number
  readonly decidedBy: string | null
  readonly decidedMs: number | null
  /** Why it was refused or revoked. */
  readonly reason: string
  readonly expiresMs: number
}

const columns = `id, case_id as "caseId", source, scope_kind as scope, scope_value as "scopeValue", text, verdict, state,
  findings, created_by as "createdBy", created_ms as "createdMs", decided_by as "decidedBy", decided_ms as "decidedMs",
  reason, expires_ms as "expiresMs"`

export async function insertLesson(sql: Sql, tenant: string, row: LessonRow): Promise<void> {
  await sql.query(
    `insert into lessons (tenant_id, id, case_id, source, scope_kind, scope_value, text, verdict, state, findings,
       created_by, created_ms, expires_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      tenant,
      row.id,
      row.caseId,
      row.source,
      row.scope,
      row.scopeValue,
      row.text,
      row.verdict,
      row.state,
      JSON.stringify(row.findings),
      row.createdBy,
      row.createdMs,
      row.expiresMs,
    ],
  )
}

/** Those that wait first, then the newest. */
export function listLessons(sql: Sql, tenant: string): Promise<LessonRow[]> {
  return sql.query(
    `select ${columns} from lessons where tenant_id = $1 order by state = 'waiting' desc, created_ms desc, id limit 500`,
    [tenant],
  )
}

export async function findLesson(sql: Sql, tenant: string, id: string): Promise<LessonRow | undefined> {
  const [row] = await sql.query<LessonRow>(
    `select ${columns} from lessons where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** Moves a lesson on; false where it is no longer in the state that was seen. */
export async function decideLesson(
  sql: Sql,
  tenant: string,
  id: string,
  decision: {
    readonly from: LessonState
    readonly to: LessonState
    readonly by: string
    readonly reason: string
  },
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update lessons set state = $4, decided_by = $5, decided_ms = $6, reason = $7
     where tenant_id = $1 and id = $2 and state = $3 returning id`,
    [tenant, id, decision.from, decision.to, decision.by, nowMs, decision.reason],
  )
  return rows.length > 0
}

/** What of a case a scope may name. */
export type ScopedNames = Readonly<Record<Exclude<LessonScope, 'everywhere'>, readonly string[]>>

/** Lessons in force whose scope holds one of these names, the narrowest and newest first. */
export function lessonsFor(
  sql: Sql,
  tenant: string,
  names: ScopedNames,
  nowMs: number,
  limit: number,
): Promise<LessonFact[]> {
  return sql.query<LessonFact>(
    `select l.id, l.scope_kind as scope, l.scope_value as "scopeValue", l.text, l.verdict,
       coalesce(u.display_name, l.created_by) as by, l.created_ms as "createdMs", l.expires_ms as "expiresMs"
     from lessons l left join users u on u.tenant_id = l.tenant_id and u.id = l.created_by
     where l.tenant_id = $1 and l.state = 'active' and l.expires_ms > $2 and (
       l.scope_kind = 'everywhere' or (l.scope_kind = 'like' and l.scope_value = any($3))
       or (l.scope_kind = 'rule' and l.scope_value = any($4)) or (l.scope_kind = 'host' and l.scope_value = any($5))
       or (l.scope_kind = 'technique' and l.scope_value = any($6)))
     order by array_position(array['like', 'rule', 'host', 'technique', 'everywhere'], l.scope_kind),
       l.created_ms desc, l.id limit $7`,
    [tenant, nowMs, names.like, names.rule, names.host, names.technique, limit],
  )
}

/** Other lessons that wait or are in force: of the same scope, and how many this person taught since then. */
export async function lessonsBeside(
  sql: Sql,
  tenant: string,
  at: {
    readonly scope: LessonScope
    readonly scopeValue: string
    readonly by: string
    readonly sinceMs: number
    readonly nowMs: number
  },
): Promise<{ readonly verdicts: readonly (Verdict | null)[]; readonly byPerson: number }> {
  const [row] = await sql.query<{ verdicts: (Verdict | null)[] | null; byPerson: number }>(
    `select array_agg(verdict) filter (where scope_kind = $2 and scope_value = $3 and expires_ms > $6) as verdicts,
       count(*) filter (where created_by = $4 and created_ms >= $5) as "byPerson"
     from lessons where tenant_id = $1 and state in ('waiting', 'active')`,
    [tenant, at.scope, at.scopeValue, at.by, at.sinceMs, at.nowMs],
  )
  return { verdicts: row?.verdicts ?? [], byPerson: row?.byPerson ?? 0 }
}

/** What lies in a scope: cases since then, by what people decided, and the gravest. */
export interface ScopeReach {
  readonly cases: number
  readonly allCases: number
  readonly truePositive: number
  readonly harmless: number
  /** High or critical ones. */
  readonly grave: number
  readonly sample: readonly {
    readonly id: string
    readonly title: string
    readonly verdict: Verdict | null
  }[]
}

const inScope = `case $3::text when 'everywhere' then true when 'like' then c.title = $4
  when 'host' then $4 = any(c.hosts) when 'technique' then $4 = any(c.techniques)
  else exists (select from alerts a where a.tenant_id = c.tenant_id and a.case_id = c.id and a.rule_id = $4) end`

export async function scopeReach(
  sql: Sql,
  tenant: string,
  scope: { readonly scope: LessonScope; readonly scopeValue: string },
  sinceMs: number,
): Promise<ScopeReach> {
  const values = [tenant, sinceMs, scope.scope, scope.scopeValue]
  const from = 'from cases c where c.tenant_id = $1 and c.last_seen_ms >= $2 and c.merged_into is null'
  const [sums] = await sql.query<Omit<ScopeReach, 'sample'>>(
    `select count(*) filter (where held) as cases, count(*) as "allCases",
       count(*) filter (where held and verdict = 'true_positive') as "truePositive",
       count(*) filter (where held and verdict in ('benign_true_positive', 'false_positive')) as harmless,
       count(*) filter (where held and severity >= 2) as grave
     from (select c.verdict, c.severity, (${inScope}) as held ${from}) as looked`,
    values,
  )
  const sample = await sql.query<ScopeReach['sample'][number]>(
    `select c.id, c.title, c.verdict ${from} and (${inScope}) order by c.last_seen_ms desc, c.id limit 5`,
    values,
  )
  return {
    ...(sums ?? { cases: 0, allCases: 0, truePositive: 0, harmless: 0, grave: 0 }),
    sample,
  }
}

/** Whether a piece of text stands word for word in an alert of the case. */
export async function standsInAlert(
  sql: Sql,
  tenant: string,
  caseId: string,
  pieces: readonly string[],
): Promise<boolean> {
  const rows = await sql.query(
    `select from alerts a where a.tenant_id = $1 and a.case_id = $2
       and exists (select from unnest($3::text[]) as p (piece) where position(p.piece in a.raw) > 0) limit 1`,
    [tenant, caseId, pieces],
  )
  return rows.length > 0
}
