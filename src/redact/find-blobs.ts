import { type BlobRefusal, type DecodedBlob, textOfBytes } from './decode-blob.ts'
import { findRuns, matchesInRun, unitSet } from './runs.ts'

/** An encoded run in a text: base64 or hexadecimal, and what it holds. `start` and `end` are UTF-16 offsets. */
export interface Blob {
  readonly start: number
  readonly end: number
  readonly encoding: 'base64' | 'hex'
  readonly content: DecodedBlob | BlobRefusal
}

const base64Units = unitSet('A-Za-z0-9+/_-')
const hexUnits = unitSet('0-9a-fA-F')
const spacedHexUnits = unitSet('0-9a-fA-Fx :,-')
/** Pairs of digits with the same break between all of them. */
const spacedHex =
  /(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{2}(?:([ :-]|, ?)(?:0x)?[0-9a-fA-F]{2})(?:\1(?:0x)?[0-9a-fA-F]{2}){2,}(?![0-9a-zA-Z])/g
/** Bytes too many or too binary to be text still hide names; from this length on they are looked at. */
const weakLength = 16

/** Finds what is encoded in a text and decodes it. Nearly every word is rejected by its first six bytes. */
export function findBlobs(text: string): Blob[] {
  const blobs: Blob[] = []
  const maybeRawDeflate = /deflate|FromBase64String/i.test(text)
  for (const run of joinWrapped(text, findRuns(text, base64Units, 6))) {
    const padding = /={0,2}/y
    padding.lastIndex = run.end
    const end = run.end + (padding.exec(text)?.[0].length ?? 0)
    addBase64(blobs, text.slice(run.start, end), run.start, maybeRawDeflate)
  }
  for (const { start, end } of findRuns(text, hexUnits, 8)) {
    if ((end - start) % 2 === 0) addHex(blobs, text.slice(start, end), start)
  }
  for (const run of findRuns(text, spacedHexUnits, 11)) {
    for (const { start, match } of matchesInRun(text, run, spacedHex)) addHex(blobs, match[0], start)
  }
  return blobs
}

/** Runs broken into lines, as MIME does: each line but the last is long. */
function joinWrapped(text: string, runs: readonly { start: number; end: number }[]) {
  const joined: { start: number; end: number }[] = []
  let lineStart = 0
  for (const run of runs) {
    const last = joined.at(-1)
    const wrapped =
      last !== undefined &&
      run.start - last.end <= 3 &&
      last.end - lineStart >= 60 &&
      /^\r?\n[ \t]?$/.test(text.slice(last.end, run.start))
    if (wrapped) last.end = run.end
    else joined.push({ ...run })
    lineStart = run.start
  }
  return joined
}

function addHex(blobs: Blob[], written: string, start: number): void {
  const digits = written.replaceAll(/0x|[^0-9a-fA-F]/g, '')
  const first = Number.parseInt(digits.slice(0, 2), 16)
  if (!((first >= 0x20 && first < 0x7f) || first === 0x1f || first >= 0xc2 || first === 9 || first === 10))
    return
  const content = textOfBytes(Buffer.from(digits, 'hex'), false)
  if (content === undefined || (content !== 'too-large' && content.strength === 'weak')) return
  blobs.push({ start, end: start + written.length, encoding: 'hex', content })
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
  if (/[+/_-]/.test(run)) {
    for (const piece of run.matchAll(/[A-Za-z0-9]{6,}={0,2}/g)) {
      if (!looksDecodable(piece[0])) continue
      const content = textOfBytes(Buffer.from(piece[0], 'base64'), false)
      if (content === undefined || content === 'too-large' || content.strength === 'weak') continue
      const at = start + piece.index
      blobs.push({ start: at, end: at + piece[0].length, encoding: 'base64', content })
    }
  }
  if (run.length >= weakLength && isMixed(run)) addShifted(blobs, run, start)
}

/** Base64 of this length has letters of both cases and, nearly always, digits: paths and digests do not. */
function isMixed(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run)
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
