/** A Sigma condition as a tree. `some`: at least `count` of the named searches. */
export type Condition =
  | { readonly kind: 'search'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'some'; readonly count: number | 'all'; readonly pattern: string }

/** A condition, or why it cannot be read. */
export type ConditionResult =
  | { readonly kind: 'parsed'; readonly condition: Condition }
  | { readonly kind: 'invalid'; readonly message: string }

const depthLimit = 50

/**
 * Parses a condition: `and`, `or`, `not`, parentheses, `1 of selection*`, `all of them`. `not` binds tightest, then
 * `and`, then `or`. The pipe with an aggregation was taken out of Sigma: correlation rules replace it.
 */
export function parseCondition(text: string): ConditionResult {
  if (text.includes('|')) {
    return {
      kind: 'invalid',
      message: 'aggregations after `|` were removed from Sigma: write a correlation rule instead',
    }
  }
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  const parser = new Parser(tokens)
  try {
    const condition = parser.or(0)
    const rest = parser.peek()
    if (rest !== undefined)
      return { kind: 'invalid', message: `unexpected '${rest}' in the condition '${text}'` }
    return { kind: 'parsed', condition }
  } catch (error) {
    if (error instanceof Unreadable)
      return { kind: 'invalid', message: `${error.message} in the condition '${text}'` }
    throw error
  }
}

class Unreadable extends Error {}

class Parser {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  or(depth: number): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#not(depth)))
  }

  #chain(word: 'and' | 'or', operand: () => Condition): Condition {
    const first = operand()
    const of = [first]
    while (this.peek()?.toLowerCase() === word) {
      this.#at++
      of.push(operand())
    }
    return of.length === 1 ? first : { kind: word, of }
  }

  #not(depth: number): Condition {
    if (depth > depthLimit) throw new Unreadable(`more than ${depthLimit} levels of nesting`)
    if (this.peek()?.toLowerCase() !== 'not') return this.#atom(depth)
    this.#at++
    return { kind: 'not', of: this.#not(depth + 1) }
  }

  #atom(depth: number): Condition {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Unreadable('something is missing at the end')
    if (token === '(') {
      const inner = this.or(depth + 1)
      if (this.#tokens[this.#at++] !== ')') throw new Unreadable('a parenthesis is not closed')
      return inner
    }
    if (this.peek()?.toLowerCase() === 'of' && /^(\d+|all|any)$/i.test(token)) {
      this.#at++
      const pattern = this.#tokens[this.#at++]
      if (pattern === undefined) throw new Unreadable(`nothing follows '${token} of'`)
      const word = token.toLowerCase()
      return { kind: 'some', count: word === 'all' ? 'all' : word === 'any' ? 1 : Number(word), pattern }
    }
    if (token === ')' || /^(and|or|not|of)$/i.test(token))
      throw new Unreadable(`'${token}' stands where a search was expected`)
    return { kind: 'search', name: token }
  }
}

/** The searches that `them` or a pattern such as `selection_*` names. `them` leaves out names that begin with `_`. */
export function searchesOf(pattern: string, names: readonly string[]): string[] {
  if (pattern === 'them') return names.filter(name => !name.startsWith('_'))
  const [head = '', ...rest] = pattern.split('*')
  return names.filter(name => {
    if (!name.startsWith(head)) return false
    let at = head.length
    for (const [index, part] of rest.entries()) {
      if (index === rest.length - 1) return name.length - part.length >= at && name.endsWith(part)
      const found = name.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at === name.length
  })
}
