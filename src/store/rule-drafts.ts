import type { RuleDraft } from '../domain/rule-draft.ts'
import type { Sql } from '../lib/database.ts'

/** What a change may touch; everything else of a draft never changes. */
export type RuleDraftChange<Proof> = Partial<
  Omit<RuleDraft<Proof>, 'id' | 'fileName' | 'createdAtMs' | 'changedAtMs'>
>

const columns = `id, title, file_name as "fileName", text, cases, state, proof, drafting, digest, replaces,
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
    `insert into rule_drafts (tenant_id, id, title, file_name, text, cases, state, changed_by, created_ms, changed_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
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
