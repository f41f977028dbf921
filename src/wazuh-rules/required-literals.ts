import { classMark, classSets, groupMark, type OsRegexProgram, plus, star } from './os-regex-program.ts'

/**
 * What must be in a lower-cased subject for a pattern to match: all the words of at least one of the lists. It lets a
 * cheap test stand before each expensive match. `undefined` where nothing can be said; a list that says too little
 * costs time, one that is wrong costs matches, so each rule here errs on the side of saying less.
 */
export type RequiredLiterals = readonly (readonly string[])[] | undefined

/** The literals of each alternative. */
export function osRegexLiterals(programs: readonly OsRegexProgram[]): RequiredLiterals {
  const lists = programs.map(literalRuns)
  return lists.every(list => list.length > 0) ? lists : undefined
}

/** Classes of one member: `\\s`, `\\(`, `\\)`, `\\\\`, `\\t`, `\\$`, `\\|`, `\\<`. */
const singleMembers = new Map(
  classSets.flatMap((members, number) => {
    const only = members.indexOf(1)
    return only >= 0 && members.lastIndexOf(1) === only ? [[number, String.fromCharCode(only)] as const] : []
  }),
)

function literalRuns({ codes }: OsRegexProgram): string[] {
  const runs: string[] = []
  // OS_Regex may end early within trailing classes, so they count only once a literal stands behind them.
  let pending: string[] = []
  let run = ''
  let afterClass = false
  const close = () => {
    if (run !== '') runs.push(...pending, run)
    if (run !== '') pending = []
    run = ''
  }
  for (let at = 0; codes[at] !== 0; at++) {
    const code = codes[at] ?? 0
    if (code === classMark) {
      close()
      const only = singleMembers.get(codes[++at] ?? 0)
      const quantifier = codes[at + 1]
      const quantified = quantifier === plus || quantifier === star
      if (quantified) at++
      else if (only !== undefined) pending.push(only)
      afterClass = !quantified
    } else if (code === groupMark) close()
    else {
      // A bare class before the last literal may be taken for the end: that literal is not required.
      if (!(afterClass && codes[at + 1] === 0)) run += String.fromCharCode(code)
      afterClass = false
    }
  }
  close()
  return runs
}

/**
 * The bytes with which every subject that matches begins, or undefined where any may (an alternative is not anchored,
 * or may begin with nothing).
 */
export function osRegexFirstBytes(programs: readonly OsRegexProgram[]): ReadonlySet<number> | undefined {
  const bytes = new Set<number>()
  for (const { codes, anchoredStart } of programs) {
    const at = codes[0] === groupMark ? 1 : 0
    const code = codes[at] ?? 0
    if (!anchoredStart || code === 0 || code === groupMark) return undefined
    if (code !== classMark) bytes.add(code)
    else {
      if (codes[at + 2] === star) return undefined
      const members = classSets[codes[at + 1] ?? 0] ?? []
      for (let byte = 0; byte < 256; byte++) if (members[byte] === 1) bytes.add(byte)
    }
  }
  return bytes
}

/** As much as can be read off a PCRE2 pattern without doubt. */
export function pcreLiterals(pattern: string): RequiredLiterals {
  if (/^\(\*/.test(pattern) || /\(\?[a-z]*x/.test(pattern) || pattern.includes('\\Q')) return undefined
  const reader = { pattern, at: 0 }
  const lists = readAlternatives(reader)
  return reader.at === pattern.length ? lists : undefined
}

interface Reader {
  readonly pattern: string
  at: number
}

/** More lists than this cost more than they save. */
const mostLists = 24

function readAlternatives(reader: Reader): RequiredLiterals {
  const all: (readonly string[])[] = []
  let complete = true
  for (;;) {
    const lists = readSequence(reader)
    if (lists) all.push(...lists)
    else complete = false
    if (reader.pattern.charAt(reader.at) !== '|') break
    reader.at++
  }
  return complete && all.length <= mostLists ? all : undefined
}

function readSequence(reader: Reader): RequiredLiterals {
  const words: string[] = []
  let choices: RequiredLiterals
  let run = ''
  const close = () => {
    if (run !== '') words.push(run)
    run = ''
  }
  while (reader.at < reader.pattern.length) {
    const letter = reader.pattern.charAt(reader.at)
    if (letter === '|' || letter === ')') break
    const item = readItem(reader)
    const repeat = readRepeat(reader)
    if (item.kind === 'letter' && repeat !== 'maybe') run += item.text
    if (item.kind !== 'letter' || repeat !== 'once') close()
    // One choice of words is enough: two would have to be multiplied.
    if (item.kind === 'group' && repeat !== 'maybe') choices ??= item.lists
  }
  close()
  if (choices) return choices.map(choice => [...choice, ...words])
  return words.length > 0 ? [words] : undefined
}

type Item =
  | { readonly kind: 'letter'; readonly text: string }
  | { readonly kind: 'group'; readonly lists: RequiredLiterals }
  | { readonly kind: 'other' }

function readItem(reader: Reader): Item {
  const { pattern } = reader
  const letter = pattern.charAt(reader.at)
  if (letter === '(') return readGroup(reader)
  if (letter === '[') {
    const body = /^\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]/.exec(pattern.slice(reader.at))
    reader.at = body ? reader.at + body[0].length : pattern.length + 1
    return { kind: 'other' }
  }
  if (letter === '\\') {
    const escaped = pattern.charAt(reader.at + 1)
    reader.at += 2
    if (!/[A-Za-z0-9]/.test(escaped) && escaped !== '') return { kind: 'letter', text: escaped.toLowerCase() }
    // \x41, \g{1} and the like: skip what may belong to the escape.
    const tail = /^(?:\{[^}]*\}|<\w+>|[0-9a-fA-F]{1,2})/.exec(pattern.slice(reader.at))
    if (tail && /[xogkN0-9]/.test(escaped)) reader.at += tail[0].length
    return { kind: 'other' }
  }
  reader.at++
  return /[.^$]/.test(letter) ? { kind: 'other' } : { kind: 'letter', text: letter.toLowerCase() }
}

function readGroup(reader: Reader): Item {
  const { pattern } = reader
  const head = /^\((?:\?(?:[a-z]*:|P?<[A-Za-z_]\w*>|'\w+'|>))?/.exec(pattern.slice(reader.at))?.[0] ?? '('
  const special = head === '(' && pattern.charAt(reader.at + 1) === '?'
  const options = /^\(\?[a-z-]+\)/.exec(pattern.slice(reader.at))
  if (options) {
    reader.at += options[0].length
    return { kind: 'other' }
  }
  reader.at += special ? 2 : head.length
  const lists = readAlternatives(reader)
  reader.at++
  return special ? { kind: 'other' } : { kind: 'group', lists }
}

function readRepeat(reader: Reader): 'once' | 'some' | 'maybe' {
  const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})[+?]?/.exec(reader.pattern.slice(reader.at))
  if (!found) return 'once'
  reader.at += found[0].length
  if (found[0].startsWith('+')) return 'some'
  return found[1] !== undefined && Number(found[1]) > 0 ? 'some' : 'maybe'
}
