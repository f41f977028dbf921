import type { Brief } from '../domain/brief.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { Leaning } from '../domain/queue-place.ts'
import { type Severity, severities } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

export type BriefReview = 'not-needed' | 'pending' | 'validated' | 'rejected'

export interface BriefDraft {
  readonly id: string
  readonly caseId: string
  readonly revision: number
  readonly brief: Brief
  /** E1..En as the brief cites them. */
  readonly evidence: readonly EvidenceItem[]
}

export interface StoredBrief extends BriefDraft {
  readonly createdMs: number
  readonly review: BriefReview
  readonly reviewedBy: string | null
  readonly reviewerUsername: string | null
  readonly reviewerDisplayName: string | null
  readonly reviewedMs: number | null
  readonly reviewReason: string | null
}

/** Why there is no model brief for the newest revision, or that there is one. See the HTTP contract. */
export interface ModelBriefState {
  readonly kind: string
  readonly reason?: string
}

/**
 * Stores brief 0, of a case that had this severity, in place of an older one, shows it in the queue, and says what is to be expected of a model. Returns
 * undefined when a newer revision has been briefed meanwhile: then nothing changes; else whether the case was marked for text
 * that speaks to a model. One statement: briefs are what the database is asked for most often.
 */
export async function putComputedBrief(
  sql: Sql,
  tenant: string,
  draft: BriefDraft & { readonly leaning: Leaning; readonly severity: Severity },
  state: ModelBriefState,
  nowMs: number,
): Promise<{ readonly suspectedInjection: boolean } | undefined> {
  const rows = await sql.query<{ suspectedInjection: boolean }>(
    `with shown as (
       update cases set headline = $3, proposed_verdict = $4, confidence = $5, briefed_revision = $6, model_brief = $7::json, leaning = $12,
         leaning_severity = $13
       where tenant_id = $1 and id = $2 and briefed_revision <= $6 returning id, title, headline, suspected_injection
     ), words as (
       insert into case_words (tenant_id, case_id, words)
       select $1, id, to_tsvector('simple', title || ' ' || headline) from shown
       on conflict (tenant_id, case_id) do update set words = excluded.words
         where case_words.words is distinct from excluded.words
     ), put as (
       insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review)
       select $1, $8, id, $6, 'computed', $9::bigint, $10::json, $11::json, 'not-needed' from shown
       on conflict (tenant_id, case_id) where origin = 'computed' do update set id = excluded.id,
         revision = excluded.revision, created_ms = excluded.created_ms, brief = excluded.brief,
         evidence = excluded.evidence
     )
     select suspected_injection as "suspectedInjection" from shown`,
    [
      tenant,
      draft.caseId,
      draft.brief.headline.replaceAll('\0', '\uFFFD'),
      draft.brief.verdict,
      draft.brief.confidence,
      draft.revision,
      JSON.stringify(state),
      draft.id,
      nowMs,
      JSON.stringify(draft.brief),
      JSON.stringify(draft.evidence),
      draft.leaning,
      severities.indexOf(draft.severity),
    ],
  )
  return rows[0]
}

/** Whether a model has briefed this revision of a case. */
export async function hasModelBrief(
  sql: Sql,
  tenant: string,
  caseId: string,
  revision: number,
): Promise<boolean> {
  const rows = await sql.query(
    `select from briefs where tenant_id = $1 and case_id = $2 and revision = $3 and origin = 'model' limit 1`,
    [tenant, caseId, revision],
  )
  return rows.length > 0
}

/**
 * Stores a model's brief, to be validated by a person. Returns false, and stores nothing, where that revision has one: a
 * job may run a second time after a crash, and beside itself after a network was cut.
 */
export async function insertModelBrief(
  sql: Sql,
  tenant: string,
  draft: BriefDraft,
  nowMs: number,
): Promise<boolean> {
  // Two of them take turns here.
  await sql.query('select from cases where tenant_id = $1 and id = $2 for update', [tenant, draft.caseId])
  const rows = await sql.query(
    `insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review)
     select $1, $2, $3, $4::integer, 'model', $5::bigint, $6::json, $7::json, 'pending' where not exists (
       select from briefs where tenant_id = $1 and case_id = $3 and revision = $4 and origin = 'model'
     ) returning id`,
    [
      tenant,
      draft.id,
      draft.caseId,
      draft.revision,
      nowMs,
      JSON.stringify(draft.brief),
      JSON.stringify(draft.evidence),
    ],
  )
  return rows.length > 0
}

export async function setModelBriefState(
  sql: Sql,
  tenant: string,
  caseId: string,
  state: ModelBriefState,
): Promise<void> {
  await sql.query(
    `update cases set model_brief = $3::json where tenant_id = $1 and id = $2 and model_brief::text is distinct from $3`,
    [tenant, caseId, JSON.stringify(state)],
  )
}

const select = `select b.id, b.case_id as "caseId", b.revision, b.created_ms as "createdMs", b.brief, b.evidence, b.review,
    b.reviewed_by as "reviewedBy", b.reviewed_ms as "reviewedMs", b.review_reason as "reviewReason",
    u.username as "reviewerUsername", u.display_name as "reviewerDisplayName"
  from briefs b left join users u on u.tenant_id = b.tenant_id and u.id = b.reviewed_by`

/** The computed brief and the newest of the model's, newest first. */
export function listBriefs(sql: Sql, tenant: string, caseId: string): Promise<StoredBrief[]> {
  return sql.query<StoredBrief>(
    `${select} where b.tenant_id = $1 and b.case_id = $2 order by b.created_ms desc, b.id desc limit 10`,
    [tenant, caseId],
  )
}

export async function findBrief(sql: Sql, tenant: string, id: string): Promise<StoredBrief | undefined> {
  const rows = await sql.query<StoredBrief>(`${select} where b.tenant_id = $1 and b.id = $2`, [tenant, id])
  return rows[0]
}

/** A named person's judgement of a model's findings. Returns false when it had been judged already. */
export async function reviewBrief(
  sql: Sql,
  tenant: string,
  id: string,
  review: {
    readonly decision: 'validated' | 'rejected'
    readonly byId: string
    readonly reason: string
  },
  nowMs: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update briefs set review = $3, reviewed_by = $4, reviewed_ms = $5, review_reason = $6
     where tenant_id = $1 and id = $2 and review = 'pending' returning id`,
    [tenant, id, review.decision, review.byId, nowMs, review.reason],
  )
  return rows.length > 0
}
