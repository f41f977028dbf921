import { isUtf8 } from 'node:buffer'

/*
 * Bytes that are no UTF-8 must survive a round trip through text. Each such byte becomes the lone surrogate
 * U+DC80 to U+DCFF of its value, which valid UTF-8 can never contain (PEP 383's surrogateescape).
 */

/** Decodes bytes so that `encodeEscapedUtf8` gives back the same bytes, whatever they are. */
export function decodeEscapedUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length > 0) at += length
    else {
      pieces.push(bytes.toString('utf8', from, at), String.fromCharCode(0xdc00 + (bytes[at] ?? 0)))
      at++
      from = at
    }
  }
  pieces.push(bytes.toString('utf8', from))
  return pieces.join('')
}

/** Length of the well-formed sequence at an offset (Unicode 16, table 3-7), or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0
}

/** Encodes text to UTF-8, with escaped bytes as they were. */
export function encodeEscapedUtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const pieces: Buffer[] = []
  let from = 0
  for (const match of text.matchAll(/(?<![\ud800-\udbff])[\udc80-\udcff]/g)) {
    pieces.push(
      Buffer.from(text.slice(from, match.index), 'utf8'),
      Buffer.from([match[0].charCodeAt(0) - 0xdc00]),
    )
    from = match.index + 1
  }
  pieces.push(Buffer.from(text.slice(from), 'utf8'))
  return Buffer.concat(pieces)
}
