import type { Sql, Transaction } from '../lib/database.ts'

// What there is to know about files in an object store. The rows that name them are those of `keepers`.

/** Tables with files: where their bytes are, and where the name of the object that holds them instead is. */
export const keepers = [
  { table: 'mail_messages', kind: 'mail', bytes: 'raw', object: 'raw_object' },
  { table: 'chat_files', kind: 'chat', bytes: 'bytes', object: 'bytes_object' },
  { table: 'rule_draft_samples', kind: 'sample', bytes: 'bytes', object: 'bytes_object' },
] as const
export type KeeperKind = (typeof keepers)[number]['kind']

/** Notes an object before it is put: it is looked at again at `lookMs`, and deleted where no row names it by then. */
export async function noteObject(sql: Sql, tenant: string, object: string, lookMs: number): Promise<void> {
  await sql.query(
    `insert into stored_objects (object, tenant_id, look_ms) values ($1, $2, $3)
     on conflict (object) do update set look_ms = greatest(stored_objects.look_ms, excluded.look_ms)`,
    [object, tenant, lookMs],
  )
}

/** Locks one object that is due, for the rest of the transaction; whoever wants to put it again waits. */
export async function lockDueObject(sql: Transaction, nowMs: number): Promise<string | undefined> {
  const [row] = await sql.query<{ object: string }>(
    'select object from stored_objects where look_ms <= $1 order by look_ms, object limit 1 for update skip locked',
    [nowMs],
  )
  return row?.object
}

/** Whether any row names the object: then its bytes are still wanted. */
export async function isNamed(sql: Sql, object: string): Promise<boolean> {
  const [row] = await sql.query<{ named: boolean }>(
    `select ${keepers.map(({ table, object: column }) => `exists (select from ${table} where ${column} = $1)`).join(' or ')} as named`,
    [object],
  )
  return row?.named ?? true
}

export async function forgetObject(sql: Sql, object: string): Promise<void> {
  await sql.query('delete from stored_objects where object = $1', [object])
}

/** Files whose bytes are in their rows still, a few. */
export async function filesInRows(
  sql: Sql,
  kind: KeeperKind,
  limit: number,
): Promise<{ readonly tenant: string; readonly sha256: string; readonly bytes: Buffer }[]> {
  const { table, bytes } = keeperOf(kind)
  return sql.query(
    `select tenant_id as tenant, sha256, ${bytes} as bytes from ${table} where ${bytes} is not null limit $1`,
    [limit],
  )
}

/** Takes the bytes out of the rows with this content, and names the object that has them. */
export async function pointToObject(
  sql: Sql,
  kind: KeeperKind,
  tenant: string,
  sha256: string,
  object: string,
): Promise<void> {
  const { table, bytes, object: column } = keeperOf(kind)
  const size = kind === 'mail' ? '' : `, size_bytes = octet_length(${bytes})`
  await sql.query(
    `update ${table} set ${column} = $3, ${bytes} = null${size} where tenant_id = $1 and sha256 = $2 and ${bytes} is not null`,
    [tenant, sha256, object],
  )
}

function keeperOf(kind: KeeperKind) {
  const found = keepers.find(each => each.kind === kind)
  if (found === undefined) throw new Error(`no table keeps files of kind ${kind}`)
  return found
}

/** How many files are where. */
export async function countFiles(sql: Sql): Promise<{ readonly inRows: number; readonly inStore: number }> {
  const [row] = await sql.query<{ inRows: number; inStore: number }>(
    `select ${keepers.map(each => `(select count(*) from ${each.table} where ${each.bytes} is not null)`).join(' + ')} as "inRows",
       ${keepers.map(each => `(select count(*) from ${each.table} where ${each.object} is not null)`).join(' + ')} as "inStore"`,
  )
  return row ?? { inRows: 0, inStore: 0 }
}
