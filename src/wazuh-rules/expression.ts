import { RE2JS } from 're2js'
import { inNetworks, type Network, parseNetwork } from './ip-list.ts'
import { pairsOf, type WordPairs } from './log-digest.ts'
import { compileOsMatch, osMatchLiterals, osMatchTest } from './os-match.ts'
import { miss, runOsRegex } from './os-regex.ts'
import { compileOsRegex, type OsRegexProgram } from './os-regex-program.ts'
import { type JsPattern, translatePcre } from './pcre-translate.ts'
import {
  osRegexFirstBytes,
  osRegexLiterals,
  pcreLiterals,
  type RequiredLiterals,
} from './required-literals.ts'

export type ExpressionType = 'osmatch' | 'osregex' | 'pcre2' | 'string' | 'address'

/** A compiled pattern of a rule or decoder. Subjects are byte texts; `lower` is the subject in lower case. */
export interface Expression {
  readonly type: ExpressionType
  readonly source: string
  readonly literals: RequiredLiterals
  /** The byte pairs of the literals, for `LogDigest`. */
  readonly pairs: readonly WordPairs[] | undefined
  /** A backtracking matcher, such as Wazuh's, may need exponential time. */
  readonly explosive: boolean
  /** False only where no subject that begins with this byte matches (-1: the empty subject). */
  mayStartWith(byte: number): boolean
  matches(subject: string, lower: string): boolean
  /** Searches from an offset on, as if the subject began there. Returns the offset after the match, or -1. */
  locate(subject: string, lower: string, from: number): number
  /** As `locate`, and puts the captures in `captures` (emptied first). */
  capture(subject: string, lower: string, from: number, captures: string[]): number
}

export interface ExpressionError {
  readonly kind: 'invalid'
  readonly offset: number
  readonly message: string
}

/** Compiles a pattern of the given type. The error's offset is within the pattern. */
export function compileExpression(type: ExpressionType, source: string): Expression | ExpressionError {
  switch (type) {
    case 'osmatch':
      return osMatchExpression(source)
    case 'osregex': {
      const programs = compileOsRegex(source)
      return 'kind' in programs ? programs : osRegexExpression(source, programs)
    }
    case 'pcre2':
      return pcreExpression(source)
    case 'string':
      return testOnly('string', source, undefined, subject => subject === source)
    case 'address':
      return addressExpression(source.split('\n'))
  }
}

function testOnly(
  type: ExpressionType,
  source: string,
  literals: RequiredLiterals,
  matches: (subject: string, lower: string) => boolean,
): Expression {
  const locate = (subject: string, lower: string, from: number) =>
    matches(subject.slice(from), lower.slice(from)) ? from : -1
  return {
    type,
    source,
    literals,
    pairs: pairsOf(literals),
    explosive: false,
    mayStartWith: () => true,
    matches,
    locate,
    capture: (subject, lower, from, captures) => {
      captures.length = 0
      return locate(subject, lower, from)
    },
  }
}

function osMatchExpression(source: string): Expression {
  const pattern = compileOsMatch(source)
  const test = osMatchTest(pattern)
  return testOnly('osmatch', source, osMatchLiterals(pattern), (_, lower) => test(lower))
}

function addressExpression(lines: readonly string[]): Expression | ExpressionError {
  const networks: Network[] = []
  for (const line of lines) {
    const network = parseNetwork(line)
    if (!network) return { kind: 'invalid', offset: 0, message: `'${line}' is not an address or network` }
    networks.push(network)
  }
  return testOnly('address', lines.join('\n'), undefined, subject => inNetworks(subject, networks))
}

