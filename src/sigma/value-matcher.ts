import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import type { Json } from '../lib/canonical-json.ts'
import type { EventFields } from './event-fields.ts'
import { literalOf, matchesWhole, parseSigmaString, type StringPart } from './sigma-string.ts'

/** Whether one value of a field fits. */
export type ValueTest = (value: unknown, fields: EventFields) => boolean

/** A test, or why the modifiers and the value do not go together. */
export type ValueTestResult =
  | { readonly kind: 'test'; readonly test: ValueTest }
  | { readonly kind: 'invalid'; readonly message: string }

/** Modifiers that make a value other than text of it; the rest are known to `field-matcher.ts` (`all`, `exists`, `neq`). */
export const valueModifiers = [
  'contains',
  'startswith',
  'endswith',
  'base64',
  'base64offset',
  'wide',
  'utf16le',
  'utf16be',
  'utf16',
  'windash',
  're',
  'i',
  'm',
  's',
  'cidr',
  'cased',
  'lt',
  'lte',
  'gt',
  'gte',
  'fieldref',
  'expand',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'year',
] as const

const test = (run: ValueTest): ValueTestResult => ({ kind: 'test', test: run })
const invalid = (message: string): ValueTestResult => ({ kind: 'invalid', message })

/** Compiles one value of a rule with its modifiers. Source: Sigma specification 2.1, "Modifiers". */
export function compileValue(
  value: Json,
  modifiers: readonly string[],
  placeholders: Placeholders,
): ValueTestResult {
  const has = (name: string) => modifiers.includes(name)
  if (has('re')) return compileRegex(value, modifiers)
  if (has('cidr')) return compileCidr(value)
  const comparison = modifiers.find(name => Object.hasOwn(comparisons, name))
  if (comparison !== undefined) return compileComparison(value, comparison)
  const part = modifiers.find(name => Object.hasOwn(timeParts, name))
  if (part !== undefined) return compileTimePart(value, part)
  if (has('fieldref')) return compileFieldReference(value, modifiers)
  if (value === null) return test(actual => actual === null || actual === undefined)
  if (typeof value === 'object')
    return invalid('a value is text, a number, true, false or null, not a list in a list or a mapping')
  const text = String(value)
  if (has('expand')) {
    const expanded = expand(text, placeholders)
    if (expanded === undefined) return invalid(`the placeholder in '${text}' has no values here`)
    return anyOf(expanded.map(entry => compileText(entry, modifiers)))
  }
  return compileText(text, modifiers)
}

/** Values for `%name%` with the `expand` modifier. */
export type Placeholders = Readonly<Record<string, readonly string[]>>

function expand(text: string, placeholders: Placeholders): string[] | undefined {
  const match = /%([\w.-]+)%/.exec(text)
  if (match === null) return [text]
  const values = placeholders[match[1] ?? '']
  return values?.map(value => text.replace(match[0], () => value))
}

function anyOf(results: readonly ValueTestResult[]): ValueTestResult {
  const bad = results.find(result => result.kind === 'invalid')
  if (bad !== undefined) return bad
  const tests = results.flatMap(result => (result.kind === 'test' ? [result.test] : []))
  return test((actual, fields) => tests.some(run => run(actual, fields)))
}

function compileText(text: string, modifiers: readonly string[]): ValueTestResult {
  const read = readText(text, modifiers)
  if (read.kind === 'invalid') return read
  return anyOf(
    read.alternatives.map(parts => test(textTest(parts, read.cased, modifiers.includes('windash')))),
  )
}

/** What a text value stands for: any of these patterns over the whole field. */
export type TextMeaning =
  | {
      readonly kind: 'text'
      readonly alternatives: readonly (readonly StringPart[])[]
      readonly cased: boolean
    }
  | { readonly kind: 'invalid'; readonly message: string }

