import { type Duplex, pipeline, Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'
import { openStream, sealStream } from '../../lib/sealed-stream.ts'
import type { BackupPlace } from './backup-place.ts'

// A backup is one file, or one object of a store: a line of JSON that anybody may read (what it is, and the archive's own key wrapped by the
// master key), then records, compressed and sealed. A record is a kind (8 bits), a length (32 bits) and its content.

const headSchema = z.object({
  format: z.literal('tocsin-backup'),
  version: z.literal(1),
  made_at: z.iso.datetime(),
  tocsin: z.string(),
  /** The archive's key, sealed by the master key; base64. */
  key: z.base64(),
})
export type ArchiveHead = z.infer<typeof headSchema>

const tableSchema = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  order: z.array(z.string()),
})
const endSchema = z.object({ rows: z.number(), bytes: z.number(), sha256: z.string() })
const manifestSchema = z.object({
  migrations: z.array(z.string()),
  database: z.string(),
  left_out: z.array(z.string()),
  counters: z.array(z.object({ name: z.string(), value: z.number() })),
})
const fileSchema = z.object({ path: z.string(), content: z.base64() })
const closingSchema = z.object({ tables: z.number(), rows: z.number(), files: z.number() })

/** A record of the archive. `rows` holds lines of COPY's text form, cut anywhere. */
export type ArchiveRecord =
  | ({ readonly kind: 'manifest' } & z.infer<typeof manifestSchema>)
  | ({ readonly kind: 'table' } & z.infer<typeof tableSchema>)
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | ({ readonly kind: 'table-end' } & z.infer<typeof endSchema>)
  | ({ readonly kind: 'file' } & z.infer<typeof fileSchema>)
  | ({ readonly kind: 'end' } & z.infer<typeof closingSchema>)

const schemas = {
  manifest: manifestSchema,
  table: tableSchema,
  'table-end': endSchema,
  file: fileSchema,
  end: closingSchema,
} as const
const kinds = ['manifest', 'table', 'rows', 'table-end', 'file', 'end'] as const
const context = 'backup'
const largestRecord = 256 * 1024 * 1024

/** Writes the archive whole; one that is there already stays as it is. */
export function writeArchive(
  place: BackupPlace,
  head: ArchiveHead,
  key: Uint8Array,
  records: AsyncIterable<ArchiveRecord>,
): Promise<void> {
  return place.write(bytesOf(head, key, records))
}

async function* bytesOf(
  head: ArchiveHead,
  key: Uint8Array,
  records: AsyncIterable<ArchiveRecord>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(head)}\n`)
  yield* sealStream(key, through(encode(records), createGzip({ level: 4 })), context)
}

/** What comes out of `transform`; an error of the source ends it too. */
function through<Transform extends Duplex>(source: AsyncIterable<Buffer>, transform: Transform): Transform {
  pipeline(Readable.from(source), transform, () => {}) // The error is thrown where the result is read.
  return transform
}

async function* encode(records: AsyncIterable<ArchiveRecord>): AsyncGenerator<Buffer> {
  for await (const record of records) {
    const { kind, ...content } = record
    const bytes = record.kind === 'rows' ? record.bytes : Buffer.from(JSON.stringify(content))
    const start = Buffer.alloc(5)
    start.writeUInt8(kinds.indexOf(kind))
    start.writeUInt32BE(bytes.length, 1)
    yield Buffer.concat([start, bytes])
  }
}

export interface OpenArchive {
  readonly head: ArchiveHead
  /** The records again, from the first on, each time it is called. Throws `cannot-open` where bytes were changed. */
  records(key: Uint8Array): AsyncIterable<ArchiveRecord>
}

/** Reads the first line. Throws `unreadable-input` for what is not a backup, and what the place throws. */
export async function openArchive(place: BackupPlace): Promise<OpenArchive> {
  const line = await firstLine(place)
  let head: ArchiveHead
  try {
    head = headSchema.parse(JSON.parse(line.toString('utf8')))
  } catch (error) {
    throw new AppError('unreadable-input', `${place.name} is not a backup of this version of Tocsin`, {
      cause: error,
    })
  }
  const sealed = () => behind(place.read(), line.length + 1)
  return {
    head,
    records: key => decode(through(openStream(key, sealed(), context), createGunzip())),
  }
}

const longestHead = 4096

async function firstLine(place: BackupPlace): Promise<Buffer> {
  let held = Buffer.alloc(0)
  for await (const chunk of place.read()) {
    held = Buffer.concat([held, chunk])
    const end = held.subarray(0, longestHead).indexOf(0x0a)
    if (end >= 0) return held.subarray(0, end)
    if (held.length >= longestHead) break
  }
  return Buffer.alloc(0)
}

/** All but the first `count` bytes. */
async function* behind(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveRecord> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    let from = 0
    while (held.length - from >= 5) {
      const length = held.readUInt32BE(from + 1)
      if (length > largestRecord)
        throw new AppError('cannot-open', 'the backup holds a record that is too large')
      if (held.length - from < 5 + length) break
      yield recordOf(held.readUInt8(from), held.subarray(from + 5, from + 5 + length))
      from += 5 + length
    }
    held = held.subarray(from)
  }
}

function recordOf(number: number, bytes: Buffer): ArchiveRecord {
  const kind = kinds[number]
  if (kind === undefined) throw new AppError('cannot-open', 'the backup is of a newer version of Tocsin')
  if (kind === 'rows') return { kind, bytes }
  // The schema belongs to the kind: the pair is one member of the union.
  return { kind, ...schemas[kind].parse(JSON.parse(bytes.toString('utf8'))) } as ArchiveRecord
}
