import { inflateRawSync } from 'node:zlib'
import { mailLimits } from '../limits.ts'

/** One entry of a ZIP archive, from its central directory. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly encrypted: boolean
  readonly packedBytes: number
  /** As claimed: a bomb may lie. */
  readonly unpackedBytes: number
  readonly headerOffset: number
}

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50

/** The entries of an archive (APPNOTE 4.3.12), at most `mailLimits.archiveEntries`; `undefined` where there is no directory. */
export function listZip(bytes: Buffer): { entries: ZipEntry[]; truncated: boolean } | undefined {
  const end = findEnd(bytes)
  if (end === -1) return undefined
  const entries: ZipEntry[] = []
  const total = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === centralSignature) {
    if (entries.length >= mailLimits.archiveEntries) return { entries, truncated: true }
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.subarray(at + 46, at + 46 + nameLength)
    const flags = bytes.readUInt16LE(at + 8)
    entries.push({
      name: name.toString((flags & 0x800) !== 0 ? 'utf8' : 'latin1'),
      method: bytes.readUInt16LE(at + 10),
      encrypted: (flags & 1) !== 0,
      packedBytes: bytes.readUInt32LE(at + 20),
      unpackedBytes: bytes.readUInt32LE(at + 24),
      headerOffset: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return { entries, truncated: entries.length < total }
}

function findEnd(bytes: Buffer): number {
  const last = Math.max(0, bytes.length - 65_557)
  for (let at = bytes.length - 22; at >= last; at--) if (bytes.readUInt32LE(at) === endSignature) return at
  return -1
}

/** What became of unpacking one entry. */
export type Unpacked =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'unreadable' }

/** Unpacks one entry, never more than `limitBytes`, whatever the archive claims. */
export function unpackEntry(bytes: Buffer, entry: ZipEntry, limitBytes: number): Unpacked {
  const at = entry.headerOffset
  if (entry.encrypted || at + 30 > bytes.length || bytes.readUInt32LE(at) !== localSignature)
    return { kind: 'unreadable' }
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  const packed = bytes.subarray(start, start + entry.packedBytes)
  if (entry.method === 0)
    return packed.length > limitBytes ? { kind: 'too-large' } : { kind: 'bytes', bytes: packed }
  if (entry.method !== 8) return { kind: 'unreadable' }
  try {
    return { kind: 'bytes', bytes: inflateRawSync(packed, { maxOutputLength: limitBytes }) }
  } catch (error) {
    const tooLarge =
      error instanceof RangeError ||
      (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
    return { kind: tooLarge ? 'too-large' : 'unreadable' }
  }
}
