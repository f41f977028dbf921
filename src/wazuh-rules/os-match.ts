/**
 * OS_Match, Wazuh's `sregex`: alternatives split by `|`, each a substring, or anchored by `^` and `$`. A leading
 * `!` turns the whole pattern round. Case does not count for ASCII letters. There are no escapes, and an empty
 * alternative matches everything. Source: Wazuh documentation, "sregex (OS_Match) syntax".
 */
export interface OsMatch {
  readonly negated: boolean
  readonly alternatives: readonly Alternative[]
}

interface Alternative {
  readonly kind: 'anything' | 'contains' | 'starts' | 'ends' | 'equals'
  /** Lower case. */
  readonly text: string
}

/** Never fails: every text is a pattern. */
export function compileOsMatch(pattern: string): OsMatch {
  const negated = pattern.startsWith('!')
  const body = (negated ? pattern.slice(1) : pattern).toLowerCase()
  return { negated, alternatives: body.split('|').map(compileAlternative) }
}

function compileAlternative(source: string): Alternative {
  if (source === '') return { kind: 'anything', text: '' }
  const starts = source.startsWith('^')
  const ends = source.endsWith('$')
  if (starts && ends) return { kind: 'equals', text: source.slice(1, -1) }
  if (starts) return { kind: 'starts', text: source.slice(1) }
  if (ends) return { kind: 'ends', text: source.slice(0, -1) }
  return { kind: 'contains', text: source }
}

// Wazuh compares a signed pattern byte with an unsigned subject byte when it looks for a substring, so a byte
// above 127 never matches there. The anchored forms use strncasecmp and do match.
const beyondAscii = /[\x80-\xff]/

/** A test of a lower-cased subject. Built once, so that the common one-word pattern is one `includes`. */
export function osMatchTest(pattern: OsMatch): (lower: string) => boolean {
  const tests = pattern.alternatives.map(alternativeTest)
  const [only] = tests
  const any =
    tests.length === 1 && only
      ? only
      : (lower: string) => {
          for (const test of tests) if (test(lower)) return true
          return false
        }
  return pattern.negated ? lower => !any(lower) : any
}

function alternativeTest({ kind, text }: Alternative): (lower: string) => boolean {
  switch (kind) {
    case 'anything':
      return () => true
    case 'contains':
      return beyondAscii.test(text) ? () => false : lower => lower.includes(text)
    case 'starts':
      return lower => lower.startsWith(text)
    case 'ends':
      return lower => lower.endsWith(text)
    case 'equals':
      return lower => lower === text
  }
}

/**
 * The words of which at least one is in every subject that matches, each in a list of its own, or undefined where
 * there are none (negated, or an alternative that matches anything).
 */
export function osMatchLiterals(pattern: OsMatch): readonly (readonly string[])[] | undefined {
  if (pattern.negated || pattern.alternatives.some(({ text }) => text === '')) return undefined
  return pattern.alternatives.map(({ text }) => [text])
}

/** OS_WordMatch, the older form that `if_group` uses, of a lower-cased subject: no `$`, no `!`. An empty pattern finds nothing. */
export function osWordTest(pattern: string): (lower: string) => boolean {
  if (pattern === '') return () => false
  const tests = pattern
    .toLowerCase()
    .split('|')
    .map(word => {
      if (!word.startsWith('^')) return (lower: string) => lower.includes(word)
      const start = word.slice(1)
      return (lower: string) => lower.startsWith(start)
    })
  return lower => tests.some(test => test(lower))
}
