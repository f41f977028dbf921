// Classes and single characters of PCRE2, as JavaScript writes them.

/** A pattern and how far it was read. */
export interface PcreReader {
  readonly pattern: string
  at: number
}

/** A construct that JavaScript has no equal for, with its place in the pattern. */
export class Refused extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/** Escapes that stand for a class: inside brackets, and the brackets of the opposite. */
export const classEscapes: Record<string, string> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t-\\r ',
  h: '\\t \\xa0',
  v: '\\n-\\r\\x85',
}
const controlEscapes: Record<string, string> = {
  a: '\\x07',
  e: '\\x1b',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
}
/** Reads an escape that stands for one byte, and returns that byte (already escaped where need be). */
export function readCode(state: PcreReader): string {
  const { pattern, at } = state
  const letter = pattern.charAt(at + 1)
  const hex = /^\\x(?:\{([0-9a-fA-F]{1,2})\}|([0-9a-fA-F]{1,2}))/.exec(pattern.slice(at))
  if (hex) {
    state.at += hex[0].length
    return String.fromCharCode(Number.parseInt(hex[1] ?? hex[2] ?? '0', 16))
  }
  const octal = /^\\(?:0[0-7]{0,2}|o\{([0-7]{1,3})\}|[1-7][0-7]{1,2})/.exec(pattern.slice(at))
  if (octal) {
    state.at += octal[0].length
    return String.fromCharCode(Number.parseInt(octal[1] ?? octal[0].slice(1), 8) & 255)
  }
  const control = controlEscapes[letter]
  if (control !== undefined) {
    state.at += 2
    return JSON.parse(`"${control.startsWith('\\x') ? `\\u00${control.slice(2)}` : control}"`)
  }
  if (/[A-Za-z0-9]/.test(letter))
    throw new Refused(at, `\\${letter} has no equal in JavaScript: write it another way`)
  state.at += 2
  return letter
}

const posixClasses: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '0-9A-Za-z_',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
  ascii: '\\x00-\\x7f',
}

/** Reads a class in brackets, and returns it as JavaScript writes it. */
export function readClass(state: PcreReader, ignoreCase: boolean): string {
  const { pattern } = state
  const start = state.at++
  let body = ''
  if (pattern.charAt(state.at) === '^') {
    body = '^'
    state.at++
  }
  const first = state.at
  while (pattern.charAt(state.at) !== ']' || state.at === first) {
    if (state.at >= pattern.length) throw new Refused(start, 'a [ is not closed')
    const posix = /^\[:(\^?)(\w+):\]/.exec(pattern.slice(state.at))
    const letter = pattern.charAt(state.at)
    if (posix) {
      const members = posixClasses[posix[2] ?? '']
      if (members === undefined || posix[1]) throw new Refused(state.at, `${posix[0]} is not supported`)
      body += members
      state.at += posix[0].length
    } else if (letter === '\\') body += classEscape(state)
    else {
      body += `[]\\/^`.includes(letter) ? `\\${letter}` : letter
      state.at++
    }
  }
  state.at++
  return `[${ignoreCase ? bothCases(body) : body}]`
}

function classEscape(state: PcreReader): string {
  const letter = state.pattern.charAt(state.at + 1)
  const members = classEscapes[letter.toLowerCase()]
  if (members !== undefined) {
    state.at += 2
    if (letter === letter.toLowerCase()) return members
    if (letter === 'D' || letter === 'W') return `\\${letter}`
    if (letter === 'S') return '\\x00-\\x08\\x0e-\\x1f!-\\xff'
    throw new Refused(state.at, `\\${letter} within brackets is not supported`)
  }
  if (letter === 'b') {
    state.at += 2
    return '\\x08'
  }
  const code = readCode(state)
  return /[\\\]^[/-]/.test(code) ? `\\${code}` : code < ' ' ? hexEscape(code) : code
}

function hexEscape(letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Adds the other case of letters and letter ranges of a class body. */
function bothCases(body: string): string {
  const swapped = body.replaceAll(/\\.|[a-z](?:-[a-z])?|[A-Z](?:-[A-Z])?/g, piece =>
    piece.startsWith('\\')
      ? piece
      : piece + (piece === piece.toLowerCase() ? piece.toUpperCase() : piece.toLowerCase()),
  )
  return swapped
}
