import { type BlobRefusal, type DecodedBlob, textOfBytes } from './decode-blob.ts'

/** An encoded run in a text: base64 or hexadecimal, and what it holds. `start` and `end` are UTF-16 offsets. */
export interface Blob {
  readonly start: number
  readonly end: number
  readonly encoding: 'base64' | 'hex'
  readonly content: DecodedBlob | BlobRefusal
}

// A run may be wrapped into lines, as MIME does; then each line but the last is long.
const base64Run = /(?:[A-Za-z0-9+/]{60,}\r?\n[ \t]?)*[A-Za-z0-9+/_-]{6,}={0,2}/g
/** Digits without a break, or pairs with the same break between all of them. */
const hexRun =
  /(?<![0-9a-fA-F])(?:0x)?(?:[0-9a-fA-F]{2}){4,}(?![0-9a-fA-F])|(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{2}(?:([ :-]|, ?)(?:0x)?[0-9a-fA-F]{2})(?:\1(?:0x)?[0-9a-fA-F]{2}){2,}(?![0-9a-zA-Z])/g
const hexOnly = /^[0-9a-fA-F]+$/
/** Bytes too many or too binary to be text still hide names; from this length on they are looked at. */
const weakLength = 16

/** Finds what is encoded in a text and decodes it. Nearly every word is rejected by its first six bytes. */
export function findBlobs(text: string): Blob[] {
  const blobs: Blob[] = []
  const maybeRawDeflate = /deflate|FromBase64String/i.test(text)
  for (const match of text.matchAll(base64Run)) {
    addBase64(blobs, match[0], match.index, maybeRawDeflate)
  }
  for (const match of text.matchAll(hexRun)) {
    const digits = match[0].replaceAll(/0x|[^0-9a-fA-F]/g, '')
    if (!/[2-7][0-9a-fA-F]/.test(digits.slice(0, 2)) && !/^1f8b/i.test(digits)) continue
    const content = textOfBytes(Buffer.from(digits, 'hex'), false)
    if (content === undefined || (content !== 'too-large' && content.strength === 'weak')) continue
    blobs.push({ start: match.index, end: match.index + match[0].length, encoding: 'hex', content })
  }
  return blobs
}

function addBase64(blobs: Blob[], run: string, start: number, maybeRawDeflate: boolean): void {
  if (looksDecodable(run) || (maybeRawDeflate && run.length >= 16)) {
    const content = textOfBytes(Buffer.from(run, 'base64'), maybeRawDeflate)
    if (content !== undefined && (content === 'too-large' || content.strength === 'text')) {
      blobs.push({ start, end: start + run.length, encoding: 'base64', content })
      return
    }
  }
  // Part of a path or a glued name: each piece may be a run of its own.
  const pieces = [...run.matchAll(/[A-Za-z0-9]{6,}={0,2}/g)]
  if (pieces.length > 1 || (pieces[0] !== undefined && pieces[0][0].length < run.length)) {
    for (const piece of pieces) {
      if (!looksDecodable(piece[0])) continue
      const content = textOfBytes(Buffer.from(piece[0], 'base64'), false)
      if (content === undefined || content === 'too-large' || content.strength === 'weak') continue
      blobs.push({
        start: start + piece.index,
        end: start + piece.index + piece[0].length,
        encoding: 'base64',
        content,
      })
    }
  }
  if (run.length >= weakLength && !hexOnly.test(run)) addShifted(blobs, run, start)
}

/** A run that starts in the middle of a group of four, or holds more than text: every alignment is looked at. */
function addShifted(blobs: Blob[], run: string, start: number): void {
  const texts = [0, 1, 2, 3].map(shift => Buffer.from(run.slice(shift), 'base64').toString('latin1'))
  const content = { text: texts.join('\n'), compressed: false, strength: 'weak' } as const
  blobs.push({ start, end: start + run.length, encoding: 'base64', content })
}

const sextets = new Int8Array(128).fill(-1)
for (const [i, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  sextets[digit.charCodeAt(0)] = i
}
sextets[0x2d] = 62
sextets[0x5f] = 63

/** Whether the first bytes are text, UTF-16 text, or the start of a compressed stream. */
function looksDecodable(run: string): boolean {
  let bits = 0
  let held = 0
  let seen = 0
  let printable = 0
  let zeros = 0
  let lead = false
  let first = -1
  for (let i = 0; i < 8 && i < run.length; i++) {
    const sextet = sextets[run.charCodeAt(i)] ?? -1
    if (sextet < 0) break
    bits = ((bits << 6) | sextet) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    const byte = (bits >> held) & 0xff
    if (first < 0) first = byte
    seen++
    if ((byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13) printable++
    else if (byte === 0) zeros++
    else if (byte >= 0xc2 && byte < 0xf5) lead = true
    else if (byte >= 0x80 && byte < 0xc0 && lead) printable += 2
  }
  if (first === 0x1f || first === 0x78) return true
  return printable + zeros >= seen - 1 && printable >= zeros
}
