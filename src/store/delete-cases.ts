import type { Sql } from '../lib/database.ts'

/** States of a proposal in which what it is about must be kept. */
export const inMotion = `'awaiting', 'approved', 'executing', 'sent'`

// What a case consists of. Response actions go with it: who approved what, by digest, is in the ledger.
/** Tables whose rows belong to a case: a test holds them against the schema. */
export const caseTables = [
  'alerts',
  'briefs',
  'notes',
  'case_history',
  'case_entities',
  'case_words',
  'publications',
  'intel_sightings',
  'shadow_briefs',
  'chats',
  'remediation_ticks',
  'playbook_runs',
  'lessons',
  'evaluation_cases',
  'seeded_suggestions',
  'output_audits',
] as const

/** What was deleted, by table. */
export type DeletedRows = Readonly<Record<string, number>>

/** Whoever would add to one of these cases waits for the end of the transaction. Returns those that there are. */
export async function lockCases(sql: Sql, tenant: string, caseIds: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'select id from cases where tenant_id = $1 and id = any($2) order by id for update',
    [tenant, caseIds],
  )
  return rows.map(({ id }) => id)
}

/**
 * Deletes cases with everything under them, those `merged` into them (`mergedInto`), and what names them elsewhere. Their
 * keys and vaults are the caller's. Take the grouping's turn in the same transaction (`takeGroupingTurn`), else a process
 * may add an alert to a case that is gone.
 */
export async function deleteCases(
  sql: Sql,
  tenant: string,
  caseIds: readonly string[],
  merged: readonly string[] = [],
): Promise<DeletedRows> {
  const deleted: Record<string, number> = {}
  for (const table of caseTables) {
    // Counted by the database: a case may hold a million alerts.
    const [gone] = await sql.query<{ count: number }>(
      `with gone as (delete from ${table} where tenant_id = $1 and case_id = any($2) returning 1)
       select count(*) as count from gone`,
      [tenant, caseIds],
    )
    if (gone !== undefined && gone.count > 0) deleted[table] = gone.count
  }
  await sql.query(
    `delete from approvals a using proposals p
     where p.tenant_id = a.tenant_id and p.id = a.proposal_id and p.tenant_id = $1 and p.case_id = any($2)`,
    [tenant, caseIds],
  )
  const proposals = await sql.query(
    'delete from proposals where tenant_id = $1 and case_id = any($2) returning 1',
    [tenant, caseIds],
  )
  if (proposals.length > 0) deleted.proposals = proposals.length
  await sql.query(`delete from jobs where tenant_id = $1 and key = any($2)`, [tenant, caseIds])
  const cases = await sql.query('delete from cases where tenant_id = $1 and id = any($2) returning 1', [
    tenant,
    [...caseIds, ...merged],
  ])
  return { ...deleted, cases: cases.length }
}

/** Cases that name an entity, the newest first. */
export async function casesNaming(
  sql: Sql,
  tenant: string,
  entity: { readonly type: string; readonly value: string },
): Promise<{ id: string; title: string; status: string }[]> {
  return sql.query(
    `select c.id, c.title, c.status
     from case_entities e join cases c on c.tenant_id = e.tenant_id and c.id = e.case_id
     where e.tenant_id = $1 and e.type = $2 and e.value = $3 order by c.last_seen_ms desc`,
    [tenant, entity.type, entity.value],
  )
}

export interface LegalHold {
  readonly caseId: string
  readonly title: string | null
  readonly reason: string
  readonly byId: string
  readonly atMs: number
}

export function listHolds(sql: Sql, tenant: string): Promise<LegalHold[]> {
  return sql.query(
    `select h.case_id as "caseId", c.title, h.reason, h.by_id as "byId", h.at_ms as "atMs"
     from legal_holds h left join cases c on c.tenant_id = h.tenant_id and c.id = h.case_id
     where h.tenant_id = $1 order by h.at_ms desc`,
    [tenant],
  )
}

