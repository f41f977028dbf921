import type { QuarantinedLine } from '../domain/alert.ts'
import type { Sql } from '../lib/database.ts'
import { withoutNul } from './copy-rows.ts'

export interface QuarantineDraft extends QuarantinedLine {
  readonly id: string
}

/** Keeps what could not be taken in, byte for byte. */
export async function insertQuarantined(
  sql: Sql,
  tenant: string,
  source: string,
  nowMs: number,
  lines: readonly QuarantineDraft[],
): Promise<void> {
  if (lines.length === 0) return
  await sql.query(
    `insert into quarantine (tenant_id, id, at_ms, source, code, message, "where", content)
     select $1, id, $2, $3, code, message, place, content
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[]) as r (id, code, message, place, content)`,
    [
      tenant,
      nowMs,
      source,
      lines.map(line => line.id),
      lines.map(line => line.code),
      lines.map(line => withoutNul(line.message)),
      lines.map(line => withoutNul(line.where)),
      lines.map(line => Buffer.from(line.bytes)),
    ],
  )
}

export interface QuarantineRow {
  readonly id: string
  readonly atMs: number
  readonly source: string
  readonly code: string
  readonly message: string
  readonly where: string
  readonly content: Buffer
  readonly sizeBytes: number
}

/** Newest first; `content` is the first 500 bytes. */
export function listQuarantined(
  sql: Sql,
  tenant: string,
  after: { readonly atMs: number; readonly id: string } | undefined,
  limit: number,
): Promise<QuarantineRow[]> {
  return sql.query<QuarantineRow>(
    `select id, at_ms as "atMs", source, code, message, "where", substring(content from 1 for 500) as content,
       octet_length(content) as "sizeBytes"
     from quarantine where tenant_id = $1 and ($2::bigint is null or (at_ms, id) < ($2, $3))
     order by at_ms desc, id desc limit $4`,
    [tenant, after?.atMs ?? null, after?.id ?? null, limit],
  )
}

/** Why records went to quarantine since then: the most first. */
export interface QuarantineCause {
  readonly source: string
  readonly code: string
  readonly count: number
}

export function quarantineCauses(sql: Sql, tenant: string, sinceMs: number): Promise<QuarantineCause[]> {
  return sql.query<QuarantineCause>(
    `select source, code, count(*) as count from quarantine where tenant_id = $1 and at_ms >= $2
     group by source, code order by count desc, source, code limit 50`,
    [tenant, sinceMs],
  )
}

/** How many lines are in quarantine. */
export async function countQuarantined(sql: Sql, tenant: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*) as count from quarantine where tenant_id = $1',
    [tenant],
  )
  return row?.count ?? 0
}