/** Applies encodings and `contains`, `startswith`, `endswith` to a text value. */
export function readText(text: string, modifiers: readonly string[]): TextMeaning {
  const encoded = encode(text, modifiers)
  if (encoded.kind === 'invalid') return encoded
  // What was encoded is exact; what was not may hold wildcards.
  const parts = encoded.exact
    ? encoded.texts.map(entry => [{ kind: 'text', text: entry } as const])
    : encoded.texts.map(parseSigmaString)
  return {
    kind: 'text',
    alternatives: parts.map(alternative => widen(alternative, modifiers)),
    cased: modifiers.includes('cased') || encoded.exact,
  }
}

function widen(parts: readonly StringPart[], modifiers: readonly string[]): StringPart[] {
  const any = { kind: 'any' } as const
  const loose = modifiers.includes('contains') || modifiers.includes('base64offset')
  const before = loose || modifiers.includes('endswith')
  const after = loose || modifiers.includes('startswith')
  return [...(before ? [any] : []), ...parts, ...(after ? [any] : [])]
}

/** What an option may begin with on Windows, for `windash`. */
export const dashCharacters = '-/–—―'

/** A dash or slash that begins an option: not inside a word. Source: pySigma's `windash`. */
export const optionDash = /\B[-/]\b/

function textTest(parts: readonly StringPart[], cased: boolean, dashes: boolean): ValueTest {
  const fold = cased ? (text: string) => text : (text: string) => text.toLowerCase()
  const folded = parts.map(part => (part.kind === 'text' ? { kind: part.kind, text: fold(part.text) } : part))
  const textOf = (actual: unknown) =>
    fold(
      actual === null || actual === undefined
        ? ''
        : typeof actual === 'object'
          ? JSON.stringify(actual)
          : String(actual),
    )
  const loose = dashes && folded.some(part => part.kind === 'text' && optionDash.test(part.text))
  if (loose) {
    const equal = (pattern: string, char: string) =>
      pattern === char || ((pattern === '-' || pattern === '/') && dashCharacters.includes(char))
    return actual => matchesWhole(folded, textOf(actual), equal)
  }
  const plain = plainTest(folded)
  if (plain !== undefined) return actual => actual !== null && actual !== undefined && plain(textOf(actual))
  return actual =>
    actual !== null &&
    actual !== undefined &&
    matchesWhole(folded, textOf(actual), (pattern, char) => pattern === char)
}

/** The common shapes without a loop of our own: equal, contains, starts with, ends with. */
function plainTest(parts: readonly StringPart[]): ((text: string) => boolean) | undefined {
  const starts = parts[0]?.kind === 'any'
  const ends = parts.at(-1)?.kind === 'any' && (parts.length > 1 || !starts)
  const literal = literalOf(parts.slice(starts ? 1 : 0, ends ? -1 : undefined))
  if (literal === undefined) return undefined
  if (starts && ends) return text => text.includes(literal)
  if (starts) return text => text.endsWith(literal)
  if (ends) return text => text.startsWith(literal)
  return text => text === literal
}

type Encoded =
  | { readonly kind: 'encoded'; readonly texts: readonly string[]; readonly exact: boolean }
  | { readonly kind: 'invalid'; readonly message: string }

function encode(text: string, modifiers: readonly string[]): Encoded {
  const encodings = modifiers.filter(name =>
    ['base64', 'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16'].includes(name),
  )
  if (encodings.length === 0) return { kind: 'encoded', texts: [text], exact: false }
  const literal = literalOf(parseSigmaString(text))
  if (literal === undefined)
    return { kind: 'invalid', message: `'${text}' has wildcards, which cannot be encoded` }
  let bytes = Buffer.from(literal, 'utf8')
  for (const name of encodings) {
    if (name === 'wide' || name === 'utf16le') bytes = Buffer.from(literal, 'utf16le')
    if (name === 'utf16be') bytes = Buffer.from(literal, 'utf16le').swap16()
    if (name === 'utf16') bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(literal, 'utf16le')])
    if (name === 'base64') return { kind: 'encoded', texts: [bytes.toString('base64')], exact: true }
    if (name === 'base64offset') return { kind: 'encoded', texts: base64AtEachOffset(bytes), exact: true }
  }
  return { kind: 'encoded', texts: [bytes.toString('latin1')], exact: true }
}

