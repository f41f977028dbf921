import type { KeptBytes } from '../domain/kept-bytes.ts'
import type { RuleDraft, SampleFile } from '../domain/rule-draft.ts'
import type { Sql } from '../lib/database.ts'

/** What a change may touch; everything else of a draft never changes. */
export type RuleDraftChange<Proof> = Partial<
  Omit<RuleDraft<Proof>, 'id' | 'kind' | 'origin' | 'fileName' | 'createdAtMs' | 'changedAtMs'>
>

const columns = `id, kind, origin, title, file_name as "fileName", text, cases, state, proof, drafting, digest, replaces,
  changed_by as "changedBy", requested_by as "requestedBy", reason, decided_by as "decidedBy",
  decision_reason as "decisionReason", outcome, created_ms as "createdAtMs", changed_ms as "changedAtMs"`

const columnOf: Readonly<Record<keyof RuleDraftChange<unknown>, string>> = {
  title: 'title',
  text: 'text',
  cases: 'cases',
  state: 'state',
  proof: 'proof',
  drafting: 'drafting',
  digest: 'digest',
  replaces: 'replaces',
  changedBy: 'changed_by',
  requestedBy: 'requested_by',
  reason: 'reason',
  decidedBy: 'decided_by',
  decisionReason: 'decision_reason',
  outcome: 'outcome',
}

const jsonMembers: readonly string[] = ['cases', 'proof', 'drafting']

export async function insertRuleDraft<Proof>(
  sql: Sql,
  tenant: string,
  draft: RuleDraft<Proof>,
): Promise<void> {
  await sql.query(
    `insert into rule_drafts (tenant_id, id, title, file_name, text, cases, state, changed_by, created_ms, changed_ms,
       kind, origin)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)`,
    [
      tenant,
      draft.id,
      draft.title,
      draft.fileName,
      draft.text,
      JSON.stringify(draft.cases),
      draft.state,
      draft.changedBy,
      draft.createdAtMs,
      draft.kind,
      draft.origin && JSON.stringify(draft.origin),
    ],
  )
}

/** The newest 500, latest change first. */
export function listRuleDrafts<Proof>(sql: Sql, tenant: string): Promise<RuleDraft<Proof>[]> {
  return sql.query<RuleDraft<Proof>>(
    `select ${columns} from rule_drafts where tenant_id = $1 order by changed_ms desc, id limit 500`,
    [tenant],
  )
}

