/**
 * A text in which things are looked for, and where each of its characters comes from. Matching never happens on
 * the input itself: it happens on views of it (folded, unescaped), and what is found is carried back, so that the
 * exact characters of the input are replaced, however they were spelled.
 */
export class View {
  readonly text: string
  /** The same text in lower case, of the same length. */
  readonly lower: string
  readonly #origin: Origin | undefined
  #units: Uint16Array | undefined
  #lowerUnits: Uint16Array | undefined

  constructor(text: string, lower = lowerCase(text), origin?: Origin) {
    this.text = text
    this.lower = lower
    this.#origin = origin
  }

  /** The UTF-16 units of `text`: reading them from here takes a third of the time of asking the string for each. */
  get units(): Uint16Array {
    this.#units ??= unitsOf(this.text)
    return this.#units
  }

  /** The same of `lower`. */
  get lowerUnits(): Uint16Array {
    this.#lowerUnits ??= unitsOf(this.lower)
    return this.#lowerUnits
  }

  /** The range of the input that made characters `start` to `end` of this view. */
  toSource(start: number, end: number): { start: number; end: number } {
    if (this.#origin === undefined || end <= start) return { start, end }
    return { start: this.#firstOf(start), end: this.#lastOf(end - 1) }
  }

  /** What stands from `start` to `end`, as a view of its own. */
  part(start: number, end: number): View {
    const origin = { kind: 'part', parent: this, offset: start } as const
    return new View(this.text.slice(start, end), this.lower.slice(start, end), origin)
  }

  /** Where this view differs from the one it was made from, in order; absent where all of it is new. */
  changes(): { start: number; end: number }[] | undefined {
    if (this.#origin?.kind !== 'changed') return undefined
    const { at, length, count } = this.#origin.pieces
    const changes: { start: number; end: number }[] = []
    for (let i = 0; i < count; i++) {
      const start = at[i] ?? 0
      const end = start + (length[i] ?? 0)
      const last = changes.at(-1)
      if (last?.end === start) last.end = end
      else changes.push({ start, end })
    }
    return changes
  }

  /** Offset in the input of the first unit that made character `index`. */
  #firstOf(index: number): number {
    const origin = this.#origin
    if (origin === undefined) return index
    if (origin.kind === 'part') return origin.parent.#firstOf(index + origin.offset)
    const { at, length, from, to } = origin.pieces
    const piece = pieceBefore(origin.pieces, index)
    if (piece < 0) return origin.parent.#firstOf(index)
    const behind = index - (at[piece] ?? 0) - (length[piece] ?? 0)
    return origin.parent.#firstOf(behind < 0 ? (from[piece] ?? 0) : (to[piece] ?? 0) + behind)
  }

  /** Offset in the input behind the last unit that made character `index`. */
  #lastOf(index: number): number {
    const origin = this.#origin
    if (origin === undefined) return index + 1
    if (origin.kind === 'part') return origin.parent.#lastOf(index + origin.offset)
    const { at, length, to } = origin.pieces
    const piece = pieceBefore(origin.pieces, index)
    if (piece < 0) return origin.parent.#lastOf(index)
    const behind = index - (at[piece] ?? 0) - (length[piece] ?? 0)
    return origin.parent.#lastOf(behind < 0 ? (to[piece] ?? 0) - 1 : (to[piece] ?? 0) + behind)
  }
}

type Origin =
  | { readonly kind: 'part'; readonly parent: View; readonly offset: number }
  | { readonly kind: 'changed'; readonly parent: View; readonly pieces: Pieces }

/**
 * The pieces in which a view is not a copy of its parent, in order: piece i stands at `at[i]`, is `length[i]` long and
 * was made of `from[i]` to `to[i]` of the parent. A few numbers a change, and none for what was copied: two for every
 * character were most of what a view cost.
 */
interface Pieces {
  readonly at: readonly number[]
  readonly length: readonly number[]
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly count: number
}

/** The last piece that begins at or before `index`, or -1. */
function pieceBefore({ at, count }: Pieces, index: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Units of context that a name or secret needs around a changed place. */
const context = 300

/**
 * The parts of a view that its parent has not shown: what lies around its changes. Looking at these is enough where
 * the parent has been looked at; where they are most of the text, the view itself is given.
 */
export function changedParts(view: View): readonly View[] {
  const changes = view.changes()
  if (changes === undefined) return [view]
  const windows: { start: number; end: number }[] = []
  for (const { start, end } of changes) {
    const last = windows.at(-1)
    const from = Math.max(0, start - context)
    if (last !== undefined && from <= last.end) last.end = end + context
    else windows.push({ start: from, end: end + context })
  }
  const length = windows.reduce((sum, window) => sum + window.end - window.start, 0)
  if (length * 2 > view.text.length) return [view]
  return windows.map(({ start, end }) => view.part(start, end))
}

/** Builds a view of another one piece by piece, from its start to its end. */
export class ViewBuilder {
  readonly #parent: View
  readonly #text: string[] = []
  readonly #at: number[] = []
  readonly #lengths: number[] = []
  readonly #from: number[] = []
  readonly #to: number[] = []
  #length = 0
  #done = 0

  constructor(parent: View) {
    this.#parent = parent
  }

  /** Adds characters that were all made of `from` to `to` of the parent. */
  add(text: string, from: number, to: number): void {
    this.#copy(from)
    this.#at.push(this.#length)
    this.#lengths.push(text.length)
    this.#from.push(from)
    this.#to.push(to)
    this.#text.push(text)
    this.#length += text.length
    this.#done = to
  }

  view(): View {
    this.#copy(this.#parent.text.length)
    const pieces = {
      at: this.#at,
      length: this.#lengths,
      from: this.#from,
      to: this.#to,
      count: this.#at.length,
    }
    const text = this.#text.join('')
    return new View(text, lowerCase(text), { kind: 'changed', parent: this.#parent, pieces })
  }

  /** Takes over what stands in the parent up to a place. */
  #copy(to: number): void {
    if (to <= this.#done) return
    this.#text.push(this.#parent.text.slice(this.#done, to))
    this.#length += to - this.#done
    this.#done = to
  }
}

function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length)
  const bytes = Buffer.from(units.buffer)
  bytes.write(text, 'utf16le')
  if (!isLittleEndian) bytes.swap16()
  return units
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Lower case that never changes the length: the few letters whose lower case is longer stay as they are. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return Array.from({ length: text.length }, (_, i) => {
    const unit = text.charAt(i)
    const small = unit.toLowerCase()
    return small.length === 1 ? small : unit
  }).join('')
}
