import type { Sql } from '../lib/database.ts'

/** A file of a tenant's data folder as the database knows it: digests by the tenant's key, and nothing to read. */
export interface FolderFile {
  readonly file: string
  readonly digest: string
  /** When it was last written, in its folder. */
  readonly changedMs: number
  /** The data folder that it is of. */
  readonly keptBy: string
}

export function listFolderFiles(sql: Sql, tenant: string): Promise<FolderFile[]> {
  return sql.query<FolderFile>(
    `select file, digest, changed_ms as "changedMs", kept_by as "keptBy" from folder_files where tenant_id = $1`,
    [tenant],
  )
}

/** Puts a file there, or its newer content. What another data folder has written later meanwhile stays. */
export async function putFolderFile(
  sql: Sql,
  tenant: string,
  { file, digest, changedMs, keptBy, sealed }: FolderFile & { readonly sealed: Buffer },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into folder_files (tenant_id, file, digest, sealed, changed_ms, kept_by, kept_ms) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, file) do update
     set digest = excluded.digest, sealed = excluded.sealed, changed_ms = excluded.changed_ms, kept_by = excluded.kept_by, kept_ms = excluded.kept_ms
     where folder_files.changed_ms <= excluded.changed_ms`,
    [tenant, file, digest, sealed, changedMs, keptBy, nowMs],
  )
}

/** Says that those files of a data folder are still there, and deletes the others of it. Returns how many it deleted. */
export async function confirmFolderFiles(
  sql: Sql,
  tenant: string,
  keptBy: string,
  files: readonly string[],
  nowMs: number,
): Promise<number> {
  await sql.query(
    'update folder_files set kept_ms = $4 where tenant_id = $1 and kept_by = $2 and file = any($3)',
    [tenant, keptBy, files, nowMs],
  )
  const gone = await sql.query(
    'delete from folder_files where tenant_id = $1 and kept_by = $2 and file <> all($3) returning file',
    [tenant, keptBy, files],
  )
  return gone.length
}

export async function readFolderFile(sql: Sql, tenant: string, file: string): Promise<Buffer | undefined> {
  const [row] = await sql.query<{ sealed: Buffer }>(
    'select sealed from folder_files where tenant_id = $1 and file = $2',
    [tenant, file],
  )
  return row?.sealed
}

/** Of each tenant how many files there are, and when one was last put or confirmed; null where there is none. */
export function countFolderFiles(
  sql: Sql,
): Promise<{ readonly tenant: string; readonly files: number; readonly keptMs: number | null }[]> {
  return sql.query(
    `select t.id as tenant, count(f.file) as files, max(f.kept_ms) as "keptMs"
     from tenants t left join folder_files f on f.tenant_id = t.id group by t.id order by t.id`,
  )
}
