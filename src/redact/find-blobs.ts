import { type BlobRefusal, type DecodedBlob, textOfBytes } from './decode-blob.ts'
import { findRuns, matchesInRun, type Run, runKind } from './runs.ts'
import type { View } from './view.ts'

/** An encoded run in a text: base64 or hexadecimal, and what it holds. `start` and `end` are UTF-16 offsets. */
export interface Blob {
  readonly start: number
  readonly end: number
  readonly encoding: 'base64' | 'hex'
  readonly content: DecodedBlob | BlobRefusal
}

const base64Units = runKind('A-Za-z0-9+/_-', 6)
const hexUnits = runKind('0-9a-fA-F', 8)
const spacedHexUnits = runKind('0-9a-fA-Fx :,-', 11)
/** Pairs of digits with the same break between all of them. */
const spacedHex =
  /(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{2}(?:([ :-]|, ?)(?:0x)?[0-9a-fA-F]{2})(?:\1(?:0x)?[0-9a-fA-F]{2}){2,}(?![0-9a-zA-Z])/g
/** Bytes too many or too binary to be text still hide names; from this length on they are looked at. */
const weakLength = 16

/** Finds what is encoded in a view and decodes it. Nearly every word is rejected by its first six bytes. */
export function findBlobs(view: View): Blob[] {
  const { text } = view
  const blobs: Blob[] = []
  const maybeRawDeflate = /deflate|frombase64string/.test(view.lower)
  for (const run of joinWrapped(text, findRuns(view, base64Units)))
    addBase64(blobs, view, run, maybeRawDeflate)
  for (const { start, end } of findRuns(view, hexUnits)) {
    if ((end - start) % 2 === 0) addHex(blobs, text.slice(start, end), start)
  }
  for (const run of findRuns(view, spacedHexUnits)) {
    for (const { start, match } of matchesInRun(text, run, spacedHex)) addHex(blobs, match[0], start)
  }
  return blobs
}

/** Runs broken into lines, as MIME does: each line but the last is long. */
function joinWrapped(text: string, runs: readonly Run[]): Run[] {
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

function addBase64(blobs: Blob[], view: View, { start, end: unpadded }: Run, maybeRawDeflate: boolean): void {
  const { text, units } = view
  const kind = kindOfRun(units, start, unpadded)
  const decodable = looksDecodable(units, start, unpadded)
  let end = unpadded
  while (end < unpadded + 2 && units[end] === 0x3d) end++
  if (decodable || (maybeRawDeflate && end - start >= 16)) {
    const content = textOfBytes(Buffer.from(text.slice(start, end), 'base64'), maybeRawDeflate)
    if (content !== undefined && (content === 'too-large' || content.strength === 'text')) {
      blobs.push({ start, end, encoding: 'base64', content })
      return
    }
  }
  // Part of a path or a glued name: each piece may be a run of its own.
  if (kind.joined) addPieces(blobs, view, start, end)
  if (end - start >= weakLength && kind.mixed) addShifted(blobs, text.slice(start, end), start)
}

/** The pieces between the units of base64 that are no letter or digit. */
function addPieces(blobs: Blob[], { text, units }: View, from: number, to: number): void {
  for (let start = from, at = from; at <= to; at++) {
    if (at < to && isLetterOrDigit(units[at] ?? 0)) continue
    if (at - start >= 6 && looksDecodable(units, start, at)) {
      let end = at
      while (end < to && end < at + 2 && units[end] === 0x3d) end++
      const content = textOfBytes(Buffer.from(text.slice(start, end), 'base64'), false)
      if (content !== undefined && content !== 'too-large' && content.strength !== 'weak') {
        blobs.push({ start, end, encoding: 'base64', content })
      }
    }
    start = at + 1
  }
}

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39)
}

/**
 * Whether a run is `joined` by units that are no letter or digit, and `mixed`: base64 of any length has letters of
 * both cases and, nearly always, digits, where paths and digests do not.
 */
function kindOfRun(units: Uint16Array, start: number, end: number): { joined: boolean; mixed: boolean } {
  let [small, capital, digit, joined] = [false, false, false, false]
  for (let at = start; at < end; at++) {
    const unit = units[at] ?? 0
    if (unit >= 0x61 && unit <= 0x7a) small = true
    else if (unit >= 0x41 && unit <= 0x5a) capital = true
    else if (unit >= 0x30 && unit <= 0x39) digit = true
    else joined = true
  }
  return { joined, mixed: small && capital && digit }
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
function looksDecodable(units: Uint16Array, start: number, end: number): boolean {
  let bits = 0
  let held = 0
  let seen = 0
  let printable = 0
  let zeros = 0
  let lead = false
  let first = -1
  for (let at = start; at < start + 8 && at < end; at++) {
    const sextet = sextets[units[at] ?? 0] ?? -1
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
