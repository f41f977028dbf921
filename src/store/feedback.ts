import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/** Something that people said about what was proposed: what lessons and evaluation cases are made of. */
export interface FeedbackRow {
  readonly kind: 'verdict' | 'correction' | 'rating'
  readonly caseId: string
  readonly title: string
  readonly byId: string
  readonly atMs: number
  readonly verdict: Verdict | null
  readonly proposed: Verdict | null
  readonly reason: string
  /** Lessons that were learned from the case already. */
  readonly lessons: number
}

/** Undetermined proposes nothing that a person could decide otherwise. */
const corrected = `c.verdict <> c.proposed_verdict and c.proposed_verdict <> 'undetermined'`

/**
 * What could be taught, the newest first: corrections (a person decided otherwise than proposed), verdicts with a reason,
 * and model briefs that a person rejected or validated with a reason.
 */
export function teachableFeedback(sql: Sql, tenant: string, limit: number): Promise<FeedbackRow[]> {
  return sql.query(
    `select f.*, (select count(*) from lessons l where l.tenant_id = $1 and l.case_id = f."caseId") as lessons from (
       select case when ${corrected} then 'correction' else 'verdict' end as kind, c.id as "caseId",
         c.title, c.verdict_by as "byId", c.verdict_ms as "atMs", c.verdict, c.proposed_verdict as proposed,
         coalesce(c.verdict_reason, '') as reason
       from cases c where c.tenant_id = $1 and c.verdict_by is not null and c.merged_into is null and not c.sample
         and ((${corrected}) or coalesce(c.verdict_reason, '') <> '')
       union all
       select 'rating', c.id, c.title, b.reviewed_by, b.reviewed_ms, c.verdict, b.brief ->> 'verdict', b.review_reason
       from briefs b join cases c on c.tenant_id = b.tenant_id and c.id = b.case_id
       where b.tenant_id = $1 and b.reviewed_by is not null and coalesce(b.review_reason, '') <> ''
     ) as f order by f."atMs" desc, f."caseId" limit $2`,
    [tenant, limit],
  )
}

export interface FeedbackCase {
  /** `case:ID`, `mail:ID`, `question_…`. */
  readonly id: string
  readonly kind: 'case' | 'mail' | 'question'
  /** The case's title, the mail's subject, the question. */
  readonly title: string
  readonly expected: unknown
  readonly corrected: boolean
  readonly atMs: number
  readonly withdrawn: boolean
  readonly reason: string
}

const exact = (parameter: string) => `e.tenant_id = $1 and e.id = ${parameter}`

/**
 * What people decided, as questions with known answers: cases and mails with a verdict that is not undetermined, and
 * questions that were kept. Decided since `sinceMs`, the newest first.
 */
export function listFeedbackCases(
  sql: Sql,
  tenant: string,
  sinceMs: number,
  limit: number,
): Promise<FeedbackCase[]> {
  return sql.query(
    `select f.id, f.kind, f.title, f.expected, f.corrected, f."atMs",
       coalesce((select e.state = 'withdrawn' from evaluation_cases e where ${exact('f.id')}), false) as withdrawn,
       coalesce((select e.reason from evaluation_cases e where ${exact('f.id')}), '') as reason
     from (
       select 'case:' || c.id as id, 'case' as kind, c.title, to_json(c.verdict) as expected,
         coalesce(${corrected}, false) as corrected, c.verdict_ms as "atMs"
       from cases c where c.tenant_id = $1 and c.verdict_by is not null and c.verdict <> 'undetermined'
         and c.merged_into is null and not c.sample and c.verdict_ms >= $2
       union all
       select 'mail:' || m.id, 'mail', m.subject, to_json(m.decided_verdict), m.verdict <> m.decided_verdict, m.decided_ms
       from mail_messages m where m.tenant_id = $1 and m.decided_verdict is not null and m.decided_ms >= $2
       union all
       select q.id, 'question', q.question, q.expected, false, q.at_ms from evaluation_cases q
       where q.tenant_id = $1 and q.question is not null and q.at_ms >= $2
     ) as f order by f."atMs" desc, f.id limit $3`,
    [tenant, sinceMs, limit],
  )
}

/** The raw bytes of a mail; undefined where it is gone. */
export async function mailBytes(sql: Sql, tenant: string, id: string): Promise<Buffer | undefined> {
  const [row] = await sql.query<{ raw: Buffer }>(
    'select raw from mail_messages where tenant_id = $1 and id = $2',
    [tenant, id],
  )
  return row?.raw
}

export async function keepQuestion(
  sql: Sql,
  tenant: string,
  row: {
    readonly id: string
    readonly caseId: string | null
    readonly question: string
    readonly expected: readonly string[]
    readonly by: string
  },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into evaluation_cases (tenant_id, id, case_id, question, expected, state, by_id, at_ms)
     values ($1, $2, $3, $4, $5, 'kept', $6, $7)`,
    [tenant, row.id, row.caseId, row.question, JSON.stringify(row.expected), row.by, nowMs],
  )
}

/** Takes something out of evaluation, or back in. */
export async function withdrawEvaluationCase(
  sql: Sql,
  tenant: string,
  id: string,
  change: { readonly withdrawn: boolean; readonly by: string; readonly reason: string },
  nowMs: number,
): Promise<void> {
  const caseId = id.startsWith('case:') ? id.slice('case:'.length) : null
  await sql.query(
    `insert into evaluation_cases (tenant_id, id, case_id, expected, state, by_id, at_ms, reason)
     values ($1, $2, $3, 'null', $4, $5, $6, $7)
     on conflict (tenant_id, id) do update set state = excluded.state, by_id = excluded.by_id, reason = excluded.reason`,
    [tenant, id, caseId, change.withdrawn ? 'withdrawn' : 'kept', change.by, nowMs, change.reason],
  )
}
