import { Buffer } from 'node:buffer'

/**
 * JSON as cJSON reads it, on byte text: members in order with duplicates, raw control characters in strings,
 * anything after the first value ignored, numbers as far as C's strtod goes, at most 1,000 levels.
 * `JSON.parse` differs in all of these.
 */
export type CJson =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'true' | 'false' | 'null' }
  | { readonly kind: 'array'; readonly items: readonly CJson[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, CJson])[] }

interface Reader {
  readonly text: string
  at: number
  depth: number
}

const deepest = 1000

/** The first value of the text, or undefined where there is none. */
export function parseCJson(text: string): CJson | undefined {
  const reader: Reader = { text, at: text.startsWith('\xef\xbb\xbf') ? 3 : 0, depth: 0 }
  skipSpace(reader)
  return readValue(reader)
}

/** cJSON takes every byte up to the space for white space. */
function skipSpace(reader: Reader): void {
  while (reader.text.charCodeAt(reader.at) <= 32) reader.at++
}

function readValue(reader: Reader): CJson | undefined {
  const { text, at } = reader
  const letter = text.charAt(at)
  if (letter === '"') {
    const string = readString(reader)
    return string === undefined ? undefined : { kind: 'string', text: string }
  }
  if (letter === '{') return readObject(reader)
  if (letter === '[') return readArray(reader)
  for (const kind of ['null', 'false', 'true'] as const) {
    if (text.startsWith(kind, at)) {
      reader.at += kind.length
      return { kind }
    }
  }
  return readNumber(reader)
}

const number = /(?:\d+(?:\.\d*)?|-(?:\d+(?:\.\d*)?|\.\d+))(?:[eE][+-]?\d+)?/y

function readNumber(reader: Reader): CJson | undefined {
  number.lastIndex = reader.at
  const found = number.exec(reader.text)
  if (!found) return undefined
  reader.at = number.lastIndex
  return { kind: 'number', value: Number(found[0]) }
}

const plainRun = /[^"\\]*/y
const escapes: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
}

function readString(reader: Reader): string | undefined {
  const { text } = reader
  let out = ''
  reader.at++
  for (;;) {
    plainRun.lastIndex = reader.at
    out += plainRun.exec(text)?.[0] ?? ''
    reader.at = plainRun.lastIndex
    const letter = text.charAt(reader.at)
    if (letter === '') return undefined
    if (letter === '"') {
      reader.at++
      return out
    }
    const escaped = text.charAt(reader.at + 1)
    const simple = escapes[escaped]
    if (simple !== undefined) {
      out += simple
      reader.at += 2
    } else if (escaped === 'u') {
      const point = readCodePoint(reader)
      if (point === undefined) return undefined
      out += Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1')
    } else return undefined
  }
}

/** `\uXXXX`, or two of them for a point beyond the basic plane. A lone surrogate makes the string invalid. */
function readCodePoint(reader: Reader): number | undefined {
  const unit = (at: number) => {
    const digits = reader.text.slice(at, at + 6)
    if (digits.length < 6 || !digits.startsWith('\\u')) return undefined
    // cJSON takes digits that are none for 0, and a 0 ends the text.
    return /^\\u[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits.slice(2), 16) : 0
  }
  const first = unit(reader.at)
  if (first === undefined || (first >= 0xdc00 && first < 0xe000)) return undefined
  reader.at += 6
  if (first < 0xd800 || first > 0xdbff) return first
  const second = unit(reader.at)
  if (second === undefined || second < 0xdc00 || second > 0xdfff) return undefined
  reader.at += 6
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
}

function readArray(reader: Reader): CJson | undefined {
  if (++reader.depth > deepest) return undefined
  const items: CJson[] = []
  reader.at++
  skipSpace(reader)
  if (reader.text.charAt(reader.at) !== ']') {
    for (;;) {
      skipSpace(reader)
      const item = readValue(reader)
      if (!item) return undefined
      items.push(item)
      skipSpace(reader)
      if (reader.text.charAt(reader.at) !== ',') break
      reader.at++
    }
  }
  if (reader.text.charAt(reader.at) !== ']') return undefined
  reader.at++
  reader.depth--
  return { kind: 'array', items }
}

function readObject(reader: Reader): CJson | undefined {
  if (++reader.depth > deepest) return undefined
  const members: [string, CJson][] = []
  reader.at++
  skipSpace(reader)
  if (reader.text.charAt(reader.at) !== '}') {
    for (;;) {
      skipSpace(reader)
      if (reader.text.charAt(reader.at) !== '"') return undefined
      const name = readString(reader)
      skipSpace(reader)
      if (name === undefined || reader.text.charAt(reader.at) !== ':') return undefined
      reader.at++
      skipSpace(reader)
      const value = readValue(reader)
      if (!value) return undefined
      members.push([name, value])
      skipSpace(reader)
      if (reader.text.charAt(reader.at) !== ',') break
      reader.at++
    }
  }
  if (reader.text.charAt(reader.at) !== '}') return undefined
  reader.at++
  reader.depth--
  return { kind: 'object', members }
}

/** As cJSON_Print does: tabs and newlines in objects, `, ` in arrays. */
export function printCJson(value: CJson, depth = 0): string {
  switch (value.kind) {
    case 'string':
      return quote(value.text)
    case 'number':
      return printNumber(value.value)
    case 'array':
      return `[${value.items.map(item => printCJson(item, depth + 1)).join(', ')}]`
    case 'object': {
      const tabs = '\t'.repeat(depth + 1)
      const rows = value.members.map(
        ([name, member]) => `${tabs}${quote(name)}:\t${printCJson(member, depth + 1)}`,
      )
      return rows.length === 0
        ? `{\n${'\t'.repeat(depth)}}`
        : `{\n${rows.join(',\n')}\n${'\t'.repeat(depth)}}`
    }
    default:
      return value.kind
  }
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\\x00-\x1f]/g, letter => JSON.stringify(letter).slice(1, -1))}"`
}

/** `%1.15g`, or `%1.17g` where that loses digits. */
function printNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return String(value)
  const short = general(value, 15)
  return Number(short) === value ? short : general(value, 17)
}

function general(value: number, digits: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(digits - 1).split('e')
  const power = Number(exponent)
  if (power < -4 || power >= digits) {
    const sign = power < 0 ? '-' : '+'
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return trimZeros(value.toFixed(Math.max(0, digits - 1 - power)))
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
