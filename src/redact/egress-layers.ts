import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/*
 * The decoding half of the egress scan. It is written apart from redaction's on purpose (see egress-scan.ts): plain
 * string replacement, no offsets, and it would rather decode too much than too little.
 */

/** A reading of the request, and how it was come by: `plain`, `unescaped`, `base64`… */
export interface Layer {
  readonly form: string
  readonly text: string
  /** The same before it was put into lower case, of the same length. */
  readonly cased: string
}

/** How many encodings within one another are undone, and how many layers of escapes. */
const [deepestEncoding, deepestEscape] = [6, 24]
const largest = 1 << 20
const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  period: '.',
  commat: '@',
  sol: '/',
  bsol: '\\',
  colon: ':',
  lowbar: '_',
  hyphen: '-',
  num: '#',
}

/** Every reading of a text down to a bounded depth and size (`complete` tells whether it was enough), each lower-cased and stripped of what cannot be seen. */
export function layersOf(
  text: string,
  budget = { left: largest + 8 * text.length },
): { readonly layers: readonly Layer[]; readonly complete: boolean } {
  const layers: Layer[] = []
  // Most words stand in every layer: each is decoded once.
  const [base64, hex] = [new Map<string, string>(), new Map<string, string>()]
  const seen = new Set<string>()
  let complete = true
  const visit = (form: string, layer: string, escapes: number, encodings: number): void => {
    if (layer === '' || seen.has(layer)) return
    if (budget.left < 0 || escapes > deepestEscape || encodings > deepestEncoding) {
      complete = false
      return
    }
    seen.add(layer)
    budget.left -= layer.length
    layers.push({ form, ...visibleForms(layer) })
    visit(form === 'plain' ? 'unescaped' : form, unescapeAll(layer), escapes + 1, encodings)
    const inBase64 = decodeTokens(layer, /[A-Za-z0-9+/_-]{6,}/g, base64, base64Readings)
    visit('base64', inBase64, escapes, encodings + 1)
    const inHex = decodeTokens(layer, /(?:[0-9a-f]{2}[\s:,-]?(?:0x|\\x)?){4,}/gi, hex, hexReadings)
    visit('hex', inHex, escapes, encodings + 1)
  }
  visit('plain', text, 0, 0)
  return { layers, complete }
}

/** Letters of other scripts that pass for Latin ones (a selection of Unicode's confusables). */
const doubles = new Map(
  [...'аеорсухіјѕһԁԛԝмкнвтαοινυρτκєѡɡⅼ'].map((letter, i) => [
    letter,
    'aeopcyxijshdqwmkhbtaoivuptkewgl'.charAt(i),
  ]),
)

/** In capitals where the letter is one. */
function latinDouble(letter: string): string {
  const small = letter.toLowerCase()
  const double = doubles.get(small)
  if (double === undefined) return letter
  return letter === small ? double : double.toUpperCase()
}

/** Lower case, compatibility forms plain, marks and invisible characters gone, look-alikes Latin. */
export function visible(text: string): string {
  return visibleForms(text).text
}

function visibleForms(text: string): Pick<Layer, 'text' | 'cased'> {
  const plain = beyondAscii.test(text)
    ? text.replaceAll(beyondAsciiRuns, run => (run === '\u2581' ? ' ' : plainRun(run)))
    : text
  const cased = plain.replaceAll(longBreaks, ' ')
  const lower = cased.toLowerCase()
  return { text: lower, cased: lower.length === cased.length ? cased : lower }
}

const beyondAscii = /[^\x01-\x7e]/
const beyondAsciiRuns = /[^\x01-\x7e]+/g
/** Breaks that are not one blank already. */
const longBreaks = /\s{2,}|[^\S ]/g

function plainRun(run: string): string {
  return (
    run
      .normalize('NFKD')
      .replaceAll(/[\p{Cf}\p{Mn}\p{Default_Ignorable_Code_Point}\0]/gu, '')
      .replaceAll(/[\u0370-\u052f\u0261\u2160-\u217f]/g, latinDouble)
      // U+2581 stands for a blank in text that `ask/` has marked as data.
      .replaceAll('\u2581', ' ')
  )
}

