import type { View } from './view.ts'

/** A set of ASCII units, as a table: `set.table[unit] === 1`. */
export interface UnitSet {
  readonly table: Uint8Array
}

/** The units of a text, such as `0-9a-f.:-` (ranges as in a regular expression, no escapes). */
export function unitSet(description: string): UnitSet {
  const table = new Uint8Array(128)
  for (let i = 0; i < description.length; i++) {
    const first = description.charCodeAt(i)
    const isRange = description.charAt(i + 1) === '-' && i + 2 < description.length
    const last = isRange ? description.charCodeAt(i + 2) : first
    for (let unit = first; unit <= last; unit++) table[unit] = 1
    if (isRange) i += 2
  }
  return { table }
}

/** An unbroken run of units of a set. */
export interface Run {
  readonly start: number
  readonly end: number
}

/** A kind of run to be looked for. */
export interface RunKind {
  readonly index: number
}

// Every kind has a bit of its own, so that one pass over a text finds the runs of all of them.
const kindsOfUnit = new Uint32Array(128)
const shortestOf: number[] = []

/** Runs of the units of a set, at least `shortest` long. To be made when a module is loaded: at most 32. */
export function runKind(description: string, shortest: number): RunKind {
  const index = shortestOf.push(shortest) - 1
  const { table } = unitSet(description)
  for (let unit = 0; unit < table.length; unit++) {
    if (table[unit] === 1) kindsOfUnit[unit] = ((kindsOfUnit[unit] ?? 0) | (1 << index)) >>> 0
  }
  return { index }
}

const runsOfView = new WeakMap<View, readonly Run[][]>()

/**
 * The runs of a kind in a view. One pass without a regular expression, for all kinds at once: patterns are then tried
 * on the few runs that could hold them, and not at every character of the text.
 */
export function findRuns(view: View, { index }: RunKind): readonly Run[] {
  let runs = runsOfView.get(view)
  if (runs === undefined) {
    runs = allRuns(view.units)
    runsOfView.set(view, runs)
  }
  return runs[index] ?? []
}

function allRuns(units: Uint16Array): Run[][] {
  const runs: Run[][] = shortestOf.map(() => [])
  const starts = new Int32Array(shortestOf.length)
  let open = 0
  for (let at = 0; at <= units.length; at++) {
    const unit = at < units.length ? (units[at] ?? 0) : 0xffff
    const kinds = unit < 128 ? (kindsOfUnit[unit] ?? 0) : 0
    for (let changed = kinds ^ open; changed !== 0; changed &= changed - 1) {
      const index = 31 - Math.clz32(changed & -changed)
      const start = starts[index] ?? 0
      if ((kinds & (1 << index)) !== 0) starts[index] = at
      else if (at - start >= (shortestOf[index] ?? 0)) runs[index]?.push({ start, end: at })
    }
    open = kinds
  }
  return runs
}

/**
 * Every match of a global pattern inside a run, with two units of context on each side for its look-arounds.
 * Offsets are those of the whole text.
 */
export function matchesInRun(
  text: string,
  run: Run,
  pattern: RegExp,
): { start: number; match: RegExpExecArray }[] {
  const from = Math.max(0, run.start - 2)
  const piece = text.slice(from, run.end + 2)
  const found: { start: number; match: RegExpExecArray }[] = []
  // Not `matchAll`: it copies the pattern at each call, which costs more than the search.
  pattern.lastIndex = 0
  for (let match = pattern.exec(piece); match !== null; match = pattern.exec(piece)) {
    found.push({ start: from + match.index, match })
    if (match[0] === '') pattern.lastIndex++
  }
  return found
}

/** Addresses, dates and plain counters: the runs of digits that every log line has, and that are no personal number. */
const everydayNumber =
  /^[^\d+(]*(?:\d{1,3}(?:\.\d{1,3}){3}|(?:19|20)\d\d[-./](?:0\d|1[0-2])[-./][0-3]\d(?: [0-2]?\d)?)[^\d]*$/

/** The runs of a kind that hold at least `fewestDigits` digits and could be a person's number. */
export function numberRuns(view: View, kind: RunKind, fewestDigits: number): readonly Run[] {
  const { units, text } = view
  return findRuns(view, kind).filter(({ start, end }) => {
    let digits = 0
    for (let at = start; at < end; at++) {
      const unit = units[at] ?? 0
      if (unit >= 0x30 && unit <= 0x39) digits++
    }
    return digits >= fewestDigits && !everydayNumber.test(text.slice(start, end))
  })
}
