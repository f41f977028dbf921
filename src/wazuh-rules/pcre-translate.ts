import { Buffer } from 'node:buffer'

import { classEscapes, Refused, readClass, readCode } from './pcre-classes.ts'

/**
 * PCRE2 to JavaScript. Wazuh compiles PCRE2 without options: bytes, case-sensitive, `.` stops at newline only,
 * `$` also matches before a final newline. JavaScript differs in each of these, and lacks some syntax, so the
 * pattern is rewritten item by item. What has no equal (recursion, conditionals, `\K`, properties, callouts) is
 * refused with its place. Source: pcre2pattern(3).
 */
export interface JsPattern {
  readonly kind: 'translated'
  readonly source: string
  readonly flags: string
  /** JavaScript's group number of each PCRE2 group, from 1. They differ where a group had to be added. */
  readonly groups: readonly number[]
  /** A repeated part that itself repeats or branches: a backtracking matcher may need exponential time. */
  readonly explosive: boolean
  /** How many parts repeat without bound: the power of the subject's length that backtracking may cost. */
  readonly repeats: number
}

export interface PcreError {
  readonly kind: 'invalid'
  readonly offset: number
  readonly message: string
}

interface State {
  readonly pattern: string
  /** `(*UTF)`: code points above 127 are their UTF-8 bytes. */
  readonly utf: boolean
  at: number
  out: string
  jsGroups: number
  readonly groups: number[]
  /** Flags in force, innermost group last. */
  readonly flags: Flags[]
  /** What is to be written when each open group closes. */
  readonly closers: string[]
  /** Where in `out` the last item began, for possessive quantifiers; -1 where nothing can be repeated. */
  itemStart: number
  readonly itemStarts: number[]
  /** For each open group (the pattern itself first): whether a part of it repeats without bound, or it branches. */
  readonly growth: Growth[]
  /** The same of the group that was closed last, while it is the item to repeat. */
  lastGroup: Growth | undefined
  explosive: boolean
  repeats: number
}

interface Growth {
  repeats: boolean
  branches: boolean
  readonly atomic: boolean
}

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
  readonly extended: boolean
  /** `(?U)`: quantifiers are lazy unless a `?` makes them greedy. */
  readonly ungreedy: boolean
}

const endOfSubject = '(?![\\s\\S])'
const startOfSubject = '(?<![\\s\\S])'

const assertionEscapes: Record<string, string> = {
  A: startOfSubject,
  G: startOfSubject,
  z: endOfSubject,
  Z: `(?=\\n?${endOfSubject})`,
  b: '\\b',
  B: '\\B',
}

/** Translates a pattern, or says which part of it cannot be. Never throws. */
export function translatePcre(pattern: string): JsPattern | PcreError {
  // A leading (?i) is by far the commonest option, and the native flag keeps the pattern fast.
  const utf = /^\(\*UTF8?\)/.exec(pattern)?.[0].length ?? 0
  const lead = pattern.startsWith('(?i)', utf) && !/\(\?[a-z]*(?:-[a-z]*)?[:)]/.test(pattern.slice(utf + 4))
  const state: State = {
    pattern,
    utf: utf > 0,
    at: utf + (lead ? 4 : 0),
    out: '',
    jsGroups: 0,
    groups: [],
    flags: [{ ignoreCase: false, dotAll: false, multiline: false, extended: false, ungreedy: false }],
    closers: [],
    itemStart: -1,
    itemStarts: [],
    growth: [{ repeats: false, branches: false, atomic: false }],
    lastGroup: undefined,
    explosive: false,
    repeats: 0,
  }
  try {
    while (state.at < pattern.length) translateItem(state)
    if (state.closers.length > 0) throw new Refused(pattern.length, 'a parenthesis is not closed')
    const flags = lead ? 'i' : ''
    new RegExp(state.out, flags)
    return {
      kind: 'translated',
      source: state.out,
      flags,
      groups: state.groups,
      explosive: state.explosive,
      repeats: state.repeats,
    }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'invalid', offset: error.offset, message: error.message }
    return { kind: 'invalid', offset: 0, message: error instanceof Error ? error.message : String(error) }
  }
}

