import { mayBeBase64, mayBeHex } from './blob-head.ts'
import { type BlobRefusal, type DecodedBlob, textOfBytes } from './decode-blob.ts'
import { holds, literalKind } from './literals.ts'
import { findRuns, matchesInRun, type Run, runKind, unitSet } from './runs.ts'
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

/** Words that announce a raw deflate stream, which nothing in its own bytes does. */
const rawDeflate = literalKind('deflate', 'frombase64string')

/** Finds what is encoded in a view and decodes it. Nearly every word is rejected by its first six bytes. */
export function findBlobs(view: View): Blob[] {
  const { text, units } = view
  const blobs: Blob[] = []
  const maybeRawDeflate = holds(view, rawDeflate)
  for (const run of joinWrapped(text, findRuns(view, base64Units)))
    addBase64(blobs, view, run, maybeRawDeflate)
  for (const { start, end } of findRuns(view, hexUnits)) {
    if ((end - start) % 2 === 0 && mayBeHex(units, start, end)) {
      addHex(blobs, text.slice(start, end), start, end)
    }
  }
  for (const run of findRuns(view, spacedHexUnits)) {
    for (const { start, match } of matchesInRun(text, run, spacedHex)) {
      const digits = match[0].replaceAll(/0x|[^0-9a-fA-F]/g, '')
      addHex(blobs, digits, start, start + match[0].length)
    }
  }
  return blobs
}

/** Runs broken into lines, as MIME does: each line but the last is long. */
function joinWrapped(text: string, runs: readonly Run[]): Run[] {
  const joined: Run[] = []
  let lineStart = 0
  for (const run of runs) {
    const last = joined.at(-1)
    const wrapped =
      last !== undefined &&
      run.start - last.end <= 3 &&
      last.end - lineStart >= 60 &&
      /^\r?\n[ \t]?$/.test(text.slice(last.end, run.start))
    if (wrapped) joined[joined.length - 1] = { start: last.start, end: run.end }
    else joined.push(run)
    lineStart = run.start
  }
  return joined
}

function addHex(blobs: Blob[], digits: string, start: number, end: number): void {
  const first = Number.parseInt(digits.slice(0, 2), 16)
  if (!((first >= 0x20 && first < 0x7f) || first === 0x1f || first >= 0xc2 || first === 9 || first === 10))
    return
  const content = textOfBytes(Buffer.from(digits, 'hex'), false)
  if (content === undefined || (content !== 'too-large' && content.strength === 'weak')) return
  blobs.push({ start, end, encoding: 'hex', content })
}

function addBase64(blobs: Blob[], view: View, { start, end: unpadded }: Run, maybeRawDeflate: boolean): void {
  const { text, units } = view
  const decodable = mayBeBase64(units, start, unpadded)
  let end = unpadded
  while (end < unpadded + 2 && units[end] === 0x3d) end++
  if (decodable || (maybeRawDeflate && end - start >= 16)) {
    const content = textOfBytes(Buffer.from(text.slice(start, end), 'base64'), maybeRawDeflate)
    if (content !== undefined && (content === 'too-large' || content.strength === 'text')) {
      blobs.push({ start, end, encoding: 'base64', content })
      return
    }
  }
  let kinds = 0
  for (let at = start; at < unpadded; at++) kinds |= kindOfUnit[units[at] ?? 0] ?? 0
  // Part of a path or a glued name: each piece may be a run of its own.
  if ((kinds & joint) !== 0) addPieces(blobs, view, start, end)
  if (end - start >= weakLength && (kinds & mixed) === mixed) addShifted(blobs, text.slice(start, end), start)
}

// What a unit of a run is. Base64 of any length has letters of both cases and, nearly always, digits (`mixed`), where
// paths and digests do not.
const [small, capital, digit, joint] = [1, 2, 4, 8]
const mixed = small | capital | digit
const kindOfUnit = new Uint8Array(0x10000).fill(joint)
for (const [units, kind] of [
  ['a-z', small],
  ['A-Z', capital],
  ['0-9', digit],
] as const) {
  unitSet(units).table.forEach((belongs, unit) => {
    if (belongs === 1) kindOfUnit[unit] = kind
  })
}

/** The pieces between the units of base64 that are no letter or digit. */
function addPieces(blobs: Blob[], { text, units }: View, from: number, to: number): void {
  for (let start = from, at = from; at <= to; at++) {
    if (at < to && ((kindOfUnit[units[at] ?? 0] ?? 0) & mixed) !== 0) continue
    if (at - start >= 6 && mayBeBase64(units, start, at)) {
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

/** A run that starts in the middle of a group of four, or holds more than text: every alignment is looked at. */
function addShifted(blobs: Blob[], run: string, start: number): void {
  const texts = [0, 1, 2, 3].map(shift => Buffer.from(run.slice(shift), 'base64').toString('latin1'))
  const content = { text: texts.join('\n'), compressed: false, strength: 'weak' } as const
  blobs.push({ start, end: start + run.length, encoding: 'base64', content })
}
