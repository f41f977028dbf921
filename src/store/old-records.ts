import type { Sql } from '../lib/database.ts'
import { inMotion } from './delete-cases.ts'

/** Kinds of records that age. The ledger is not among them: it is kept whole. */
export const agingRecords = [
  'closed-cases',
  'chats',
  'mails',
  'threat-reports',
  'quarantine',
  'account-events',
  'dead-jobs',
  'alert-counts',
] as const
export type AgingRecord = (typeof agingRecords)[number]

const dayMs = 86_400_000

/** Kinds that are more than rows: keys and vaults go with them (`governance/erase.ts`). */
export type ErasedRecord = 'closed-cases' | 'chats'

// $1 tenant, $2 the time before which a record is too old. Each names the rows to delete.
const old: Readonly<Record<Exclude<AgingRecord, ErasedRecord>, { table: string; where: string }>> = {
  mails: { table: 'mail_messages', where: 'received_ms < $2' },
  'threat-reports': { table: 'intel_reports', where: 'created_ms < $2' },
  quarantine: { table: 'quarantine', where: 'at_ms < $2' },
  'account-events': { table: 'account_events', where: 'at_ms < $2' },
  'dead-jobs': { table: 'jobs', where: `state = 'dead' and created_ms < $2` },
  'alert-counts': { table: 'alert_counts', where: `day < $2::bigint / ${dayMs}` },
}

const oldCases = `select c.id, c.last_seen_ms, c.alert_count from cases c
  where c.tenant_id = $1 and c.status = 'closed' and c.last_seen_ms < $2
  and not exists (select from legal_holds h where h.tenant_id = c.tenant_id and h.case_id = c.id)
  and not exists (select from proposals p where p.tenant_id = c.tenant_id and p.case_id = c.id and p.state in (${inMotion}))`

const oldChats = `select c.id from chats c where c.tenant_id = $1 and c.changed_ms < $2
  and not exists (select from legal_holds h where h.tenant_id = c.tenant_id and h.case_id = c.case_id)`

/** How many records of a kind are older than `beforeMs`. */
export async function countOld(
  sql: Sql,
  tenant: string,
  kind: AgingRecord,
  beforeMs: number,
): Promise<number> {
  const from =
    kind === 'closed-cases'
      ? `(${oldCases}) as c`
      : kind === 'chats'
        ? `(${oldChats}) as c`
        : `${old[kind].table} where tenant_id = $1 and ${old[kind].where}`
  const [row] = await sql.query<{ count: number }>(`select count(*) as count from ${from}`, [
    tenant,
    beforeMs,
  ])
  return row?.count ?? 0
}

/** Deletes up to `limit` of them; returns how many. Never a case or a chat (`findOldCases`, `findOldChats`). */
export async function deleteOld(
  sql: Sql,
  tenant: string,
  kind: Exclude<AgingRecord, ErasedRecord>,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const { table, where } = old[kind]
  const rows = await sql.query(
    `delete from ${table} where ctid = any(array(
       select ctid from ${table} where tenant_id = $1 and ${where} limit $3 for update skip locked))
     returning 1`,
    [tenant, beforeMs, limit],
  )
  return rows.length
}

/**
 * Closed cases without an alert since `beforeMs`, the oldest first; not those under legal hold or with an action in motion. As
 * many as have `alerts` alerts between them, and `cases` at most.
 */
export async function findOldCases(
  sql: Sql,
  tenant: string,
  beforeMs: number,
  most: { readonly cases: number; readonly alerts: number },
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from (
       select id, last_seen_ms, sum(alert_count) over (order by last_seen_ms, id) - alert_count as before
       from (${oldCases} order by c.last_seen_ms, c.id limit $3) oldest
     ) summed where before < $4 order by last_seen_ms, id`,
    [tenant, beforeMs, most.cases, most.alerts],
  )
  return rows.map(({ id }) => id)
}

/** Chats that nobody has asked in since `beforeMs`, those on a case under legal hold aside. */
export async function findOldChats(
  sql: Sql,
  tenant: string,
  beforeMs: number,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(`${oldChats} order by c.changed_ms limit $3`, [
    tenant,
    beforeMs,
    limit,
  ])
  return rows.map(({ id }) => id)
}
