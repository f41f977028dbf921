/**
 * A text in which things are looked for, and where each of its characters comes from. Matching never happens on
 * the input itself: it happens on views of it (folded, unescaped), and what is found is carried back, so that the
 * exact characters of the input are replaced, however they were spelled.
 */
export interface View {
  readonly text: string
  /** The same text in lower case, of the same length. */
  readonly lower: string
  /** Offset in the input of the first unit that made character i; absent where the view is the input. */
  readonly starts?: Uint32Array
  /** Offset in the input behind the last unit that made character i. */
  readonly ends?: Uint32Array
  /** Where this view differs from the one it was made from, in order; absent where all of it is new. */
  readonly changed?: readonly { readonly start: number; readonly end: number }[]
}

/** Units of context that a name or secret needs around a changed place. */
const context = 300

/**
 * The parts of a view that its parent has not shown: what lies around its changes. Looking at these is enough where
 * the parent has been looked at; where they are most of the text, the view itself is given.
 */
export function changedParts(view: View): readonly View[] {
  if (view.changed === undefined) return [view]
  const windows: { start: number; end: number }[] = []
  for (const { start, end } of view.changed) {
    const last = windows.at(-1)
    const from = Math.max(0, start - context)
    if (last !== undefined && from <= last.end) last.end = end + context
    else windows.push({ start: from, end: end + context })
  }
  const length = windows.reduce((sum, window) => sum + window.end - window.start, 0)
  if (length * 2 > view.text.length) return [view]
  return windows.map(({ start, end }) => partOf(view, start, end))
}

function partOf(view: View, start: number, end: number): View {
  if (view.starts === undefined || view.ends === undefined) return view
  return {
    text: view.text.slice(start, end),
    lower: view.lower.slice(start, end),
    starts: view.starts.subarray(start, end),
    ends: view.ends.subarray(start, end),
  }
}

/** The range of the input that made characters `start` to `end` of a view. */
export function toSource(view: View, start: number, end: number): { start: number; end: number } {
  if (view.starts === undefined || view.ends === undefined || end <= start) return { start, end }
  return { start: view.starts[start] ?? 0, end: view.ends[end - 1] ?? 0 }
}

/** Builds a view piece by piece. */
export class ViewBuilder {
  readonly #text: string[] = []
  readonly #changed: { start: number; end: number }[] = []
  #starts: Uint32Array
  #ends: Uint32Array
  #length = 0

  constructor(expectedLength: number) {
    this.#starts = new Uint32Array(expectedLength)
    this.#ends = new Uint32Array(expectedLength)
  }

  /** Adds characters that all came from `start` to `end` of the input. */
  add(text: string, start: number, end: number): void {
    this.#text.push(text)
    const last = this.#changed.at(-1)
    if (last?.end === this.#length) last.end += text.length
    else this.#changed.push({ start: this.#length, end: this.#length + text.length })
    this.#reserve(text.length)
    this.#starts.fill(start, this.#length, this.#length + text.length)
    this.#ends.fill(end, this.#length, this.#length + text.length)
    this.#length += text.length
  }

  /** Adds a run that stands as it is in the parent view. */
  copy(parent: View, from: number, to: number): void {
    if (from >= to) return
    this.#text.push(parent.text.slice(from, to))
    this.#reserve(to - from)
    const [starts, ends] = [this.#starts, this.#ends]
    let at = this.#length
    if (parent.starts !== undefined && parent.ends !== undefined) {
      starts.set(parent.starts.subarray(from, to), at)
      ends.set(parent.ends.subarray(from, to), at)
    } else {
      for (let i = from; i < to; i++, at++) {
        starts[at] = i
        ends[at] = i + 1
      }
    }
    this.#length += to - from
  }

  view(): View {
    const text = this.#text.join('')
    return {
      text,
      lower: lowerCase(text),
      starts: this.#starts.subarray(0, this.#length),
      ends: this.#ends.subarray(0, this.#length),
      changed: this.#changed,
    }
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#starts.length) return
    this.#starts = grown(this.#starts, this.#length + more)
    this.#ends = grown(this.#ends, this.#length + more)
  }
}

function grown(array: Uint32Array, needed: number): Uint32Array {
  const larger = new Uint32Array(Math.max(needed, array.length * 2))
  larger.set(array)
  return larger
}

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
