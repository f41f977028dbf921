import type { StringPart } from '../sigma-string.ts'
import { dashCharacters, optionDash } from '../value-matcher.ts'

/** How a target's regular expressions differ. */
export interface RegexDialect {
  /** Characters to escape with a backslash. */
  readonly special: RegExp
  /** Whether a pattern covers the whole value (Lucene) or is searched in it (PCRE2). */
  readonly whole: boolean
  /** Whether letters must be spelt `[aA]`, because the target has no switch for case. */
  readonly spellCase: boolean
}

export const pcre2: RegexDialect = { special: /[\\^$.|?*+()[\]{}]/g, whole: false, spellCase: false }
export const lucene: RegexDialect = { special: /[\\^$.|?*+()[\]{}"#@&<>~/]/g, whole: true, spellCase: true }
export const openSearchRegexp: RegexDialect = { ...lucene, spellCase: false }

/**
 * A pattern with Sigma's wildcards as a regular expression. Wazuh keeps Windows backslashes doubled, other sources do
 * not, so one backslash stands for one or more.
 */
export function toRegex(
  parts: readonly StringPart[],
  dialect: RegexDialect,
  options: { cased: boolean; dashes: boolean },
): string {
  let inner = parts
  let start = dialect.whole ? '' : '^'
  let end = dialect.whole ? '' : '$'
  if (!dialect.whole && inner[0]?.kind === 'any') {
    start = ''
    inner = inner.slice(1)
  }
  if (!dialect.whole && inner.at(-1)?.kind === 'any') {
    end = ''
    inner = inner.slice(0, -1)
  }
  const body = inner.map(part =>
    part.kind === 'any' ? '.*' : part.kind === 'one' ? '.' : literal(part.text, dialect, options),
  )
  return `${start}${body.join('')}${end}`
}

function literal(text: string, dialect: RegexDialect, options: { cased: boolean; dashes: boolean }): string {
  const loose = options.dashes && optionDash.test(text)
  const pieces = text.match(/\\+|[^\\]/gu) ?? []
  return pieces
    .map(piece => {
      if (piece.startsWith('\\')) return '\\\\+'
      if (loose && (piece === '-' || piece === '/'))
        return `[${dashCharacters.replace('-', '\\-').replace('/', dialect.whole ? '\\/' : '/')}]`
      const [lower, upper] = [piece.toLowerCase(), piece.toUpperCase()]
      if (dialect.spellCase && !options.cased && lower !== upper && upper.length === lower.length)
        return `[${lower}${upper}]`
      return piece.replace(dialect.special, '\\$&')
    })
    .join('')
}
