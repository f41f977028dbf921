import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { appendEntries } from '../../ledger/database-ledger.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Database, Transaction } from '../../lib/database.ts'
import { isErrno } from '../../lib/file-lock.ts'
import { seal } from '../../lib/sealed-box.ts'
import {
  type BackupTable,
  leftOutTables,
  listBackupTables,
  readCounters,
  readRows,
} from '../../store/backup-tables.ts'
import { type ArchiveRecord, writeArchive } from './archive.ts'
import { filesToBackUp } from './backed-up-files.ts'
import type { BackupPlace } from './backup-place.ts'
import { RowTally } from './row-lines.ts'

/** What was written, or found in an archive. */
export interface BackupSummary {
  readonly tables: number
  readonly rows: number
  readonly files: number
}

export interface BackupOptions {
  readonly database: Database
  readonly dataDir: string
  readonly place: BackupPlace
  readonly masterKey: Buffer
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** A record of the archive has an end. */
const largestFile = 128 * 1024 * 1024

export const archiveKeyContext = 'key of a backup'

/**
 * Writes every row as of one moment, while others go on writing, and a note of it to the ledger. The archive's key is wrapped by the master key:
 * without that no row can be read.
 */
export async function makeBackup(options: BackupOptions): Promise<BackupSummary> {
  const key = randomBytes(32)
  const head = {
    format: 'tocsin-backup',
    version: 1,
    made_at: new Date(options.nowMs).toISOString(),
    tocsin: packageJson.version,
    key: seal(options.masterKey, key, archiveKeyContext).toString('base64'),
  } as const
  const summary = { tables: 0, rows: 0, files: 0 }
  await options.database.transaction(
    sql => writeArchive(options.place, head, key, recordsOf(sql, options, summary)),
    { reads: 'snapshot' },
  )
  // After the snapshot, so that no backup speaks of itself; only now is it whole.
  const { tables, rows, files } = summary
  const body = { text: 'a backup was written', tables, rows, files }
  const note = { kind: 'note', tenant: '', actor: 'user:command-line', subject: 'backup', body } as const
  await options.database.transaction(sql => appendEntries(sql, [note], options.nowMs))
  return summary
}

async function* recordsOf(
  sql: Transaction,
  options: BackupOptions,
  summary: { tables: number; rows: number; files: number },
): AsyncGenerator<ArchiveRecord> {
  const tables = await listBackupTables(sql)
  const migrations = await sql.query<{ name: string }>('select name from migrations order by name')
  const [server] = await sql.query<{ version: string }>(`select current_setting('server_version') as version`)
  yield {
    kind: 'manifest',
    migrations: migrations.map(({ name }) => name),
    database: `PostgreSQL ${server?.version}`,
    left_out: [...leftOutTables],
    counters: await readCounters(sql),
  }
  for (const table of tables) {
    options.signal.throwIfAborted()
    summary.rows += yield* tableRecords(sql, table)
    summary.tables++
  }
  for (const path of filesToBackUp(options.dataDir)) {
    const content = await readFile(join(options.dataDir, path)).catch(error => {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    })
    if (content === undefined) continue
    if (content.length > largestFile)
      throw new AppError(
        'unreadable-input',
        `${path} in ${options.dataDir} is too large for a backup: move it elsewhere`,
      )
    yield { kind: 'file', path, content: content.toString('base64') }
    summary.files++
  }
  yield { kind: 'end', ...summary }
}

async function* tableRecords(sql: Transaction, table: BackupTable): AsyncGenerator<ArchiveRecord, number> {
  const { name, columns, order } = table
  yield { kind: 'table', name, columns: [...columns], order: [...order] }
  const tally = new RowTally()
  for await (const bytes of readRows(sql, table)) {
    tally.add(bytes)
    yield { kind: 'rows', bytes }
  }
  yield { kind: 'table-end', rows: tally.rows, bytes: tally.bytes, sha256: tally.digest() }
  return tally.rows
}
