import { classMark, groupMark, type OsRegexProgram, plus, star } from './os-regex-program.ts'

/**
 * Words without which a pattern cannot match: at least one of the list must be in the lower-cased subject. They let
 * a cheap substring search stand before each expensive match. `undefined` where there is no such list; a list that
 * is too short costs time, one that is wrong costs matches, so each rule here errs on the side of `undefined`.
 */
export type RequiredLiterals = readonly string[] | undefined

/** The longest run of literals of each alternative. */
export function osRegexLiterals(programs: readonly OsRegexProgram[]): RequiredLiterals {
  const words = programs.map(longestRun)
  return words.every(word => word !== undefined) ? words : undefined
}

function longestRun({ codes }: OsRegexProgram): string | undefined {
  let best = ''
  let run = ''
  let afterClass = false
  const close = () => {
    if (run.length > best.length) best = run
    run = ''
  }
  for (let at = 0; codes[at] !== 0; at++) {
    const code = codes[at] ?? 0
    if (code === classMark) {
      close()
      at++
      const quantifier = codes[at + 1]
      const quantified = quantifier === plus || quantifier === star
      if (quantified) at++
      // OS_Regex may accept a bare class as the end although one literal follows it: that literal is not required.
      afterClass = !quantified
    } else if (code === groupMark) close()
    else {
      if (!(afterClass && codes[at + 1] === 0)) run += String.fromCharCode(code)
      afterClass = false
    }
  }
  close()
  return best === '' ? undefined : best
}

/** As much as can be read off a PCRE2 pattern without doubt. */
export function pcreLiterals(pattern: string): RequiredLiterals {
  if (/^\(\*/.test(pattern) || /\(\?[a-z]*x/.test(pattern) || pattern.includes('\\Q')) return undefined
  const reader = { pattern, at: 0 }
  const list = readAlternatives(reader)
  return reader.at === pattern.length ? list : undefined
}

interface Reader {
  readonly pattern: string
  at: number
}

function readAlternatives(reader: Reader): RequiredLiterals {
  const all: string[] = []
  let complete = true
  for (;;) {
    const list = readSequence(reader)
    if (list) all.push(...list)
    else complete = false
    if (reader.pattern.charAt(reader.at) !== '|') break
    reader.at++
  }
  return complete && all.length <= 24 ? all : undefined
}

function readSequence(reader: Reader): RequiredLiterals {
  let best: RequiredLiterals
  let run = ''
  const offer = (list: RequiredLiterals) => {
    if (list && (best === undefined || shortest(list) > shortest(best))) best = list
  }
  const close = () => {
    if (run !== '') offer([run])
    run = ''
  }
  while (reader.at < reader.pattern.length) {
    const letter = reader.pattern.charAt(reader.at)
    if (letter === '|' || letter === ')') break
    const item = readItem(reader)
    const repeat = readRepeat(reader)
    if (item.kind === 'letter' && repeat === 'once') run += item.text
    else if (item.kind === 'letter') {
      if (repeat === 'some') run += item.text
      close()
    } else {
      close()
      if (item.kind === 'group' && repeat !== 'maybe') offer(item.list)
    }
  }
  close()
  return best
}

function shortest(list: readonly string[]): number {
  return Math.min(...list.map(word => word.length))
}

type Item =
  | { readonly kind: 'letter'; readonly text: string }
  | { readonly kind: 'group'; readonly list: RequiredLiterals }
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
  const list = readAlternatives(reader)
  reader.at++
  return special ? { kind: 'other' } : { kind: 'group', list }
}

function readRepeat(reader: Reader): 'once' | 'some' | 'maybe' {
  const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})[+?]?/.exec(reader.pattern.slice(reader.at))
  if (!found) return 'once'
  reader.at += found[0].length
  if (found[0].startsWith('+')) return 'some'
  return found[1] !== undefined && Number(found[1]) > 0 ? 'some' : 'maybe'
}