function osRegexExpression(source: string, programs: readonly OsRegexProgram[]): Expression {
  const capturing = programs.some(program => program.groupMarks > 0)
  const marks = new Int32Array(Math.max(0, ...programs.map(program => program.groupMarks)) + 1)
  const after = (last: number, lower: string) => (last < lower.length ? last + 1 : last)
  const locate = (_: string, lower: string, from: number) => {
    for (const program of programs) {
      const last = runOsRegex(program, lower, from, undefined)
      if (last !== miss) return after(last, lower)
    }
    return -1
  }
  const capture = (subject: string, lower: string, from: number, captures: string[]) => {
    captures.length = 0
    if (!capturing) return locate(subject, lower, from)
    for (const program of programs) {
      marks.fill(-1)
      const last = runOsRegex(program, lower, from, marks)
      if (last === miss) continue
      for (let pair = 0; pair + 1 < program.groupMarks; pair += 2) {
        const start = marks[pair] ?? -1
        const end = marks[pair + 1] ?? -1
        if (start < 0 || end < 0) break
        if (end < start) return -1
        captures.push(subject.slice(start, end))
      }
      return after(last, lower)
    }
    return -1
  }
  const matches = (subject: string, lower: string) => locate(subject, lower, 0) >= 0
  const literals = osRegexLiterals(programs)
  const first = osRegexFirstBytes(programs)
  const mayStartWith = (byte: number) => first === undefined || first.has(byte)
  return {
    type: 'osregex',
    source,
    literals,
    pairs: pairsOf(literals),
    explosive: false,
    mayStartWith,
    matches,
    locate,
    capture,
  }
}

/** The first match of a PCRE2 pattern: where it ends and what its groups hold. */
type PcreSearch = (
  subject: string,
) => { readonly end: number; readonly groups: readonly (string | undefined)[] } | undefined

function nativeSearch({ source, flags, groups }: JsPattern): PcreSearch {
  const pattern = new RegExp(source, flags)
  return subject => {
    const found = pattern.exec(subject)
    if (!found) return undefined
    return { end: found.index + found[0].length, groups: groups.map(group => found[group]) }
  }
}

/**
 * The native matcher, and RE2 where a subject is so long that its backtracking could take seconds. Wazuh has PCRE2's
 * match limit there and finds nothing; we find what there is.
 */
function guardedSearch(source: string, translated: JsPattern): PcreSearch {
  const native = nativeSearch(translated)
  const longest = translated.repeats >= 3 ? 1024 : translated.repeats > 0 ? 8192 : Number.POSITIVE_INFINITY
  let linear: PcreSearch | undefined
  return subject => {
    if (subject.length <= longest) return native(subject)
    if (!linear) {
      const built = linearSearch(source)
      linear = 'kind' in built ? native : built
    }
    return linear(subject)
  }
}

/**
 * RE2 for patterns that a backtracking matcher could hang on: time grows with the subject, not with its square or worse.
 * It has no look-around and no back-references; a pattern that needs both kinds of trouble is refused.
 */
function linearSearch(source: string): PcreSearch | ExpressionError {
  try {
    const pattern = RE2JS.compile(source)
    return subject => {
      const matcher = pattern.matcher(subject)
      if (!matcher.find()) return undefined
      const groups = Array.from(
        { length: matcher.groupCount() },
        (_, index) => matcher.group(index + 1) ?? undefined,
      )
      return { end: matcher.end(), groups }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      kind: 'invalid',
      offset: 0,
      message: `a repeated part that itself repeats or branches can take exponential time, and RE2 cannot run it (${reason}): make the inner part possessive or leave out the outer repetition`,
    }
  }
}

function pcreExpression(source: string): Expression | ExpressionError {
  const translated = translatePcre(source)
  if (translated.kind === 'invalid') return translated
  const search = translated.explosive ? linearSearch(source) : guardedSearch(source, translated)
  if ('kind' in search) return search
  const run = (subject: string, from: number, captures: string[] | undefined) => {
    const found = search(from === 0 ? subject : subject.slice(from))
    if (!found) return -1
    if (captures) {
      captures.length = 0
      // PCRE2 counts up to the last group that took part; those before it that did not are empty.
      const used = found.groups.findLastIndex(value => value !== undefined) + 1
      for (const value of found.groups.slice(0, used)) captures.push(value ?? '')
    }
    return from + found.end
  }
  const literals = pcreLiterals(source)
  return {
    type: 'pcre2',
    source,
    literals,
    pairs: pairsOf(literals),
    explosive: translated.explosive,
    mayStartWith: () => true,
    matches: subject => search(subject) !== undefined,
    locate: (subject, _, from) => run(subject, from, undefined),
    capture: (subject, _, from, captures) => run(subject, from, captures),
  }
}