/** False where there is no such case. */
export async function setHold(
  sql: Sql,
  tenant: string,
  hold: { readonly caseId: string; readonly reason: string; readonly byId: string; readonly atMs: number },
): Promise<boolean> {
  const rows = await sql.query(
    `insert into legal_holds (tenant_id, case_id, reason, by_id, at_ms)
     select $1, id, $3, $4, $5 from cases where tenant_id = $1 and id = $2
     on conflict (tenant_id, case_id) do update set reason = excluded.reason, by_id = excluded.by_id, at_ms = excluded.at_ms
     returning 1`,
    [tenant, hold.caseId, hold.reason, hold.byId, hold.atMs],
  )
  return rows.length > 0
}

/** False where there was none. */
export async function liftHold(sql: Sql, tenant: string, caseId: string): Promise<boolean> {
  const rows = await sql.query('delete from legal_holds where tenant_id = $1 and case_id = $2 returning 1', [
    tenant,
    caseId,
  ])
  return rows.length > 0
}

/** Why each of these cases cannot be deleted now; the others are not named. */
export async function whyKept(
  sql: Sql,
  tenant: string,
  caseIds: readonly string[],
): Promise<{ id: string; why: 'legal-hold' | 'action-in-motion' }[]> {
  return sql.query(
    `select case_id as id, 'legal-hold' as why from legal_holds where tenant_id = $1 and case_id = any($2)
     union all
     select distinct case_id, 'action-in-motion' from proposals
     where tenant_id = $1 and case_id = any($2) and state in (${inMotion})`,
    [tenant, caseIds],
  )
}

/** Cases merged into these: their keys and vaults go with them. Reads all cases: no index is worth it for this. */
export async function mergedInto(sql: Sql, tenant: string, caseIds: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'select id from cases where tenant_id = $1 and merged_into = any($2)',
    [tenant, caseIds],
  )
  return rows.map(({ id }) => id)
}

/** Mails that name a person as sender, reporter or recipient. */
export async function mailsNaming(sql: Sql, tenant: string, address: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from mail_messages where tenant_id = $1
       and (lower(sender) = lower($2) or lower(reporter) = lower($2) or position(lower($2) in lower(encode(raw, 'escape'))) > 0)`,
    [tenant, address],
  )
  return rows.map(({ id }) => id)
}

/** How many of them were there to delete. */
export async function deleteMails(sql: Sql, tenant: string, ids: readonly string[]): Promise<number> {
  const rows = await sql.query(
    'delete from mail_messages where tenant_id = $1 and id = any($2) returning 1',
    [tenant, ids],
  )
  return rows.length
}

/** Chats and runs of playbooks on these cases: what models were asked in them lies under keys and vaults of their own. */
export async function conversationsOf(
  sql: Sql,
  tenant: string,
  caseIds: readonly string[],
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from chats where tenant_id = $1 and case_id = any($2)
     union all select id from playbook_runs where tenant_id = $1 and case_id = any($2)`,
    [tenant, caseIds],
  )
  return rows.map(({ id }) => id)
}

/** Chats in which a value stands by itself, in a question, an answer or the name of a file; none on a held case. */
export async function chatsNaming(sql: Sql, tenant: string, value: string): Promise<string[]> {
  const patternOf = (text: string) =>
    `(^|[^[:alnum:]_])${text.replace(/[^\p{L}\p{N}_]/gu, character => `\\${character}`)}($|[^[:alnum:]_])`
  const rows = await sql.query<{ id: string }>(
    `select c.id from chats c
     where c.tenant_id = $1
       and not exists (select from legal_holds h where h.tenant_id = c.tenant_id and h.case_id = c.case_id)
       and (c.title ~* $2
         or exists (select from chat_messages m where m.tenant_id = c.tenant_id and m.chat_id = c.id
           and (m.text ~* $2 or m.body::text ~* $3))
         or exists (select from chat_files f where f.tenant_id = c.tenant_id and f.chat_id = c.id and f.name ~* $2))`,
    // In JSON a quote or a backslash is written with one before it.
    [tenant, patternOf(value), patternOf(JSON.stringify(value).slice(1, -1))],
  )
  return rows.map(({ id }) => id)
}

/** How many of them were there to delete; messages and files go with them. */
export async function deleteChats(sql: Sql, tenant: string, ids: readonly string[]): Promise<number> {
  const rows = await sql.query('delete from chats where tenant_id = $1 and id = any($2) returning 1', [
    tenant,
    ids,
  ])
  return rows.length
}