const backslashForms =
  /\\u\{([0-9a-f]{1,6})\}|\\((?-i:U)[0-9a-f]{8}|u[0-9a-f]{4})|((?:\\x[0-9a-f]{2})+)|\\([0-3][0-7]{2})|\\(["'\\/])|\\[nrtbf]/gi

// Without a semicolon, too; but where more of it is itself escaped, that is waited for.
const hexEntity =
  /&#x([0-9a-f]{1,6})(?:;|(?![0-9a-f]|%[0-9a-f]{2}|\\+[xu]|&#(?:4[89]|5\d)(?!\d)|&#x3[0-9b];))/gi
const decimalEntity = /&#(\d{1,7})(?:;|(?!\d|%[0-9a-f]{2}|\\+[xu]|&#(?:4[89]|5\d)(?!\d)|&#x3[0-9b];))/gi

/** One layer of every escape taken off; backslashes first, so that what the others uncover waits for the next round. */
function unescapeAll(text: string): string {
  let plain = text
  if (/[\x1b=]/.test(plain)) plain = plain.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|=(?:\r?\n|(?:\\r)?\\n)/g, '')
  if (plain.includes('\\')) plain = plain.replaceAll(backslashForms, unescapeBackslash)
  if (plain.includes('%')) {
    plain = plain
      .replaceAll(/(?:%[0-9a-f]{2})+/gi, run => bytesOf(run.replaceAll('%', '')))
      .replaceAll(/%u([0-9a-f]{4})/gi, (all, hex) => characterOf(hex, 16) ?? all)
  }
  if (plain.includes('=')) {
    plain = plain.replaceAll(/(?:=[0-9a-f]{2})+/gi, run =>
      run.length < 18 && /=[01]/.test(run) ? run : bytesOf(run.replaceAll('=', '')),
    )
  }
  if (!plain.includes('&')) return plain
  return plain
    .replaceAll(hexEntity, (all, hex) => characterOf(hex, 16) ?? all)
    .replaceAll(decimalEntity, (all, digits) => characterOf(digits, 10) ?? all)
    .replaceAll(/&([a-z]{2,8});/gi, (all, name) => named[name.toLowerCase()] ?? all)
}

function unescapeBackslash(
  _: string,
  braced?: string,
  point?: string,
  run?: string,
  octal?: string,
  escaped?: string,
): string {
  if (run !== undefined) return bytesOf(run.replaceAll(/\\x/gi, ''))
  if (octal !== undefined) return characterOf(octal, 8) ?? ' '
  const digits = braced ?? point?.slice(1)
  return escaped ?? (digits === undefined ? ' ' : characterOf(digits, 16)) ?? ' '
}

function characterOf(digits: string, base: number): string | undefined {
  const code = Number.parseInt(digits, base)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

function bytesOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}

/** What all encoded tokens of a text hold, one a line. `known` are tokens of other layers and what they hold. */
function decodeTokens(
  text: string,
  tokens: RegExp,
  known: Map<string, string>,
  readings: (token: string, maybeDeflated: boolean) => string[],
): string {
  // Trying to inflate costs an exception per word: only where the text speaks of it.
  const maybeDeflated = /deflate|frombase64/i.test(text)
  const found: string[] = []
  for (const token of text.match(tokens) ?? []) {
    const key = maybeDeflated ? `deflated ${token}` : token
    let reading = known.get(key)
    if (reading === undefined) {
      reading = readings(token, maybeDeflated).join('\n')
      known.set(key, reading)
    }
    if (reading !== '') found.push(reading)
  }
  return found.join('\n')
}

function base64Readings(token: string, maybeDeflated: boolean): string[] {
  const found = readBytes(bytesOfToken(token), maybeDeflated)
  // A token may start in the middle of a group of four: glued to a path, or cut.
  for (let shift = 1; shift < 4 && token.length >= 12; shift++) {
    const bytes = bytesOfToken(token.slice(shift))
    if (isMostlyText(bytes)) found.push(bytes.toString('latin1'))
  }
  if (!/[/+_-]/.test(token)) return found
  const pieces = token.split(/[/+_-]/).filter(piece => piece.length >= 6)
  return [...found, ...pieces.flatMap(piece => readBytes(bytesOfToken(piece)))]
}

// Decoded here, and copied only where it is text.
const scratch = Buffer.alloc(4096)

/** What a token decodes to; good until the next is decoded. */
function bytesOfToken(token: string): Buffer {
  if (token.length > scratch.length) return Buffer.from(token, 'base64')
  return scratch.subarray(0, scratch.write(token, 'base64'))
}

function hexReadings(token: string): string[] {
  return readBytes(Buffer.from(token.replaceAll(/0x|\\x|[^0-9a-f]/gi, ''), 'hex'))
}

function readBytes(bytes: Buffer, maybeDeflated = false): string[] {
  const unpacked = unpack(bytes, maybeDeflated)
  const readings = unpacked === undefined ? [] : [unpacked.toString('utf8'), unpacked.toString('utf16le')]
  if (isMostlyText(bytes)) readings.push(bytes.toString('utf8'))
  return readings
}

/** At least half of it can be read: else every word of the request would be taken for an encoding. */
function isMostlyText(bytes: Buffer): boolean {
  let readable = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0 || (byte >= 0x20 && byte <= 0x7e)) readable++
  }
  return readable * 2 >= bytes.length
}

function unpack(bytes: Buffer, maybeDeflated: boolean): Buffer | undefined {
  const limit = { maxOutputLength: 1 << 20 }
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, limit)
    if (bytes[0] === 0x78) return inflateSync(bytes, limit)
    return maybeDeflated && bytes.length > 12 ? inflateRawSync(bytes, limit) : undefined
  } catch {
    return undefined // not compressed
  }
}
