/** What a regular expression unfolds to: its repetitions written out, and whether one without end stands in another. */
export interface RegexSize {
  /** Items once bounded repetitions are written out; `{n,}`, `*` and `+` count once. */
  readonly items: number
  readonly nestedEndless: boolean
}

interface Level {
  items: number
  endless: boolean
}

/**
 * Measures the body of a YARA regular expression in one pass, without running it. `((a{1000}){1000}){1000}` is a billion items:
 * YARA-X keeps it small, but other scanners that take the same rules write it out, or refuse the whole set.
 */
export function regexSize(body: string): RegexSize {
  const levels: Level[] = [{ items: 0, endless: false }]
  let nestedEndless = false
  let last: Level = { items: 0, endless: false }
  const top = () => levels.at(-1) ?? last
  const repeat = (most: number, endless: boolean) => {
    const level = top()
    level.items += last.items * (most - 1)
    if (endless && last.endless) nestedEndless = true
    level.endless ||= endless
    last = { items: last.items * most, endless: last.endless || endless }
  }
  const item =
    /\\x[0-9a-fA-F]{2}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\((?:\?:)?|\)|\{(\d*)(,?)(\d*)\}|[*+?]|[\s\S]/g
  let quantified = false
  for (const [text, low = '', comma = '', high = ''] of body.matchAll(item)) {
    if (text.startsWith('(')) levels.push({ items: 0, endless: false })
    else if (text === ')') {
      last = levels.length > 1 ? (levels.pop() ?? last) : top()
      const level = top()
      level.items += last.items
      level.endless ||= last.endless
    } else if (text === '*' || text === '+') repeat(1, true)
    else if (text === '?') {
      // After a quantifier it says lazy; elsewhere it changes no size.
      if (!quantified) repeat(1, false)
    } else if (low !== '' || comma !== '')
      repeat(Math.max(1, Number(high || low)), comma !== '' && high === '')
    else if (text !== '|') {
      top().items++
      last = { items: 1, endless: false }
    }
    quantified = /^[*+?{]/.test(text)
  }
  return { items: levels.reduce((sum, { items }) => sum + items, 0), nestedEndless }
}
