import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import type { Database, Sql } from '../lib/database.ts'
import { guardTables } from './tenants.ts'

const folder = join(import.meta.dirname, 'migrations')
/** Any number, the same in every process: the advisory lock that makes them take turns. */
const lockNumber = 7411_0001

/** The names of all migrations that this version knows, in the order in which they run. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
}

/**
 * Brings the schema up to date; returns the names of the migrations that it applied. Files in `migrations/` run in
 * the order of their names, each once. All in one transaction under an advisory lock: several processes may start at
 * once, and a migration that fails leaves nothing behind. Throws `schema-too-new` when the database has a migration
 * that this version does not know: an older Tocsin must not write to a newer schema.
 */
export function migrate(database: Database): Promise<string[]> {
  return database.transaction(async sql => {
    const applied = await migrateIn(sql)
    // A new table is guarded in the transaction that makes it.
    if (applied.length > 0) await guardTables(sql)
    return applied
  })
}

/**
 * The same in the caller's transaction. `only`: no more than these, for a backup of an older version, which is brought
 * up to date after its rows are in.
 */
export async function migrateIn(sql: Sql, only?: readonly string[]): Promise<string[]> {
  await sql.query('select pg_advisory_xact_lock($1)', [lockNumber])
  await sql.query(
    'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
  )
  const missing = (await missingIn(sql, only)).filter(name => only?.includes(name) ?? true)
  if (missing.length > 0) await letBatchesEnd(sql)
  for (const name of missing) {
    await sql.query(await readFile(join(folder, name), 'utf8'))
    await sql.query('insert into migrations (name) values ($1)', [name])
  }
  return missing
}

/**
 * Batches of alerts take their turn first of all (`takeGroupingTurn`): here it is taken before any other table is, so that a
 * batch and a migration never hold what the other one waits for.
 */
async function letBatchesEnd(sql: Sql): Promise<void> {
  const [turns] = await sql.query<{ there: boolean }>(
    `select to_regclass('grouping_epoch') is not null as there`,
  )
  if (turns?.there) await sql.query('lock table grouping_epoch in share row exclusive mode')
}

/** The migrations that a start of this version would apply; changes nothing. Throws `schema-too-new` as `migrate` does. */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const [there] = await sql.query(`select from pg_tables where tablename = 'migrations'`)
  return there === undefined ? migrationNames() : missingIn(sql)
}

async function missingIn(sql: Sql, wanted: readonly string[] = []): Promise<string[]> {
  const files = await migrationNames()
  const rows = await sql.query<{ name: string }>('select name from migrations')
  const applied = new Set(rows.map(row => row.name))
  const unknown = [...applied, ...wanted].filter(name => !files.includes(name))
  if (unknown.length > 0) {
    throw new AppError(
      'schema-too-new',
      `the database has migrations that this version does not know (${unknown.join(', ')}): run the newer Tocsin, or restore a backup`,
    )
  }
  return files.filter(name => !applied.has(name))
}
