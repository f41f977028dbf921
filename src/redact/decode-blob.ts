import { isUtf8 } from 'node:buffer'
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** What an encoded run holds. `strength` tells how sure it is that this is text: `weak` is bytes read as Latin-1. */
export interface DecodedBlob {
  readonly text: string
  readonly compressed: boolean
  readonly strength: 'text' | 'weak'
}

/** Why an encoded run could not be looked into: what cannot be scanned must not leave. */
export type BlobRefusal = 'too-large'

/** Largest unpacked size. A compressed run that holds more is refused and replaced whole. */
const unpackedLimitBytes = 1 << 20

/** Reads bytes as the text they hold: unpacked where compressed, UTF-16 (as PowerShell's `-enc`) or UTF-8. */
export function textOfBytes(bytes: Buffer, maybeRawDeflate: boolean): DecodedBlob | BlobRefusal | undefined {
  const unpacked = unpack(bytes, maybeRawDeflate)
  if (unpacked === 'too-large') return unpacked
  const content = unpacked ?? bytes
  const text = plainText(content)
  if (text !== undefined) return { text, compressed: unpacked !== undefined, strength: 'text' }
  return { text: content.toString('latin1'), compressed: unpacked !== undefined, strength: 'weak' }
}

function unpack(bytes: Buffer, maybeRawDeflate: boolean): Buffer | BlobRefusal | undefined {
  const options = { maxOutputLength: unpackedLimitBytes }
  const [first = 0, second = 0] = bytes
  // No stream is shorter, and finding that out costs an exception.
  if (bytes.length < 8 || (first === 0x1f && bytes.length < 18)) return undefined
  try {
    if (first === 0x1f && second === 0x8b) return gunzipSync(bytes, options)
    if (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second)) return inflateSync(bytes, options)
    if (maybeRawDeflate && bytes.length > 16) return inflateRawSync(bytes, options)
  } catch (error) {
    return error instanceof RangeError ? 'too-large' : undefined // not compressed after all, or cut short
  }
  return undefined
}

function plainText(bytes: Buffer): string | undefined {
  if (isWide(bytes, 1)) return bytes.subarray(0, bytes.length & ~1).toString('utf16le')
  const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined
  // Before the other order of bytes is tried: behind a word of odd length, this looks like it but for its first letter.
  if (text !== undefined && (!/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) || isSpaced(text))) return text
  if (isWide(bytes, 0))
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  return wideText(bytes)
}

/** Whether a text has a NUL behind some of its letters and is one without them: UTF-16 that was pasted as bytes. */
function isSpaced(text: string): boolean {
  return !/[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]|^\0|\0\0/.test(text) && /\0[^\0]+\0[^\0]+\0/.test(text)
}

/** UTF-16 that begins with Latin letters and goes on in full width, with invisible characters or in look-alikes. */
function wideText(bytes: Buffer): string | undefined {
  if (bytes.length < 12 || !isWide(bytes.subarray(0, 8), 1)) return undefined
  const text = bytes.subarray(0, bytes.length & ~1).toString('utf16le')
  return wideLetters.test(text) ? text : undefined
}

/** Latin, Greek and Cyrillic, spaces and what is not seen, full width. */
const wideLetters = /^[\x00\x09\x0a\x0d\x1b\x20-\x7e\xa0-\u024f\u0370-\u052f\u2000-\u206f\ufeff-\uffef]+$/

/** Whether every second byte of a start is NUL, as in UTF-16 of Latin text. `parity` 1: little-endian. */
function isWide(bytes: Buffer, parity: 0 | 1): boolean {
  if (bytes.length < 4) return false
  const end = Math.min(bytes.length & ~1, 64)
  let zeros = 0
  for (let i = parity; i < end; i += 2) if (bytes[i] === 0) zeros++
  let others = 0
  for (let i = 1 - parity; i < end; i += 2) if (bytes[i] !== 0) others++
  return zeros >= end / 2 - Math.floor(end / 16) && others >= end / 2 - Math.floor(end / 16)
}