function translateItem(state: State): void {
  const letter = state.pattern.charAt(state.at)
  const flags = state.flags.at(-1)
  if (flags?.extended && /\s/.test(letter)) {
    state.at++
  } else if (flags?.extended && letter === '#') {
    const end = state.pattern.indexOf('\n', state.at)
    state.at = end < 0 ? state.pattern.length : end + 1
  } else if (letter === '\\') translateEscape(state)
  else if (letter === '[') emit(state, readClass(state, state.flags.at(-1)?.ignoreCase ?? false))
  else if (letter === '(') openGroup(state)
  else if (letter === ')') closeGroup(state)
  else if ('*+?'.includes(letter) || (letter === '{' && quantifierAt(state) !== undefined))
    translateQuantifier(state)
  else {
    state.at++
    if (letter === '|') {
      const growth = state.growth.at(-1)
      if (growth) growth.branches = true
      state.out += '|'
      state.itemStart = -1
    } else if (letter === '.') emit(state, flags?.dotAll ? '[\\s\\S]' : '[^\\n]')
    else if (letter === '^') emitAssertion(state, flags?.multiline ? '(?<![^\\n])' : startOfSubject)
    else if (letter === '$') emitAssertion(state, flags?.multiline ? '(?![^\\n])' : `(?=\\n?${endOfSubject})`)
    else emit(state, literal(letter, flags?.ignoreCase ?? false))
  }
}

function emit(state: State, text: string): void {
  state.lastGroup = undefined
  state.itemStart = state.out.length
  state.out += text
}

function emitAssertion(state: State, text: string): void {
  state.itemStart = -1
  state.out += text
}

function literal(letter: string, ignoreCase: boolean): string {
  if (ignoreCase && /[a-z]/i.test(letter)) return `[${letter.toLowerCase()}${letter.toUpperCase()}]`
  return /[\\^$.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter
}

function translateEscape(state: State): void {
  const { pattern, at } = state
  const letter = pattern.charAt(at + 1)
  const flags = state.flags.at(-1)
  if (letter === '') throw new Refused(at, 'a lone \\ at the end')
  if (letter === 'Q') {
    const end = pattern.indexOf('\\E', at)
    for (const quoted of pattern.slice(at + 2, end < 0 ? undefined : end))
      emit(state, literal(quoted, flags?.ignoreCase ?? false))
    state.at = end < 0 ? pattern.length : end + 2
    return
  }
  if (letter === 'E') {
    state.at += 2
    return
  }
  const assertion = assertionEscapes[letter]
  if (assertion !== undefined) {
    state.at += 2
    emitAssertion(state, assertion)
    return
  }
  const members = classEscapes[letter.toLowerCase()]
  if (members !== undefined) {
    state.at += 2
    emit(state, letter === letter.toLowerCase() ? `[${members}]` : `[^${members}]`)
    return
  }
  if (letter === 'N' && pattern.charAt(at + 2) !== '{') {
    state.at += 2
    emit(state, '[^\\n]')
    return
  }
  if (letter === 'R') {
    state.at += 2
    emit(state, '(?:\\r\\n|[\\n-\\r\\x85])')
    return
  }
  const reference = /^\\(?:([1-9])(?!\d)|g\{?([1-9]\d?)\}?)/.exec(pattern.slice(at))
  if (reference) {
    const group = state.groups[Number(reference[1] ?? reference[2]) - 1]
    if (group === undefined) throw new Refused(at, `${reference[0]} names a group that is not yet closed`)
    state.at += reference[0].length
    emit(state, `(?:\\${group})`)
    return
  }
  const point = state.utf ? /^\\(?:N\{U\+|x\{)([0-9a-fA-F]{1,6})\}/.exec(pattern.slice(at)) : null
  if (point) {
    state.at += point[0].length
    emit(state, `(?:${codePointBytes(Number.parseInt(point[1] ?? '0', 16))})`)
    return
  }
  const named = /^\\k(?:<(\w+)>|\{(\w+)\}|'(\w+)')/.exec(pattern.slice(at))
  if (named) {
    state.at += named[0].length
    emit(state, `\\k<${named[1] ?? named[2] ?? named[3]}>`)
    return
  }
  const code = readCode(state)
  emit(state, literal(code, flags?.ignoreCase ?? false))
}

function codePointBytes(point: number): string {
  if (point > 0x10ffff) return '(?!)'
  return [...Buffer.from(String.fromCodePoint(point), 'utf8')]
    .map(byte => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('')
}

function openGroup(state: State): void {
  const rest = state.pattern.slice(state.at)
  const outer = state.flags.at(-1)
  if (outer === undefined) throw new Refused(state.at, 'unbalanced parentheses')
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment) {
    state.at += comment[0].length
    return
  }
  const options = /^\(\?([imsxnJU]*)(?:-([imsxU]+))?([:)])/.exec(rest)
  if (options) {
    state.at += options[0].length
    const inner = withOptions(outer, options[1] ?? '', options[2] ?? '', state.at)
    if (options[3] === ')') {
      state.flags[state.flags.length - 1] = inner
      return
    }
    enter(state, '(?:', ')', inner)
    return
  }
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest)
  if (named) {
    state.at += named[0].length
    state.groups.push(++state.jsGroups)
    enter(state, `(?<${named[1] ?? named[2]}>`, ')', outer)
    return
  }
  const look = /^\(\?(<?[=!]|>|\|)/.exec(rest)
  if (look?.[1] === '>') {
    state.at += 3
    const name = `atomic${++state.jsGroups}`
    enter(state, `(?:(?=(?<${name}>`, `))\\k<${name}>)`, outer)
    return
  }
  if (look && look[1] !== '|') {
    state.at += look[0].length
    enter(state, look[0], ')', outer)
    return
  }
  if (rest.startsWith('(?') || rest.startsWith('(*'))
    throw new Refused(state.at, `${rest.slice(0, 4)} has no equal in JavaScript: write it another way`)
  state.at++
  state.groups.push(++state.jsGroups)
  enter(state, '(', ')', outer)
}

function withOptions(flags: Flags, on: string, off: string, at: number): Flags {
  if (/[nJ]/.test(on)) throw new Refused(at, `the option ${on} is not supported`)
  const value = (letter: string, now: boolean) => (on.includes(letter) || now) && !off.includes(letter)
  return {
    ignoreCase: value('i', flags.ignoreCase),
    dotAll: value('s', flags.dotAll),
    multiline: value('m', flags.multiline),
    extended: value('x', flags.extended),
    ungreedy: value('U', flags.ungreedy),
  }
}

function enter(state: State, open: string, close: string, flags: Flags): void {
  state.itemStarts.push(state.out.length)
  state.out += open
  state.closers.push(close)
  state.flags.push(flags)
  state.growth.push({ repeats: false, branches: false, atomic: close.includes('atomic') })
  state.itemStart = -1
}

function closeGroup(state: State): void {
  const closer = state.closers.pop()
  if (closer === undefined) throw new Refused(state.at, 'a ) too many')
  state.at++
  state.out += closer
  state.flags.pop()
  state.itemStart = state.itemStarts.pop() ?? -1
  const inner = state.growth.pop()
  const outer = state.growth.at(-1)
  state.lastGroup = inner
  if (inner?.repeats && !inner.atomic && outer) outer.repeats = true
}

function quantifierAt(state: State): string | undefined {
  return /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(state.pattern.slice(state.at))?.[0]
}

/** `*`, `+`, `{2,}`, and counts so high that they are as bad. */
function isUnbounded(quantifier: string): boolean {
  if (quantifier === '?') return false
  const counts = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier)
  if (!counts) return true
  const most =
    counts[2] === '' ? Number(counts[1]) : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3])
  return most > 16
}

