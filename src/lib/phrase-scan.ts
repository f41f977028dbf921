const letters = 128
const blank = ' '.charCodeAt(0)
const otherBlanks = [9, 10, 11, 12, 13]

/**
 * Tells in one pass whether a text holds any of many phrases (Aho and Corasick, 1975). Phrases are ASCII. Capitals count
 * as small letters, and a blank in a phrase stands for any run of blanks. A text with anything outside ASCII always
 * counts as holding one: what stands there is for a closer look. About 2 ns a character, however many phrases.
 */
export class PhraseScan {
  /** For each state and character where the next state begins in this table; negative where a phrase has just ended. */
  readonly #next: Int32Array

  constructor(phrases: readonly string[]) {
    const states = trieOf(phrases)
    this.#next = linked(states)
  }

  /** Text in UTF-8: bytes are read faster than the characters of a string. */
  holdsAny(text: Uint8Array): boolean {
    const next = this.#next
    let state = 0
    for (let index = 0; index < text.length; index++) {
      const letter = text[index] ?? 0
      state = next[state + (letter & 127)] ?? 0
      if ((state | (126 - letter)) < 0) return true // One test for both: an end, and what is not ASCII.
    }
    return false
  }
}

interface State {
  /** The last one of the way to this state; -1 for the first state. */
  readonly letter: number
  readonly children: Map<number, number>
  ends: boolean
}

function trieOf(phrases: readonly string[]): State[] {
  const states: State[] = [{ letter: -1, children: new Map(), ends: false }]
  for (const phrase of phrases) {
    let at = 0
    for (const letter of Buffer.from(phrase.toLowerCase().replace(/\s+/g, ' '), 'latin1')) {
      if (letter > 126) throw new Error(`'${phrase}' is not ASCII`)
      let child = states[at]?.children.get(letter)
      if (child === undefined) {
        child = states.push({ letter, children: new Map(), ends: false }) - 1
        states[at]?.children.set(letter, child)
      }
      at = child
    }
    const last = states[at]
    if (at === 0 || last === undefined) throw new Error('an empty phrase is in every text')
    last.ends = true
  }
  return states
}

/** The table, with the way back from each state to the longest phrase that the text may still be in. */
function linked(states: readonly State[]): Int32Array {
  const table = new Int32Array(states.length * letters)
  const fallback = new Int32Array(states.length)
  const ends = states.map(state => state.ends)
  const waiting = [0]
  for (const at of waiting) {
    const back = fallback[at] ?? 0
    if (ends[back]) ends[at] = true
    for (let letter = 0; letter < letters; letter++) {
      const child = states[at]?.children.get(letter)
      const fromBack = at === 0 ? 0 : (table[back * letters + letter] ?? 0)
      if (child === undefined) table[at * letters + letter] = fromBack
      else {
        table[at * letters + letter] = child
        fallback[child] = fromBack
        waiting.push(child)
      }
    }
    // Further blanks of a run change nothing.
    if (states[at]?.letter === blank) table[at * letters + blank] = at
  }
  const next = table.map(state => (ends[state] ? -1 : state * letters))
  const capitals = { first: 65, last: 90, toSmall: 32 }
  for (let at = 0; at < states.length; at++)
    for (let letter = capitals.first; letter <= capitals.last; letter++)
      next[at * letters + letter] = next[at * letters + letter + capitals.toSmall] ?? 0
  for (let at = 0; at < states.length; at++)
    for (const other of otherBlanks) next[at * letters + other] = next[at * letters + blank] ?? 0
  return next
}
