import type { Sql } from '../lib/database.ts'

export interface GovernanceRecord {
  readonly id: string
  readonly kind: string
  /** As stored: its kind's schema parses it. */
  readonly content: unknown
  /** 1 for the first. */
  readonly version: number
  readonly createdBy: string
  readonly createdMs: number
  readonly changedBy: string
  readonly changedMs: number
}

const columns = `id, kind, content, version, created_by as "createdBy", created_ms as "createdMs",
  changed_by as "changedBy", changed_ms as "changedMs"`

/** Last changed first. */
export function listRecords(sql: Sql, tenant: string, kind: string): Promise<GovernanceRecord[]> {
  return sql.query(
    `select ${columns} from governance_records where tenant_id = $1 and kind = $2 order by changed_ms desc, id desc limit 1000`,
    [tenant, kind],
  )
}

export async function findRecord(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<GovernanceRecord | undefined> {
  const [row] = await sql.query<GovernanceRecord>(
    `select ${columns} from governance_records where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** Writes a record, and the version that it is. Returns false where another version than `before` is there. */
export async function writeRecord(
  sql: Sql,
  tenant: string,
  record: { readonly id: string; readonly kind: string; readonly content: unknown },
  before: number,
  by: string,
  nowMs: number,
): Promise<boolean> {
  const values = [tenant, record.id, record.kind, JSON.stringify(record.content), before + 1, by, nowMs]
  const rows = await sql.query(
    before === 0
      ? `insert into governance_records values ($1, $2, $3, $4, $5, $6, $7, $6, $7) on conflict do nothing returning 1`
      : `update governance_records set content = $4, version = $5, changed_by = $6, changed_ms = $7
         where tenant_id = $1 and id = $2 and kind = $3 and version = $5 - 1 returning 1`,
    values,
  )
  if (rows.length === 0) return false
  await sql.query(
    `insert into governance_record_versions (tenant_id, record_id, version, content, by_id, at_ms)
     values ($1, $2, $3, $4, $5, $6)`,
    [tenant, record.id, before + 1, JSON.stringify(record.content), by, nowMs],
  )
  return true
}

/** A version of a record, and who wrote it. */
export interface RecordVersion {
  readonly id: string
  readonly content: unknown
  readonly version: number
  readonly byId: string
  /** Null where the account is gone. */
  readonly byName: string | null
  readonly atMs: number
}

/** The records of a kind as they stood before `beforeMs`, by id. */
export function recordsAsOf(
  sql: Sql,
  tenant: string,
  kind: string,
  beforeMs: number,
): Promise<RecordVersion[]> {
  return sql.query(
    `select distinct on (v.record_id) v.record_id as id, v.content, v.version, v.by_id as "byId",
       u.display_name as "byName", v.at_ms as "atMs"
     from governance_record_versions v
     join governance_records r on r.tenant_id = v.tenant_id and r.id = v.record_id and r.kind = $2
     left join users u on u.tenant_id = v.tenant_id and u.id = v.by_id
     where v.tenant_id = $1 and v.at_ms < $3
     order by v.record_id, v.version desc`,
    [tenant, kind, beforeMs],
  )
}

/** Notes that a person has read a version of the policy. */
export async function acknowledge(
  sql: Sql,
  tenant: string,
  userId: string,
  version: number,
  nowMs: number,
): Promise<void> {
  await sql.query('insert into policy_acknowledgements values ($1, $2, $3, $4) on conflict do nothing', [
    tenant,
    userId,
    version,
    nowMs,
  ])
}

/** Active people, and when each acknowledged this version; null: not yet. */
export function acknowledgements(
  sql: Sql,
  tenant: string,
  version: number,
): Promise<{ id: string; username: string; displayName: string; atMs: number | null }[]> {
  return sql.query(
    `select u.id, u.username, u.display_name as "displayName", a.at_ms as "atMs"
     from users u left join policy_acknowledgements a on a.tenant_id = u.tenant_id and a.user_id = u.id and a.version = $2
     where u.tenant_id = $1 and u.state = 'active' order by a.at_ms nulls first, u.username`,
    [tenant, version],
  )
}
