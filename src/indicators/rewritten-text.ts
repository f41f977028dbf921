/**
 * A text under rewriting that remembers where each character came from, so that indicators found in the refanged text
 * keep their place in the original. Offsets are UTF-16 units of the original.
 */
export class RewrittenText {
  #text: string
  /** For each unit of the text, its offset in the original; undefined while nothing was rewritten. */
  #origins: Uint32Array | undefined
  readonly #original: string

  constructor(original: string) {
    this.#original = original
    this.#text = original
  }

  get text(): string {
    return this.#text
  }

  /**
   * Replaces every match of a global pattern by what `replacement` gives; undefined leaves the match as it is.
   * Characters of the replacement point at the start of the match.
   */
  rewrite(pattern: RegExp, replacement: (match: RegExpExecArray) => string | undefined): void {
    const pieces: string[] = []
    const origins: Uint32Array[] = []
    let done = 0
    for (const match of this.#text.matchAll(pattern)) {
      const value = replacement(match)
      if (value === undefined || value === match[0]) continue
      pieces.push(this.#text.slice(done, match.index), value)
      origins.push(
        this.#originsBetween(done, match.index),
        new Uint32Array(value.length).fill(this.originOf(match.index)),
      )
      done = match.index + match[0].length
    }
    if (pieces.length === 0) return
    pieces.push(this.#text.slice(done))
    origins.push(this.#originsBetween(done, this.#text.length))
    this.#text = pieces.join('')
    this.#origins = concatenate(origins, this.#text.length)
  }

  /** Where the unit at `offset` of the rewritten text stands in the original; the end maps to the end. */
  originOf(offset: number): number {
    if (offset >= this.#text.length) return this.#original.length
    return this.#origins === undefined ? offset : (this.#origins[offset] ?? this.#original.length)
  }

  /** The original characters behind a range of the rewritten text. */
  originalSlice(start: number, end: number): string {
    return this.#original.slice(this.originOf(start), this.originOf(end))
  }

  #originsBetween(start: number, end: number): Uint32Array {
    return (
      this.#origins?.subarray(start, end) ??
      Uint32Array.from({ length: end - start }, (_, index) => start + index)
    )
  }
}

function concatenate(parts: readonly Uint32Array[], length: number): Uint32Array {
  const whole = new Uint32Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