export async function findRuleDraft<Proof>(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<RuleDraft<Proof> | undefined> {
  const [row] = await sql.query<RuleDraft<Proof>>(
    `select ${columns} from rule_drafts where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** The same, holding its row until the transaction ends. */
export async function lockRuleDraft<Proof>(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<RuleDraft<Proof> | undefined> {
  const [row] = await sql.query<RuleDraft<Proof>>(
    `select ${columns} from rule_drafts where tenant_id = $1 and id = $2 for update`,
    [tenant, id],
  )
  return row
}

export async function changeRuleDraft<Proof>(
  sql: Sql,
  tenant: string,
  id: string,
  change: RuleDraftChange<Proof>,
  nowMs: number,
): Promise<void> {
  const names = Object.keys(change) as (keyof RuleDraftChange<Proof>)[] // Exactly the members of the type.
  const values = names.map(name => {
    const value = change[name]
    return jsonMembers.includes(name) && value !== null ? JSON.stringify(value) : value
  })
  const sets = names.map((name, index) => `${columnOf[name]} = $${index + 4}`)
  await sql.query(
    `update rule_drafts set ${[...sets, 'changed_ms = $3'].join(', ')} where tenant_id = $1 and id = $2`,
    [tenant, id, nowMs, ...values],
  )
}

/** A stored alert as its source gave it, and what people said of its case. */
export interface JudgedAlert {
  readonly raw: string
  readonly verdict: string | null
}

/** The newest alerts, oldest of them first, to run a draft over. */
export async function newestAlerts(sql: Sql, tenant: string, limit: number): Promise<JudgedAlert[]> {
  const rows = await sql.query<JudgedAlert>(
    `select a.raw, c.verdict from alerts a left join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
     where a.tenant_id = $1 order by a.timestamp_ms desc, a.key limit $2`,
    [tenant, limit],
  )
  return rows.reverse()
}

const sampleColumns = `id, name, sha256, coalesce(size_bytes, octet_length(bytes)) as "sizeBytes", must_match as "mustMatch"`

/** The files of a draft, in the order in which they came; without their bytes. */
export function listSamples(sql: Sql, tenant: string, draftId: string): Promise<SampleFile[]> {
  return sql.query<SampleFile>(
    `select ${sampleColumns} from rule_draft_samples where tenant_id = $1 and draft_id = $2 order by created_ms, id`,
    [tenant, draftId],
  )
}

/** The same with where their bytes are. */
export async function readSamples(
  sql: Sql,
  tenant: string,
  draftId: string,
): Promise<(SampleFile & { readonly kept: KeptBytes })[]> {
  const rows = await sql.query<SampleFile & KeptBytes>(
    `select ${sampleColumns}, bytes, bytes_object as object from rule_draft_samples where tenant_id = $1 and draft_id = $2 order by created_ms, id`,
    [tenant, draftId],
  )
  return rows.map(({ bytes, object, ...sample }) => ({ ...sample, kept: { bytes, object } }))
}

export async function insertSample(
  sql: Sql,
  tenant: string,
  draftId: string,
  sample: SampleFile & { readonly kept: KeptBytes },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into rule_draft_samples (tenant_id, draft_id, id, name, sha256, size_bytes, bytes, bytes_object, must_match, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tenant,
      draftId,
      sample.id,
      sample.name,
      sample.sha256,
      sample.sizeBytes,
      sample.kept.bytes,
      sample.kept.object,
      sample.mustMatch,
      nowMs,
    ],
  )
}

/** False where the draft has no such sample. */
export async function deleteSample(sql: Sql, tenant: string, draftId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from rule_draft_samples where tenant_id = $1 and draft_id = $2 and id = $3 returning id',
    [tenant, draftId, id],
  )
  return rows.length > 0
}

/** The newest alerts of a case as their source gave them, oldest of them first. */
export async function rawCaseAlerts(
  sql: Sql,
  tenant: string,
  caseId: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ raw: string }>(
    `select raw from alerts where tenant_id = $1 and case_id = $2 order by level desc, timestamp_ms desc, key limit $3`,
    [tenant, caseId, limit],
  )
  return rows.reverse().map(({ raw }) => raw)
}

/** Alerts of these rules since a moment, by the verdict of their cases; null where nobody has judged. */
export function verdictsOfRules(
  sql: Sql,
  tenant: string,
  ruleIds: readonly string[],
  sinceMs: number,
): Promise<{ readonly verdict: string | null; readonly alerts: number }[]> {
  return sql.query(
    `select c.verdict, count(*) as alerts from alerts a
       left join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
     where a.tenant_id = $1 and a.rule_id = any($2::text[]) and a.timestamp_ms >= $3 group by c.verdict`,
    [tenant, ruleIds, sinceMs],
  )
}

/** Rules whose alerts people most often called noise, worst first. */
export function noisyRules(
  sql: Sql,
  tenant: string,
  limit: number,
): Promise<
  {
    readonly ruleId: string
    readonly description: string
    readonly noise: number
    readonly alerts: number
  }[]
> {
  return sql.query(
    `select a.rule_id as "ruleId", min(a.description) as description, count(*) as alerts,
       count(*) filter (where c.verdict in ('false_positive', 'benign_true_positive')) as noise
     from alerts a join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
     where a.tenant_id = $1
     group by a.rule_id
     having count(*) filter (where c.verdict in ('false_positive', 'benign_true_positive')) > 0
     order by noise desc, a.rule_id limit $2`,
    [tenant, limit],
  )
}
