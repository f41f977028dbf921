import type { BigIntStats } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { pause } from '../lib/abort.ts'
import { messageOf } from '../lib/app-error.ts'
import { LineSplitter } from './line-splitter.ts'
import type { Source, SourceRecord, SourceState } from './source.ts'

// Follows alerts.json of a Wazuh 4 manager. The manager rotates it at midnight: it renames or links the file to
// alerts/YYYY/Mon/ossec-alerts-DD.json and starts a new one; it may also truncate. A file is known by its inode, and
// by its first bytes, because inodes are used again.

const position = z.object({
  inode: z.string(),
  /** Bytes of finished lines that are stored. */
  offset: z.number().int().min(0),
  /** The first bytes of the file, base64: the same inode with other first bytes is another file. */
  head: z.string(),
})
type Position = z.infer<typeof position>
type Hand = (records: readonly SourceRecord[], reached: Position, before?: Promise<void>) => Promise<void>

export interface AlertsFileOptions {
  readonly path: string
  readonly pollMs: number
  /** Lines handed on at once, at most. */
  readonly batchLines?: number
}

/** Half a second's work: in larger batches a loud case is stored less often (6,000 are 15 % faster than 3,000). */
const defaultBatchLines = 6000
/** Of bytes as many, in lines as long as analysisd lets an event be: two batches of those are all that is held. */
const maxBatchBytes = 16 * 1024 * 1024

const chunkBytes = 1024 * 1024
const headBytes = 256

/** Follows the file from where it was left, a rotated rest included; at the first start from its beginning. */
export function alertsFile(options: AlertsFileOptions): Source {
  return {
    name: 'alerts-file',
    async run(checkpoint, deliver, onState, signal) {
      const known = position.safeParse(checkpoint)
      let at = known.success ? known.data : undefined
      const hand: Hand = async (records, reached, before) => {
        await deliver(records, reached, before)
        at = reached // Where to go on if what follows fails.
      }
      while (!signal.aborted) {
        try {
          at = await followOnce(options, at, hand, onState, signal)
        } catch (error) {
          if (signal.aborted) return
          onState({ kind: 'failing', detail: messageOf(error) })
        }
        await pause(options.pollMs, signal)
      }
    },
  }
}

