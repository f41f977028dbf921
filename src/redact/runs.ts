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

/**
 * The unbroken runs of a set's units, at least `shortest` long. One pass without a regular expression: patterns are
 * then tried on the few runs that could hold them, and not at every character of the text.
 */
export function findRuns(text: string, set: UnitSet, shortest: number): { start: number; end: number }[] {
  const { table } = set
  const runs: { start: number; end: number }[] = []
  let start = -1
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 128 && table[unit] === 1) {
      if (start < 0) start = at
    } else if (start >= 0) {
      if (at - start >= shortest) runs.push({ start, end: at })
      start = -1
    }
  }
  if (start >= 0 && text.length - start >= shortest) runs.push({ start, end: text.length })
  return runs
}

/**
 * Every match of a global pattern inside a run, with two units of context on each side for its look-arounds.
 * Offsets are those of the whole text.
 */
export function matchesInRun(
  text: string,
  run: { readonly start: number; readonly end: number },
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

/** The runs of a set that hold at least `fewestDigits` digits and could be a person's number. */
export function numberRuns(
  text: string,
  set: UnitSet,
  fewestDigits: number,
): { readonly start: number; readonly end: number }[] {
  return findRuns(text, set, fewestDigits).filter(({ start, end }) => {
    let digits = 0
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at)
      if (unit >= 0x30 && unit <= 0x39) digits++
    }
    return digits >= fewestDigits && !everydayNumber.test(text.slice(start, end))
  })
}