function noteRepeat(state: State, possessive: boolean): void {
  const { lastGroup } = state
  state.repeats++
  if (lastGroup && !lastGroup.atomic && (lastGroup.repeats || lastGroup.branches) && !possessive)
    state.explosive = true
  const around = state.growth.at(-1)
  if (around && !possessive) around.repeats = true
}

function translateQuantifier(state: State): void {
  const quantifier = quantifierAt(state)
  if (quantifier === undefined || state.itemStart < 0) throw new Refused(state.at, 'nothing to repeat')
  state.at += quantifier.length
  const suffix = state.pattern.charAt(state.at)
  if (isUnbounded(quantifier)) noteRepeat(state, suffix === '+')
  if (suffix === '+') {
    const name = `possessive${++state.jsGroups}`
    const item = state.out.slice(state.itemStart)
    // Groups within the item move up by the one that is put around them.
    const inside = state.groups.filter(group => group >= state.jsGroups).length
    if (inside > 0 || /\((?!\?)|\(\?</.test(item.replaceAll(/\(\?<[=!]/g, '')))
      throw new Refused(state.at, 'a possessive quantifier over a capturing group is not supported')
    state.out = `${state.out.slice(0, state.itemStart)}(?:(?=(?<${name}>${item}${quantifier}))\\k<${name}>)`
    state.at++
  } else {
    const lazy = suffix === '?'
    state.out += quantifier
    if (lazy) state.at++
    if (lazy !== (state.flags.at(-1)?.ungreedy ?? false)) state.out += '?'
  }
  state.itemStart = -1
}
