import { AppError } from '../lib/app-error.ts'
import type { Sql, Transaction } from '../lib/database.ts'

/** One table as a backup sees it. */
export interface BackupTable {
  readonly name: string
  /** In the order of the table; columns that the database computes are left out. */
  readonly columns: readonly string[]
  /** Columns by which rows are put in order: the primary key. */
  readonly order: readonly string[]
}

/** What belongs to running processes and browsers, not to the record: a restored Tocsin makes its own. */
export const leftOutTables: readonly string[] = ['leases', 'sessions', 'stored_objects']

/** All tables of the schema but those, each behind the ones that it refers to. */
export async function listBackupTables(sql: Sql): Promise<BackupTable[]> {
  const tables = await sql.query<BackupTable>(
    `select c.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select array_agg(a.attname::text order by k.place) from pg_index i,
          unnest(i.indkey) with ordinality as k (attnum, place)
        join pg_attribute a on a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid) as "order"
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> all($1)
     order by c.relname`,
    [leftOutTables],
  )
  const keyless = tables.find(table => table.order === null)
  if (keyless) throw new AppError('no-primary-key', `the table ${keyless.name} has no primary key`)
  return behindReferred(tables, await readReferences(sql))
}

interface Reference {
  readonly from: string
  readonly to: string
}

function readReferences(sql: Sql): Promise<Reference[]> {
  return sql.query(
    `select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
     where contype = 'f' and conrelid <> confrelid and connamespace = 'public'::regnamespace`,
  )
}

function behindReferred(tables: readonly BackupTable[], references: readonly Reference[]): BackupTable[] {
  const byName = new Map(tables.map(table => [table.name, table]))
  const ordered = new Set<BackupTable>()
  const visit = (table: BackupTable): void => {
    for (const { from, to } of references) {
      const referred = byName.get(to)
      if (from === table.name && referred && !ordered.has(referred)) visit(referred)
    }
    ordered.add(table)
  }
  for (const table of tables) visit(table)
  return [...ordered]
}

/**
 * The rows of a table in the order of its primary key, in COPY's text form: one line a row, the same bytes on every
 * server of PostgreSQL 15 to 18.
 */
export function readRows(sql: Transaction, table: BackupTable): AsyncIterable<Buffer> {
  const order = table.order.map(name => `t.${quoted(name)}::text collate "C"`).join(', ')
  const columns = table.columns.map(name => `t.${quoted(name)}`).join(', ')
  return sql.copyOut(`copy (select ${columns} from ${quoted(table.name)} t order by ${order}) to stdout`)
}

/** Puts lines of that form into a table. */
export function writeRows(
  sql: Transaction,
  table: BackupTable,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  return sql.copyIn(`copy ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) from stdin`, chunks)
}

/** Where the database's counters stand. */
export function readCounters(sql: Sql): Promise<{ name: string; value: number }[]> {
  return sql.query(
    `select sequencename as name, last_value as value from pg_sequences
     where schemaname = 'public' and last_value is not null order by sequencename`,
  )
}

export async function setCounter(sql: Sql, name: string, value: number): Promise<void> {
  await sql.query('select setval($1::regclass, $2)', [quoted(name), value])
}

/** Whether there is nothing at all in the schema. */
export async function schemaIsEmpty(sql: Sql): Promise<boolean> {
  const rows = await sql.query(`select from pg_class where relnamespace = 'public'::regnamespace limit 1`)
  return rows.length === 0
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
