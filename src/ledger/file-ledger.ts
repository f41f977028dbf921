import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '../lib/app-error.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import { isErrno, withFileLock } from '../lib/file-lock.ts'
import { chainEntries, emptyChain, type LedgerDraft, type LedgerEntry, openingDraft } from './entry.ts'
import { groupAppends } from './group-appends.ts'
import type { Ledger } from './ledger.ts'
import { parseExportLine } from './parse-export.ts'

/**
 * A ledger in one NDJSON file, for the commands that work without a server. Several processes may append: a lock
 * file orders them. A last line that was cut by a crash was never acknowledged, and is dropped by the next append.
 */
export function openFileLedger(path: string, clock: Clock): Ledger {
  const places = rememberPlaces()
  return {
    append: groupAppends(async (drafts, signal) => {
      if (places.tail === undefined) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      return withFileLock(`${path}.lock`, () => appendTo(path, drafts, places, clock), {
        waitMs: 30_000,
        ...(signal ? { signal } : {}),
      })
    }),
    async *read({ fromSeq, toSeq }) {
      for await (const entry of readEntries(path, fromSeq, places)) {
        if (entry.seq > toSeq) return
        if (entry.seq >= fromSeq) yield entry
      }
    },
    async last() {
      try {
        const file = await open(path, 'r')
        try {
          return (await readTail(file)).last
        } finally {
          await file.close()
        }
      } catch (error) {
        if (isErrno(error, 'ENOENT')) return undefined
        throw error
      }
    },
  }
}

/** What this process knows of the file, so that it need not read it again: it only grows. */
interface Places {
  /** The last entry that this process wrote, the size of the file then, and which file it was. */
  tail: { readonly last: LedgerEntry; readonly endBytes: number; readonly inode: number } | undefined
  /** How far the file has been read: the entry, the byte behind it, and which file it was. */
  read: { readonly seq: number; readonly endBytes: number; readonly inode: number }
}

function rememberPlaces(): Places {
  return { tail: undefined, read: { seq: 0, endBytes: 0, inode: 0 } }
}

/** Under the lock. Leaves nothing behind where it fails. */
async function appendTo(
  path: string,
  drafts: readonly LedgerDraft[],
  places: Places,
  clock: Clock,
): Promise<readonly LedgerEntry[]> {
  const file = await open(path, 'a+', 0o600)
  try {
    const { size, ino } = await file.stat()
    const known = places.tail?.inode === ino && places.tail.endBytes === size ? places.tail : undefined
    const tail = known ?? (await readTail(file))
    if (tail.endBytes < size) await file.truncate(tail.endBytes)
    const opening = tail.last ? [] : [openingDraft()]
    const entries = chainEntries(tail.last ?? emptyChain, [...opening, ...drafts], clock.now())
    const bytes = Buffer.from(entries.map(entry => `${canonicalJson(entry)}\n`).join(''))
    places.tail = undefined
    try {
      await file.appendFile(bytes)
      await file.datasync()
    } catch (error) {
      await file.truncate(tail.endBytes)
      throw error
    }
    const last = entries.at(-1)
    if (last) places.tail = { last, endBytes: tail.endBytes + bytes.length, inode: ino }
    return entries.slice(opening.length)
  } finally {
    await file.close()
  }
}

async function* readEntries(path: string, fromSeq: number, places: Places): AsyncGenerator<LedgerEntry> {
  const file = await open(path, 'r').catch(error => {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  })
  if (file === undefined) return
  try {
    const { size, ino: inode } = await file.stat()
    const { read } = places
    // From where an earlier reading ended, where nothing before it is asked for.
    const goesOn = read.inode === inode && read.endBytes <= size && fromSeq > read.seq
    const start = goesOn ? read.endBytes : 0
    const stream = file.createReadStream({ start, autoClose: false })
    let endBytes = start
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      endBytes += Buffer.byteLength(line) + 1
      // A line without its end is being written, or was cut by a crash: it is not acknowledged.
      if (endBytes > start + stream.bytesRead) return
      if (seqOf(line) < fromSeq) continue
      const parsed = parseExportLine(line)
      if (parsed.kind === 'entry') {
        places.read = { seq: parsed.entry.seq, endBytes, inode }
        yield parsed.entry
      } else if (line.trim() !== '') throw damaged(path, `the line that ends at byte ${endBytes}`)
    }
  } finally {
    await file.close()
  }
}

/** The number of an entry as we write it, without parsing the line; infinity where it is written otherwise. */
function seqOf(line: string): number {
  return Number(
    /"seq":(\d{1,15}),"subject":"(?:[^"\\]|\\.)*","tenant":"(?:[^"\\]|\\.)*"\}$/.exec(
      line.slice(-600),
    )?.[1] ?? Number.POSITIVE_INFINITY,
  )
}

/** The last whole entry, and where it ends. Reads backwards: a ledger only grows. */
async function readTail(file: FileHandle): Promise<{ last: LedgerEntry | undefined; endBytes: number }> {
  const { size } = await file.stat()
  for (let window = 64 * 1024; ; window *= 4) {
    const start = Math.max(0, size - window)
    const bytes = Buffer.alloc(size - start)
    await file.read(bytes, 0, bytes.length, start)
    const end = bytes.lastIndexOf(0x0a)
    const before = end > 0 ? bytes.lastIndexOf(0x0a, end - 1) : -1
    if (end < 0 && start === 0) return { last: undefined, endBytes: 0 }
    if (end < 0 || (before < 0 && start > 0)) continue
    const parsed = parseExportLine(bytes.subarray(before + 1, end).toString('utf8'))
    if (parsed.kind !== 'entry' || !parsed.intact) throw damaged('the ledger file', 'its last line')
    return { last: parsed.entry, endBytes: start + end + 1 }
  }
}

function damaged(path: string, where: string): AppError {
  return new AppError(
    'ledger-damaged',
    `${path}: ${where} is not a ledger entry. Nothing more is written; export it and run 'tocsin audit verify'.`,
  )
}