/** Reads what there is, following the file through a rotation; returns the position reached. */
async function followOnce(
  options: AlertsFileOptions,
  at: Position | undefined,
  hand: Hand,
  onState: (state: SourceState) => void,
  signal: AbortSignal,
): Promise<Position | undefined> {
  const file = await openIfThere(options.path)
  if (file === undefined) {
    onState({ kind: 'waiting', detail: `${options.path} is not there yet` })
    return at
  }
  try {
    const found = await identify(file)
    if (at !== undefined && !isSameFile(at, found)) {
      await finishRotated(options, at, found, hand, signal)
      return await readOn(options, file, { ...found, offset: 0 }, hand, signal, 'growing')
    }
    const start = { ...found, offset: at?.offset ?? 0 }
    const end = await readOn(options, file, start, hand, signal, 'growing')
    onState({ kind: 'connected', detail: `${options.path} read up to byte ${end.offset}` })
    return end
  } finally {
    await file.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

interface Found {
  readonly inode: string
  readonly head: string
  readonly sizeBytes: number
}

async function identify(file: FileHandle): Promise<Found> {
  const stats: BigIntStats = await file.stat({ bigint: true })
  const head = Buffer.alloc(headBytes)
  const { bytesRead } = await file.read(head, 0, headBytes, 0)
  return {
    inode: String(stats.ino),
    head: head.subarray(0, bytesRead).toString('base64'),
    sizeBytes: Number(stats.size),
  }
}

/** A file that grew keeps its first bytes; one that is shorter than what was read has been truncated. */
function isSameFile(at: Position, found: Found): boolean {
  const before = Buffer.from(at.head, 'base64')
  const now = Buffer.from(found.head, 'base64').subarray(0, before.length)
  return at.inode === found.inode && before.equals(now) && found.sizeBytes >= at.offset
}

/**
 * Reads the rest of the file that was followed before, under the name that rotation gave it, and every file that was begun
 * and rotated since: away for days, one misses days. Those are read as they were rotated, the oldest first. Where the
 * file itself is gone, nothing tells which of the others were read.
 */
async function finishRotated(
  options: AlertsFileOptions,
  at: Position,
  current: Found,
  hand: Hand,
  signal: AbortSignal,
): Promise<void> {
  const paths = await rotatedFiles(options.path)
  const missed: string[] = []
  for (const path of paths) {
    if (!(await finishOne(options, path, at, hand, signal))) {
      missed.push(path)
      continue
    }
    for (const between of missed.toReversed()) await readMissed(options, between, current, hand, signal)
    return
  }
}

/** Whether this is the file that was followed; then the rest of it has been read. */
async function finishOne(
  options: AlertsFileOptions,
  path: string,
  at: Position,
  hand: Hand,
  signal: AbortSignal,
): Promise<boolean> {
  if (path.endsWith('.gz')) return finishCompressed(options, path, at, hand, signal)
  const file = await openIfThere(path)
  if (file === undefined) return false
  try {
    if (!isSameFile(at, { ...(await identify(file)), inode: at.inode })) return false
    await readOn(options, file, at, hand, signal, 'finished')
    return true
  } finally {
    await file.close()
  }
}

/** Reads a whole file, but not the one that is followed now: the manager links that under its future name, too. */
async function readMissed(
  options: AlertsFileOptions,
  path: string,
  current: Found,
  hand: Hand,
  signal: AbortSignal,
): Promise<void> {
  const stem = basename(options.path).replace(/\.json$/, '')
  if (!basename(path).startsWith('ossec-alerts-') && !basename(path).startsWith(stem)) return
  const file = await openIfThere(path)
  if (file === undefined) return
  try {
    const found = await identify(file)
    if (found.inode === current.inode || found.sizeBytes === 0) return
    if (!path.endsWith('.gz')) {
      await readOn(options, file, { ...found, offset: 0 }, hand, signal, 'finished')
      return
    }
    const head = await headOfCompressed(file)
    await finishCompressed(options, path, { inode: found.inode, head, offset: 0 }, hand, signal)
  } finally {
    await file.close()
  }
}

async function headOfCompressed(file: FileHandle): Promise<string> {
  let head = Buffer.alloc(0)
  for await (const chunk of inflated(file)) {
    head = Buffer.concat([head, chunk])
    if (head.length >= headBytes) break
  }
  return head.subarray(0, headBytes).toString('base64')
}

/** More than a month of days, or a day of a manager that also rotates by size. */
const mostRotated = 40

/** Files beside the followed one and in Wazuh's folders by year and month, newest first. */
async function rotatedFiles(path: string): Promise<string[]> {
  const folder = dirname(path)
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const candidates = names.filter(
    name => /\.json(\.gz|\.\d+)?$/.test(name) && join(folder, name) !== path && basename(name) !== '',
  )
  const dated = await Promise.all(
    candidates.map(async name => ({
      path: join(folder, name),
      changedMs: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  )
  return dated
    .sort((a, b) => b.changedMs - a.changedMs)
    .slice(0, mostRotated)
    .map(file => file.path)
}

async function finishCompressed(
  options: AlertsFileOptions,
  path: string,
  at: Position,
  hand: Hand,
  signal: AbortSignal,
): Promise<boolean> {
  const file = await openIfThere(path)
  if (file === undefined) return false
  const head = Buffer.from(at.head, 'base64')
  const splitter = new LineSplitter(at.offset)
  let seen = 0
  let first = Buffer.alloc(0)
  const batch = new Batch(options, { ...at }, hand)
  try {
    for await (const bytes of inflated(file)) {
      if (first.length < head.length) {
        first = Buffer.concat([first, bytes.subarray(0, head.length)])
        if (first.length >= head.length && !first.subarray(0, head.length).equals(head)) return false
      }
      const skip = Math.max(0, at.offset - seen)
      seen += bytes.length
      if (bytes.length > skip) await batch.add(splitter.push(bytes.subarray(skip)), splitter.consumed, signal)
    }
    await batch.add(splitter.finish(), splitter.consumed, signal)
    await batch.flush(splitter.consumed)
    return true
  } finally {
    await batch.settle()
    await file.close()
  }
}

/** What was compressed. The file stays open, also where reading ends early: it is the caller's to close. */
async function* inflated(file: FileHandle): AsyncGenerator<Buffer> {
  const source = file.createReadStream({ start: 0, autoClose: false })
  const gunzip = createGunzip()
  source.once('error', error => gunzip.destroy(error))
  try {
    for await (const chunk of source.pipe(gunzip)) yield Buffer.from(chunk)
  } finally {
    source.destroy()
  }
}

/** Reads from a position to the end of the file. `finished`: no more will come, so a last line without end counts. */
async function readOn(
  options: AlertsFileOptions,
  file: FileHandle,
  start: Position,
  hand: Hand,
  signal: AbortSignal,
  mode: 'growing' | 'finished',
): Promise<Position> {
  const splitter = new LineSplitter(start.offset)
  const batch = new Batch(options, start, hand)
  const buffer = Buffer.allocUnsafe(chunkBytes)
  try {
    for (let offset = start.offset; !signal.aborted; ) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, offset)
      if (bytesRead === 0) break
      offset += bytesRead
      // A copy: lines are kept until they are stored, and the buffer is filled again.
      await batch.add(splitter.push(Buffer.from(buffer.subarray(0, bytesRead))), splitter.consumed, signal)
    }
    if (mode === 'finished') await batch.add(splitter.finish(), splitter.consumed, signal)
    await batch.flush(splitter.consumed)
  } finally {
    await batch.settle()
  }
  return { inode: start.inode, head: start.head, offset: splitter.consumed }
}

/**
 * Gathers lines and hands them on by the batch, each with the position after its last line. While one batch is being
 * stored the next is read and handed on: reading, parsing and the database work side by side.
 */
class Batch {
  readonly #options: AlertsFileOptions
  readonly #file: Position
  readonly #hand: Hand
  #lines: { bytes: Buffer; start: number }[] = []
  #bytes = 0
  #inFlight: Promise<void> | undefined

  constructor(options: AlertsFileOptions, file: Position, hand: Hand) {
    this.#options = options
    this.#file = file
    this.#hand = hand
  }

  async add(lines: readonly { bytes: Buffer; start: number }[], consumed: number, signal: AbortSignal) {
    const { batchLines = defaultBatchLines } = this.#options
    for (const [index, line] of lines.entries()) {
      this.#lines.push(line)
      this.#bytes += line.bytes.length
      if (this.#lines.length < batchLines && this.#bytes < maxBatchBytes) continue
      signal.throwIfAborted()
      await this.#give(lines[index + 1]?.start ?? consumed)
    }
  }

  /** Hands on what is left, and resolves when all is stored. */
  async flush(consumed: number) {
    if (this.#lines.length > 0) await this.#give(consumed)
    await this.#inFlight
  }

  /** Lets what is being stored come to its end, whatever it is: nothing of it may go on after the source has stopped. */
  async settle() {
    await this.#inFlight?.catch(() => {})
  }

  async #give(offset: number): Promise<void> {
    const name = basename(this.#options.path)
    const lines = this.#lines
    this.#lines = []
    this.#bytes = 0
    const before = this.#inFlight
    this.#inFlight = this.#hand(
      lines.map(line => ({ bytes: line.bytes, where: `${name} byte ${line.start}` })),
      { inode: this.#file.inode, head: this.#file.head, offset },
      before,
    )
    this.#inFlight.catch(() => {}) // Whoever waits for it next hears of it; until then it is not unhandled.
    await before
  }
}
