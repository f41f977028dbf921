import type { RequiredLiterals } from './required-literals.ts'

/**
 * The bytes and the pairs of neighbouring bytes in a log, as a table with a stamp for each. One pass over the log fills it; after
 * that, whether a word can be in the log costs a few look-ups instead of a search, and most words cannot. Measured on
 * the stock ruleset, it stands for several hundred substring searches per log.
 */
export class LogDigest {
  readonly #stamps = new Uint32Array(65536)
  #stamp = 0

  /** Takes a lower-cased log in place of the last one. */
  read(lower: string): void {
    if (++this.#stamp > 0xfffffff0) {
      this.#stamps.fill(0)
      this.#stamp = 1
    }
    const stamps = this.#stamps
    const stamp = this.#stamp
    let before = 0
    for (let at = 0; at < lower.length; at++) {
      const byte = lower.charCodeAt(at) & 255
      stamps[byte] = stamp
      stamps[(before << 8) | byte] = stamp
      before = byte
    }
  }

  /** False only where none of the lists of words can be in the log. */
  mayHold(lists: readonly WordPairs[]): boolean {
    for (const pairs of lists) if (this.#mayHoldAll(pairs)) return true
    return false
  }

  /** Walks the rows of `gatedCandidates` to the first entry from `from` on that needs nothing or whose needs may be met. */
  nextHeld(starts: Int32Array, codes: Uint16Array, from: number): number {
    const stamps = this.#stamps
    const stamp = this.#stamp
    const last = starts.length - 1
    for (let entry = from; entry < last; entry++) {
      let at = starts[entry] ?? 0
      const end = starts[entry + 1] ?? 0
      if (at === end) return entry
      while (at < end) {
        const listEnd = at + 1 + (codes[at] ?? 0)
        at++
        while (at < listEnd && stamps[codes[at] ?? 0] === stamp) at++
        if (at === listEnd) return entry
        at = listEnd
      }
    }
    return last
  }

  #mayHoldAll(pairs: WordPairs): boolean {
    const stamp = this.#stamp
    for (let i = 0; i < pairs.length; i++) if (this.#stamps[pairs[i] ?? 0] !== stamp) return false
    return true
  }
}

/** Table places of all the words of a list: pairs of bytes, or the byte itself for a word of one. */
export type WordPairs = Uint16Array

/** The table places of each list. */
export function pairsOf(lists: RequiredLiterals): readonly WordPairs[] | undefined {
  return lists?.map(words => Uint16Array.from(new Set(words.flatMap(placesOf))))
}

function placesOf(word: string): number[] {
  if (word.length === 1) return [word.charCodeAt(0)]
  return Array.from(
    { length: word.length - 1 },
    (_, at) => (word.charCodeAt(at) << 8) | word.charCodeAt(at + 1),
  )
}