/** The characters of base64 that depend only on `bytes`, at each of the three alignments they may have in a longer text. */
function base64AtEachOffset(bytes: Buffer): string[] {
  return [0, 1, 2].map(offset => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const start = [0, 2, 3][offset] ?? 0
    const end = [0, -3, -2][(bytes.length + offset) % 3] ?? 0
    return text.slice(start, end === 0 ? undefined : end)
  })
}

function compileRegex(value: Json, modifiers: readonly string[]): ValueTestResult {
  if (typeof value !== 'string' && typeof value !== 'number') return invalid('a regular expression is text')
  let flags = 0
  if (modifiers.includes('i')) flags |= RE2JS.CASE_INSENSITIVE
  if (modifiers.includes('m')) flags |= RE2JS.MULTILINE
  if (modifiers.includes('s')) flags |= RE2JS.DOTALL
  try {
    // RE2 takes time linear in the text: a rule from outside cannot stall the engine.
    const pattern = RE2JS.compile(String(value), flags)
    return test(actual => actual !== null && actual !== undefined && pattern.matcher(String(actual)).find())
  } catch (error) {
    return invalid(
      `the regular expression '${value}' cannot be used: ${error instanceof Error ? error.message : error} (look-around and back-references are not taken)`,
    )
  }
}

function compileCidr(value: Json): ValueTestResult {
  try {
    const [network, bits] = ipaddr.parseCIDR(String(value))
    return test(actual => {
      if (!ipaddr.isValid(String(actual))) return false
      const address = ipaddr.process(String(actual))
      return address.kind() === network.kind() && address.match(network, bits)
    })
  } catch {
    return invalid(`'${value}' is not a network in CIDR form such as 10.0.0.0/8`)
  }
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
}

function compileComparison(value: Json, name: string): ValueTestResult {
  const bound = Number(value)
  const compare = comparisons[name]
  if (compare === undefined || value === null || value === '' || Number.isNaN(bound))
    return invalid(`'${name}' compares with a number, not '${value}'`)
  return test(
    actual =>
      actual !== null && actual !== '' && !Number.isNaN(Number(actual)) && compare(Number(actual), bound),
  )
}

const timeParts: Record<string, (time: Date) => number> = {
  minute: time => time.getUTCMinutes(),
  hour: time => time.getUTCHours(),
  day: time => time.getUTCDate(),
  week: time => isoWeek(time),
  month: time => time.getUTCMonth() + 1,
  year: time => time.getUTCFullYear(),
}

function isoWeek(time: Date): number {
  const day = (time.getUTCDay() + 6) % 7
  const thursday = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate() - day + 3)
  const first = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)
  return 1 + Math.floor((thursday - first) / (7 * 86_400_000))
}

function compileTimePart(value: Json, name: string): ValueTestResult {
  const read = timeParts[name]
  const wanted = Number(value)
  if (read === undefined || value === null || Number.isNaN(wanted))
    return invalid(`'${name}' compares with a number, not '${value}'`)
  return test(actual => {
    const time = new Date(String(actual))
    return !Number.isNaN(time.getTime()) && read(time) === wanted
  })
}

function compileFieldReference(value: Json, modifiers: readonly string[]): ValueTestResult {
  if (typeof value !== 'string') return invalid('`fieldref` takes the name of a field')
  const fold = modifiers.includes('cased') ? String : (text: unknown) => String(text).toLowerCase()
  const compare = modifiers.includes('contains')
    ? (a: string, b: string) => a.includes(b)
    : modifiers.includes('startswith')
      ? (a: string, b: string) => a.startsWith(b)
      : modifiers.includes('endswith')
        ? (a: string, b: string) => a.endsWith(b)
        : (a: string, b: string) => a === b
  return test((actual, fields) => fields.values(value).some(other => compare(fold(actual), fold(other))))
}
