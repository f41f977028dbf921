import { RE2JS } from 're2js'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { Expression } from '../wazuh-rules/expression.ts'

/** A pattern of Wazuh 4 as values of one Sigma field, or why it is none. */
export type MigratedPattern =
  | { readonly kind: 'values'; readonly modifiers: readonly string[]; readonly values: readonly string[] }
  | { readonly kind: 'cannot'; readonly reason: string }

/** Turns a pattern of any type. `anyOf` in Sigma is a list of values; a negation at the front is the caller's. */
export function migratePattern({ type, source }: Pick<Expression, 'type' | 'source'>): MigratedPattern {
  const text = fromByteText(source)
  switch (type) {
    case 'string':
      return { kind: 'values', modifiers: ['cased'], values: [escapeValue(text)] }
    case 'address':
      return migrateAddresses(text)
    case 'osmatch':
      return migrateOsMatch(text)
    case 'osregex':
      return asRegex(osRegexSource(text))
    case 'pcre2':
      return asRegex(text)
  }
}

/** Sigma's wildcards, taken literally. */
function escapeValue(text: string): string {
  return text.replaceAll(/\\(?=[\\*?])/g, '\\\\').replaceAll(/[*?]/g, character => `\\${character}`)
}

function migrateAddresses(text: string): MigratedPattern {
  const values = text
    .split('\n')
    .flatMap(line => line.split(','))
    .map(part => part.trim().replace(/^!/, ''))
    .filter(Boolean)
  const networks = values.map(value =>
    value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`,
  )
  const odd = networks.find(value => !/^[\da-fA-F.:]+\/\d{1,3}$/.test(value))
  return odd === undefined
    ? { kind: 'values', modifiers: ['cidr'], values: networks }
    : { kind: 'cannot', reason: `'${odd}' is no network with a prefix length` }
}

/** Substrings, without case, each perhaps fixed to the start or the end. */
function migrateOsMatch(text: string): MigratedPattern {
  const words = text.split('|')
  if (words.some(word => word === ''))
    return { kind: 'cannot', reason: 'an empty alternative matches everything' }
  const anchored = words.some(word => word.startsWith('^') || word.endsWith('$'))
  if (!anchored) return { kind: 'values', modifiers: ['contains'], values: words.map(escapeValue) }
  const parts = words.map(word => {
    const [, start = '', body = '', end = ''] = /^(\^?)([\s\S]*?)(\$?)$/.exec(word) ?? []
    return `${start}${quoted(body)}${end}`
  })
  return asRegex(parts.length === 1 ? (parts[0] ?? '') : `(?:${parts.join('|')})`, 'i')
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const classes: Readonly<Record<string, string>> = {
  w: '[A-Za-z0-9@_-]',
  W: '[^A-Za-z0-9@_-]',
  d: '[0-9]',
  D: '[^0-9]',
  s: ' ',
  S: '[^ ]',
  t: '\\t',
  p: '[!"#$%&\'()*+,\\-.:;<=>?\\[\\]{|}]',
  '.': '[\\s\\S]',
}

/** OS_Regex in the usual notation. It matches lazily; whether it matches at all is the same but for its limit on backtracking. */
function osRegexSource(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\' && at + 1 < text.length) {
      const next = text.charAt(++at)
      out += classes[next] ?? quoted(next)
      if (text.charAt(at + 1) === '+' || text.charAt(at + 1) === '*') out += text.charAt(++at)
    } else if ('^$|()'.includes(character)) out += character
    else out += quoted(character)
  }
  const branches = out.includes('|') ? `(?:${out})` : out
  return `(?i)${branches}`
}

function asRegex(source: string, flag?: string): MigratedPattern {
  try {
    RE2JS.compile(source)
  } catch (error) {
    return {
      kind: 'cannot',
      reason: `'${source.slice(0, 80)}' is no RE2 pattern (${error instanceof Error ? error.message : error}): write it without look-around and back-references`,
    }
  }
  return { kind: 'values', modifiers: flag === undefined ? ['re'] : ['re', flag], values: [source] }
}

/** A pattern of any type as one regular expression of RE2, for checks of decoders; undefined where there is none. */
export function regexOf({ type, source }: Pick<Expression, 'type' | 'source'>): string | undefined {
  const pattern = migratePattern({ type, source })
  if (pattern.kind === 'cannot') return undefined
  const [value = ''] = pattern.values
  if (pattern.modifiers[0] === 're') return pattern.modifiers.includes('i') ? `(?i)${value}` : value
  if (pattern.modifiers[0] !== 'contains') return undefined
  const words = fromByteText(source).split('|').map(quoted)
  return `(?i)(?:${words.join('|')})`
}
