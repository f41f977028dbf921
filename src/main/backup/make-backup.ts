import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { filesBelow } from '../../commands/files-below.ts'
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

/** What a Tocsin keeps in files; models that were pulled and the database's own folder aside. */
const backedUpFiles: readonly string[] = [
  'models.yaml',
  'policy.yaml',
  'response.yaml',
  'sign-in.yaml',
  'feeds.yaml',
  'organisation.json',
  'ledger/ledger.ndjson',
  'ledger/data-keys.json',
]
/** Folders that people put files into: what is read there, and nothing else. */
const backedUpFolders: ReadonlyMap<string, RegExp> = new Map([
  ['documents', /\.(md|txt|rst)$/i],
  ['knowledge', /\.json$/],
  ['yara', /\.yara?$/],
])

/** Whether a backup may hold a file of this path below the data folder. */
export function isBackedUp(path: string): boolean {
  const [folder = '', ...rest] = path.split('/')
  if (rest.some(part => ['', '.', '..'].includes(part)) || path.includes('\0')) return false
  return (
    backedUpFiles.includes(path) || (rest.length > 0 && (backedUpFolders.get(folder)?.test(path) ?? false))
  )
}

/** The paths of all files below a data folder that a backup holds. */
function filesToBackUp(dataDir: string): string[] {
  const below = [...backedUpFolders].flatMap(([folder, wanted]) => {
    const path = join(dataDir, folder)
    return existsSync(path) ? filesBelow(path, name => wanted.test(name)) : []
  })
  return [...backedUpFiles, ...below.map(path => relative(dataDir, path))]
}

/** A record of the archive has an end. */
const largestFile = 128 * 1024 * 1024

export const archiveKeyContext = 'key of a backup'

/**
 * Writes every row as of one moment, while others go on writing. The archive's key is wrapped by the master key:
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
