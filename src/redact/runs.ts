import type { View } from './view.ts'

/** A set of ASCII units, as a table: `set.table[unit] === 1`. It has an entry for every UTF-16 unit. */
export interface UnitSet {
  readonly table: Uint8Array
}

/** The units of a text, such as `0-9a-f.:-` (ranges as in a regular expression, no escapes). */
export function unitSet(description: string): UnitSet {
  const table = new Uint8Array(0x10000)
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

/** A kind of run to be looked for: units of a set, at least `shortest` of them. */
export interface RunKind extends UnitSet {
  readonly shortest: number
}

export function runKind(description: string, shortest: number): RunKind {
  return { ...unitSet(description), shortest }
}

/**
 * The runs of a kind in a view: patterns are then tried on the few runs that could hold them, and not at every
 * character of the text. A run of n units covers one of every n places, so only every nth is looked at until one
 * belongs to the set.
 */
export function findRuns({ units }: View, { table, shortest }: RunKind): Run[] {
  const runs: Run[] = []
  for (let probe = shortest - 1; probe < units.length; ) {
    if (table[units[probe] ?? 0] !== 1) {
      probe += shortest
      continue
    }
    let start = probe
    while (start > 0 && table[units[start - 1] ?? 0] === 1) start--
    let end = probe + 1
    while (end < units.length && table[units[end] ?? 0] === 1) end++
    if (end - start >= shortest) runs.push({ start, end })
    probe = end + shortest
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
export function numberRuns(
  view: View,
  kind: RunKind,
  fewestDigits: number,
): (Run & { readonly digits: number })[] {
  const { units, text } = view
  return findRuns(view, kind).flatMap(({ start, end }) => {
    let digits = 0
    for (let at = start; at < end; at++) {
      const unit = units[at] ?? 0
      if (unit >= 0x30 && unit <= 0x39) digits++
    }
    const isPersonal = digits >= fewestDigits && !everydayNumber.test(text.slice(start, end))
    return isPersonal ? [{ start, end, digits }] : []
  })
}
