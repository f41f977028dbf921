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
  #lowersUnitByUnit: boolean | undefined

  constructor(text: string, origin?: Origin) {
    this.text = text
    this.lower = lowerCase(text)
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

  /** Whether the lower case of each unit is the same whatever stands beside it. */
  get lowersUnitByUnit(): boolean {
    this.#lowersUnitByUnit ??= !lowerByContext.test(this.text)
    return this.#lowersUnitByUnit
  }

  /** The range of the input that made characters `start` to `end` of this view. */
  toSource(start: number, end: number): { start: number; end: number } {
    if (this.#origin === undefined || end <= start) return { start, end }
    return { start: this.#firstOf(start), end: this.#lastOf(end - 1) }
  }

  /** The pieces that were changed where this view was made from `parent`; absent where it was not. */
  changesFrom(parent: View): Pieces | undefined {
    return this.#origin?.parent === parent ? this.#origin.pieces : undefined
  }

  /** Offset in the input of the first unit that made character `index`. */
  #firstOf(index: number): number {
    const origin = this.#origin
    if (origin === undefined) return index
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
    const { at, length, to } = origin.pieces
    const piece = pieceBefore(origin.pieces, index)
    if (piece < 0) return origin.parent.#lastOf(index)
    const behind = index - (at[piece] ?? 0) - (length[piece] ?? 0)
    return origin.parent.#lastOf(behind < 0 ? (to[piece] ?? 0) - 1 : (to[piece] ?? 0) + behind)
  }
}

interface Origin {
  readonly parent: View
  readonly pieces: Pieces
}

/**
 * The pieces in which a view is not a copy of its parent, in order: piece i stands at `at[i]`, is `length[i]` long and
 * was made of `from[i]` to `to[i]` of the parent. A few numbers a change, and none for what was copied: two for every
 * character were most of what a view cost.
 */
export interface Pieces {
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

  /** Whether nothing was added. */
  get isEmpty(): boolean {
    return this.#at.length === 0
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
    return new View(this.#text.join(''), { parent: this.#parent, pieces })
  }

  /** Takes over what stands in the parent up to a place. */
  #copy(to: number): void {
    if (to <= this.#done) return
    this.#text.push(this.#parent.text.slice(this.#done, to))
    this.#length += to - this.#done
    this.#done = to
  }
}

/** The UTF-16 units of a text. */
export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length)
  const bytes = Buffer.from(units.buffer)
  bytes.write(text, 'utf16le')
  if (!isLittleEndian) bytes.swap16()
  return units
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Letters whose lower case depends on what stands beside them (or is longer), and halves of letters. */
const lowerByContext = /[\u0130\u03a3\ud800-\udfff]/

/** Lower case that never changes the length: the few letters whose lower case is longer stay as they are. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return Array.from({ length: text.length }, (_, i) => {
    const unit = text.charAt(i)
    const small = unit.toLowerCase()
    return small.length === 1 ? small : unit
  }).join('')
}
