/**
 * OS_Regex patterns as programs. A program is a row of codes that ends in 0: a literal is its lower-case byte, a
 * class is `classMark` followed by the class number, `+` and `*` after a class are themselves, and `groupMark`
 * stands for both parentheses. Source: Wazuh documentation, "regex (OS_Regex) syntax"; class sets measured.
 */
export const classMark = 92
export const groupMark = 40
export const plus = 43
export const star = 42

/** One alternative of a pattern. */
export interface OsRegexProgram {
  readonly codes: Uint16Array
  readonly anchoredStart: boolean
  readonly anchoredEnd: boolean
  /** For each code that is a parenthesis, which one it is (0, 1, 2, ...). */
  readonly groupIndex: Int16Array
  readonly groupMarks: number
  /** The literals that it begins with, in lower case; empty where it is anchored or begins with something else. */
  readonly prefix: string
}

export interface OsRegexError {
  readonly kind: 'invalid'
  readonly offset: number
  readonly message: string
}

const longestPattern = 20480
const letters = 'dwsp()\\DWS.t$|<'

function classSet(member: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (member(code) ? 1 : 0))
}

const isDigit = (code: number) => code >= 48 && code <= 57
const isWord = (code: number) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || [45, 64, 95].includes(code)
const punctuation = new Set([...'!"#$%&\'()*+,-.:;<=>?[]{|}'].map(letter => letter.charCodeAt(0)))

/** Members of each class, by class number (1 to 15, in the order of `letters`). All are blind to case. */
export const classSets: readonly Uint8Array[] = [
  classSet(() => false),
  classSet(isDigit),
  classSet(isWord),
  classSet(code => code === 32),
  classSet(code => punctuation.has(code)),
  classSet(code => code === 40),
  classSet(code => code === 41),
  classSet(code => code === 92),
  classSet(code => !isDigit(code)),
  classSet(code => !isWord(code)),
  classSet(code => code !== 32),
  classSet(() => true),
  classSet(code => code === 9),
  classSet(code => code === 36),
  classSet(code => code === 124),
  classSet(code => code === 60),
]

/** Compiles a pattern into its alternatives, or says where it is wrong. */
export function compileOsRegex(pattern: string): readonly OsRegexProgram[] | OsRegexError {
  if (pattern.length > longestPattern) return invalid(longestPattern, `longer than ${longestPattern} bytes`)
  const alternatives: number[][] = [[]]
  let row = alternatives[0] ?? []
  let inGroup = false
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at)
    if (letter === '\\') {
      const number = letters.indexOf(pattern.charAt(++at)) + 1
      if (number === 0 || at >= pattern.length)
        return invalid(at - 1, `\\${pattern.charAt(at)} is not an escape of OS_Regex`)
      row.push(classMark, number)
    } else if (letter === '(' || letter === ')') {
      if (inGroup === (letter === '(')) return invalid(at, 'parentheses must be paired, one level deep')
      inGroup = letter === '('
      row.push(groupMark)
    } else if (letter === '|') {
      if (inGroup) return invalid(at, '| may not stand within parentheses')
      row = []
      alternatives.push(row)
    } else {
      row.push(literalCode(letter))
    }
  }
  if (inGroup) return invalid(pattern.length, 'a parenthesis is not closed')
  return alternatives.map(finishProgram)
}

function invalid(offset: number, message: string): OsRegexError {
  return { kind: 'invalid', offset, message }
}

/** Bytes above 127 get a code that no subject has: Wazuh compares them as signed, and they never match. */
function literalCode(letter: string): number {
  const code = letter.charCodeAt(0)
  if (code > 127) return code + 256
  return code >= 65 && code <= 90 ? code + 32 : code
}

function finishProgram(row: readonly number[]): OsRegexProgram {
  const anchoredStart = row[0] === 94
  const inner = anchoredStart ? row.slice(1) : row
  // A `$` that belongs to a class is behind the class mark; a lone one at the end is the anchor.
  const anchoredEnd = inner.at(-1) === 36
  const codes = Uint16Array.from([...(anchoredEnd ? inner.slice(0, -1) : inner), 0])
  let groupMarks = 0
  const groupIndex = Int16Array.from(codes, code => (code === groupMark ? groupMarks++ : -1))
  return { codes, anchoredStart, anchoredEnd, groupIndex, groupMarks, prefix: prefixOf(codes, anchoredStart) }
}

function prefixOf(codes: Uint16Array, anchoredStart: boolean): string {
  if (anchoredStart) return ''
  const end = codes.findIndex(code => code === 0 || code === classMark || code === groupMark)
  return String.fromCharCode(...codes.subarray(0, end))
}
