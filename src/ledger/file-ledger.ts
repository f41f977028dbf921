import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '../lib/app-error.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import { isErrno, withFileLock } from '../lib/file-lock.ts'
import { chainEntries, emptyChain, type LedgerEntry, openingDraft } from './entry.ts'
import type { Ledger } from './ledger.ts'
import { parseExportLine } from './parse-export.ts'

/**
 * A ledger in one NDJSON file, for the commands that work without a server. Several processes may append: a lock
 * file orders them. A last line that was cut by a crash was never acknowledged, and is dropped by the next append.
 */
export function openFileLedger(path: string, clock: Clock): Ledger {
  return {
    async append(drafts, signal) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const append = async () => {
        const file = await open(path, 'a+', 0o600)
        try {
          const tail = await readTail(file)
          await file.truncate(tail.endBytes)
          const opening = tail.last ? [] : [openingDraft()]
          const entries = chainEntries(tail.last ?? emptyChain, [...opening, ...drafts], clock.now())
          await file.appendFile(entries.map(entry => `${canonicalJson(entry)}\n`).join(''))
          await file.datasync()
          return entries.slice(opening.length)
        } finally {
          await file.close()
        }
      }
      return withFileLock(`${path}.lock`, append, { waitMs: 30_000, ...(signal ? { signal } : {}) })
    },
    async *read({ fromSeq, toSeq }) {
      for await (const entry of readEntries(path, fromSeq)) {
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

async function* readEntries(path: string, fromSeq: number): AsyncGenerator<LedgerEntry> {
  const stream = createReadStream(path)
  let number = 0
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      if (seqOf(line) < fromSeq) continue
      const parsed = parseExportLine(line)
      if (parsed.kind === 'entry') yield parsed.entry
      else if (line.trim() !== '') throw damaged(path, `line ${number}`)
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  } finally {
    stream.destroy()
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
