import { AppError } from '../../lib/app-error.ts'
import { open } from '../../lib/sealed-box.ts'
import type { ArchiveRecord, OpenArchive } from './archive.ts'
import { archiveKeyContext, type BackupSummary } from './make-backup.ts'
import { RowTally } from './row-lines.ts'

type RecordOf<Kind extends ArchiveRecord['kind']> = Extract<ArchiveRecord, { kind: Kind }>

/** What is done with each part of an archive, in the order in which it comes. */
export interface BackupReader {
  manifest(manifest: RecordOf<'manifest'>): Promise<void>
  /** Reads `rows` to the end. */
  table(table: RecordOf<'table'>, rows: AsyncIterable<Buffer>): Promise<void>
  file(file: RecordOf<'file'>): Promise<void>
}

/** Throws `cannot-open` when the master key is not the one that the backup was made under. */
export function archiveKey(archive: OpenArchive, masterKey: Uint8Array): Buffer {
  try {
    return open(masterKey, Buffer.from(archive.head.key, 'base64'), archiveKeyContext)
  } catch (error) {
    throw new AppError(
      'cannot-open',
      'this backup was made under another master key: give its file of keys with --keys, or set TOCSIN_MASTER_KEY to the one of then',
      { cause: error },
    )
  }
}

/** Reads a whole archive and checks every count and digest in it. Throws `backup-damaged` or `cannot-open`. */
export async function readBackup(
  archive: OpenArchive,
  key: Uint8Array,
  reader: BackupReader,
): Promise<BackupSummary> {
  const records = archive.records(key)[Symbol.asyncIterator]()
  const next = async (): Promise<ArchiveRecord> => {
    const step = await records.next()
    if (step.done) throw damaged('it ends too early')
    return step.value
  }
  const first = await next()
  if (first.kind !== 'manifest') throw damaged('it does not start with its manifest')
  await reader.manifest(first)
  const found = { tables: 0, rows: 0, files: 0 }
  for (let record = await next(); ; record = await next()) {
    if (record.kind === 'table') {
      found.rows += await readTable(record, next, reader)
      found.tables++
    } else if (record.kind === 'file') {
      await reader.file(record)
      found.files++
    } else if (record.kind === 'end') {
      const { tables, rows, files } = record
      if (tables !== found.tables || rows !== found.rows || files !== found.files)
        throw damaged('it holds another number of rows than it says')
      if (!(await records.next()).done) throw damaged('it goes on behind its end')
      return found
    } else throw damaged(`a record of the kind ${record.kind} stands where none belongs`)
  }
}

async function readTable(
  table: RecordOf<'table'>,
  next: () => Promise<ArchiveRecord>,
  reader: BackupReader,
): Promise<number> {
  const tally = new RowTally()
  let end: RecordOf<'table-end'> | undefined
  const rows = async function* (): AsyncGenerator<Buffer> {
    while (end === undefined) {
      const record = await next()
      if (record.kind === 'rows') {
        tally.add(record.bytes)
        yield record.bytes
      } else if (record.kind === 'table-end') end = record
      else throw damaged(`the table ${table.name} has no end`)
    }
  }
  await reader.table(table, rows())
  if (end === undefined) throw damaged(`the table ${table.name} was not read to its end`)
  if (end.rows !== tally.rows || end.sha256 !== tally.digest())
    throw damaged(`the rows of the table ${table.name} are not those that were written`)
  return tally.rows
}

const damaged = (what: string) => new AppError('backup-damaged', `the backup is damaged: ${what}`)
