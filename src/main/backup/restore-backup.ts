import { rm } from 'node:fs/promises'
import { executeJob } from '../../domain/job-kinds.ts'
import { checkLedger } from '../../governance/check-ledger.ts'
import { appendEntries, openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, Transaction } from '../../lib/database.ts'
import { removeJobs } from '../../queue/jobs.ts'
import {
  type BackupTable,
  listBackupTables,
  readRows,
  schemaIsEmpty,
  setCounter,
  writeRows,
} from '../../store/backup-tables.ts'
import { migrate, migrateIn } from '../../store/migrate.ts'
import { withdrawUndecided } from '../../store/proposals.ts'
import { countFiles } from '../../store/stored-objects.ts'
import { remakeTenantRoles, type TenantSignIn } from '../../store/tenants.ts'
import type { OpenArchive } from './archive.ts'
import { restoreFile } from './backed-up-files.ts'
import type { BackupSummary } from './make-backup.ts'
import { readBackup } from './read-backup.ts'
import { linesOf } from './row-lines.ts'

export interface RestoreOptions {
  /** Must be empty. */
  readonly database: Database
  /** Tenants share a server: there is none where the database is embedded. */
  readonly kind: 'embedded' | 'server'
  readonly newPassword: () => string
  readonly dataDir: string
  readonly archive: OpenArchive
  readonly key: Uint8Array
  readonly clock: Clock
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

export interface RestoreSummary extends BackupSummary {
  /** Rows that were read back from the new place and held against the backup, one by one. */
  readonly compared: number
  /** Entries of the ledger whose chain was recomputed. */
  readonly ledger: number
  /** Response proposals that were on their way: carried out or not since the backup, nobody here can tell. */
  readonly withdrawn: number
  /** As which the processes of each tenant sign in here. */
  readonly tenants: readonly TenantSignIn[]
  /** Files whose bytes lie in an object store, which no backup holds. */
  readonly objects: number
  /** What the schema got since the backup was made. */
  readonly migrations: readonly string[]
}

/**
 * Puts a backup into an empty database: all rows in one transaction, each then read back and compared, or none. Tenants get
 * their roles, rights and row security in the same transaction: at no time can a process of one reach another's rows.
 * Throws `not-empty`, `schema-too-new`, `restore-differs`, `no-right-to-create-roles`, and what reading a damaged backup throws.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreSummary> {
  const { database, archive, key, clock, say } = options
  if (!(await schemaIsEmpty(database)))
    throw new AppError(
      'not-empty',
      'the database is not empty, and a restore never overwrites: name another data folder (TOCSIN_DATA) or database (DATABASE_URL)',
    )
  const written: string[] = []
  const loaded = await database
    .transaction(async sql => {
      await makeSchema(sql, options)
      const summary = await load(sql, options, written)
      say(`${summary.rows} rows of ${summary.tables} tables are in; comparing`)
      const compared = await compare(sql, archive, key)
      const withdrawn = await holdActions(sql, clock.now())
      const tenants = await remakeTenantRoles(sql, options.newPassword)
      if (tenants.length > 0 && options.kind === 'embedded')
        throw new AppError(
          'bad-usage',
          `this backup is of ${tenants.length} tenants, which share a PostgreSQL server: set DATABASE_URL. The embedded database is one organisation's`,
        )
      return { ...summary, compared, withdrawn, tenants }
    })
    .catch(async error => {
      // Else the settings of a backup that was refused would stand before those of the next one.
      for (const path of written) await rm(path, { force: true })
      throw error
    })
  const migrations = await migrate(database)
  const { verified, firstBadSeq } = await checkLedger(
    openDatabaseLedger(database, clock),
    Number.MAX_SAFE_INTEGER,
    options.signal,
  )
  if (firstBadSeq !== null)
    throw new AppError('ledger-broken', `the ledger in this backup does not verify at entry ${firstBadSeq}`)
  const { inStore: objects } = await countFiles(database)
  if (objects > 0)
    say(
      `files that lie in an object store: ${objects}. No backup holds them: before the first start set TOCSIN_FILES to a copy of that bucket. On the bucket itself this Tocsin would delete what the first one still needs`,
    )
  return { ...loaded, ledger: verified, objects, migrations }
}

/** The schema as it was when the backup was made: rows of then fit no other. */
async function makeSchema(sql: Transaction, { archive, key }: RestoreOptions): Promise<void> {
  for await (const record of archive.records(key)) {
    if (record.kind !== 'manifest') break
    await migrateIn(sql, record.migrations)
    return
  }
  throw new AppError('backup-damaged', 'the backup is damaged: it does not start with its manifest')
}

async function load(sql: Transaction, options: RestoreOptions, written: string[]): Promise<BackupSummary> {
  const tables = new Map((await listBackupTables(sql)).map(table => [table.name, table]))
  const counters: { name: string; value: number }[] = []
  const summary = await readBackup(options.archive, options.key, {
    async manifest(manifest) {
      counters.push(...manifest.counters)
    },
    async table(table, rows) {
      options.signal.throwIfAborted()
      const here = tables.get(table.name)
      if (here === undefined || here.columns.join() !== table.columns.join())
        throw new AppError(
          'backup-damaged',
          `the table ${table.name} has other columns here than in the backup`,
        )
      // The schema's own list of what was applied was written when the schema was made.
      if (table.name === 'migrations') for await (const _ of rows);
      else await writeRows(sql, here, rows)
    },
    async file({ path, content }) {
      const made = await restoreFile(options, path, Buffer.from(content, 'base64'))
      if (made !== undefined) written.push(made)
    },
  })
  for (const { name, value } of counters) await setCounter(sql, name, value)
  return summary
}

/** Reads every row back in the same order and holds it against the archive's. */
async function compare(sql: Transaction, archive: OpenArchive, key: Uint8Array): Promise<number> {
  let compared = 0
  await readBackup(archive, key, {
    async manifest() {},
    async table(table, rows) {
      if (table.name !== 'migrations') compared += await compareTable(sql, table, rows)
      else for await (const _ of rows);
    },
    async file() {},
  })
  return compared
}

async function compareTable(
  sql: Transaction,
  table: BackupTable,
  rows: AsyncIterable<Buffer>,
): Promise<number> {
  const here = linesOf(readRows(sql, table))[Symbol.asyncIterator]()
  let row = 0
  for await (const line of linesOf(rows)) {
    row++
    const found = await here.next()
    if (found.done || found.value !== line) throw differs(table.name, row)
  }
  if (!(await here.next()).done) throw differs(table.name, row + 1)
  return row
}

const differs = (table: string, row: number) =>
  new AppError(
    'restore-differs',
    `row ${row} of the table ${table} came out other than it went in; nothing was kept`,
  )

/** What was approved before the backup may have been carried out after it: it must be asked for anew. */
async function holdActions(sql: Transaction, nowMs: number): Promise<number> {
  await removeJobs(sql, executeJob)
  const withdrawn = await withdrawUndecided(
    sql,
    'a backup was restored: whether this was carried out since then is not known here',
    nowMs,
  )
  await appendEntries(
    sql,
    [
      {
        kind: 'note',
        tenant: '',
        actor: 'user:command-line',
        subject: 'restore',
        body: { text: 'restored from a backup', withdrawn_proposals: withdrawn },
      },
    ],
    nowMs,
  )
  return withdrawn
}
