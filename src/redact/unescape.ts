import { foldCodePoint } from './fold.ts'
import { type PlaceKind, type Places, placesIn } from './places.ts'
import { unitSet } from './runs.ts'
import { type View, ViewBuilder } from './view.ts'

/*
 * One layer of escapes taken off, of every kind at once: percent-encoding (RFC 3986), JSON and programming-language
 * backslashes, HTML entities, quoted-printable (RFC 2045), the control characters that syslog daemons write as
 * `#012`. A view is only a place to look: reading `C:\new` as a line break finds nothing wrong, since the text as it
 * stands is looked at too.
 */

const percent = '%u[0-9a-f]{4}|%[0-9a-f]{2}(?:%[0-9a-f]{2})*'
const backslash =
  '\\\\u\\{[0-9a-f]{1,6}\\}|\\\\(?-i:U)[0-9a-f]{8}|\\\\u[0-9a-f]{4}(?:\\\\(?-i:u)[0-9a-f]{4})*|\\\\x[0-9a-f]{2}(?:\\\\x[0-9a-f]{2})*|(?:\\\\[0-3][0-7]{2})+|\\\\["\'\\\\/nrtbfv]'
/** A number may do without its semicolon, but where that or a digit is itself escaped (`&#46%3b`), the next layer tells. */
const semicolon = '(?:;|(?!%[0-9a-f]{2}|\\\\+[xu]|&#(?:4[89]|5[0-9]|x3[0-9b])(?![0-9a-f])))'
const entity = `&#x[0-9a-f]{1,6}(?![0-9a-f])${semicolon}|&#[0-9]{1,7}(?![0-9])${semicolon}|&[a-z]{2,8};`
const quotedPrintable = '(?:=[0-9a-f]{2})+'
/** In letters: six bytes. */
const shortestRun = 18
const syslogOctal = '#0[0-3][0-7]'
/** What colours a terminal prints nothing (ECMA-48); it may itself have been escaped. */
const terminal = '\\x1b\\[[0-9;?]{0,16}[A-Za-z]'
const escapes = new RegExp(
  [percent, backslash, entity, quotedPrintable, syslogOctal, terminal].join('|'),
  'iy',
)
/** One within another, too: each layer would take off one only. */
const softBreaks = /=+(?:\r?\n)+/g

const entities: Record<string, string> = {
  amp: '&',
  apos: "'",
  bsol: '\\',
  colon: ':',
  comma: ',',
  commat: '@',
  dash: '-',
  dollar: '$',
  equals: '=',
  gt: '>',
  hyphen: '-',
  lowbar: '_',
  lt: '<',
  nbsp: ' ',
  newline: '\n',
  num: '#',
  percnt: '%',
  period: '.',
  quot: '"',
  shy: '',
  sol: '/',
  tab: '\t',
}

/**
 * A view, and what is left as each layer of escapes is taken off, `most` of them. Soft line breaks do not count: whoever
 * writes some into one field would hide what is escaped in another.
 */
export function layersOf(first: View, most: number): View[] {
  const layers = [first]
  let leads = placesIn(first, escapeLeads)
  leadsOf.set(first, leads.at)
  let taken = 0
  while (taken < most && leads.at.length > 0) {
    if (!hasSoftBreaks(leads.view)) taken++
    const layer = unescapedView(leads)
    if (layer === undefined) break
    layers.push(layer)
    leads = placesIn(layer, escapeLeads, leads)
    leadsOf.set(layer, leads.at)
  }
  return layers
}

const leadsOf = new WeakMap<View, readonly number[]>()

/** Where the runs of backslashes of a view begin. */
export function backslashRuns(view: View): number[] {
  const { lowerUnits: units } = view
  const leads = leadsOf.get(view) ?? placesIn(view, escapeLeads).at
  return leads.filter(at => units[at] === backslashUnit && units[at - 1] !== backslashUnit)
}

const backslashUnit = 0x5c
const leadUnits = unitSet('%&=#\\\x1b').table

/** Where an escape may begin. */
const escapeLeads: PlaceKind = {
  reach: 1,
  find: (units, from, to, places) => {
    for (let at = from; at < to; at++) if (leadUnits[units[at] ?? 0] === 1) places.push(at)
  },
}

const hasSoftBreaks = ({ text }: View) => text.includes('=\n') || text.includes('=\r\n')

/** The view with one layer of escapes taken off, or `undefined` where there is none. */
function unescapedView({ view, at: leads }: Places): View | undefined {
  const { text } = view
  const builder = new ViewBuilder(view)
  // Soft line breaks go first and alone: what they cut may be a word that the next layer's escapes would spoil.
  if (hasSoftBreaks(view)) {
    for (const match of text.matchAll(softBreaks)) builder.add('', match.index, match.index + match[0].length)
  } else takeEscapesOff(view, leads, builder)
  return builder.isEmpty ? undefined : builder.view()
}

function takeEscapesOff(
  { text, lowerUnits: units }: View,
  leads: readonly number[],
  builder: ViewBuilder,
): void {
  let end = 0
  for (const at of leads) {
    if (at < end) continue
    // An escaped quote or backslash is most of what an alert has, and needs no pattern.
    const next = units[at + 1]
    if (units[at] === backslashUnit && (next === 0x22 || next === backslashUnit)) {
      end = at + 2
      builder.add(next === 0x22 ? '"' : '\\', at, end)
      continue
    }
    escapes.lastIndex = at
    const written = escapes.exec(text)?.[0]
    if (written === undefined) continue
    end = at + written.length
    const plain = decode(written)
    if (plain !== undefined) addDecoded(builder, plain, at, end)
  }
}

/**
 * Adds decoded characters, folded. Where all came from escapes of the same length, each gets its own part of the
 * input, so that a name in the middle of a run is replaced and its neighbours are not.
 */
function addDecoded(builder: ViewBuilder, plain: string, start: number, end: number): void {
  // `&shy;` leaves nothing, and yet what stood on both sides of it now stands together.
  const units = plain === '' ? [''] : [...plain]
  const width = (end - start) / units.length
  const even = Number.isInteger(width)
  units.forEach((unit, index) => {
    const first = even ? start + index * width : start
    const code = unit.codePointAt(0) ?? 0
    const folded = unit === '' || (code > 0 && code < 0x80) ? unit : foldCodePoint(code)
    builder.add(folded, first, even ? first + width : end)
  })
}

function decode(written: string): string | undefined {
  const first = written.charCodeAt(0)
  if (first === 0x1b) return ''
  if (first === 0x25) {
    if (/^%u/i.test(written)) return String.fromCharCode(Number.parseInt(written.slice(2), 16))
    return fromBytes(written.replaceAll('%', ''))
  }
  if (first === 0x26) return decodeEntity(written.replace(/;$/, '').slice(1))
  if (first === 0x3d) {
    // One alone is most often an assignment (`a=E6…`): only what quoted-printable must write so is read.
    if (written.length === 3 && !/^=(?:3D|20|2E|5F|40|2D|5C|22|27)$/.test(written)) return undefined
    const plain = fromBytes(written.replaceAll('=', ''))
    // Control characters are no text, but for what colours a terminal, breaks a line or was UTF-16, in runs that no
    // assignments make.
    if (!/[\x00-\x1f]/.test(plain)) return plain
    const isRun = written.length >= shortestRun && !/[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]/.test(plain)
    return isRun ? plain : undefined
  }
  if (first === 0x23) return String.fromCharCode(Number.parseInt(written.slice(1), 8))
  return decodeBackslash(written)
}

function decodeEntity(name: string): string | undefined {
  if (name.startsWith('#')) {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
    return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
  }
  const key = name.toLowerCase()
  return Object.hasOwn(entities, key) ? entities[key] : undefined
}

function decodeBackslash(written: string): string | undefined {
  const kind = written.length === 10 && written.startsWith('\\U') ? 'U' : written.charAt(1).toLowerCase()
  if (written.length === 2) return 'nrtbfv'.includes(kind) ? '\n' : kind
  if (kind === 'u' && written.charAt(2) === '{') return fromCodePoint(written.slice(3, -1))
  if (kind === 'u') {
    return written.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
  if (kind === 'U') return fromCodePoint(written.slice(2))
  if (kind === 'x') return fromBytes(written.replaceAll(/\\x/gi, ''))
  if (/[0-3]/.test(kind)) {
    return fromBytes(
      written.replaceAll(/\\([0-7]{3})/g, (_, octal) =>
        Number.parseInt(octal, 8).toString(16).padStart(2, '0'),
      ),
    )
  }
  return undefined
}

function fromCodePoint(hex: string): string | undefined {
  const code = Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** Bytes are UTF-8 where they can be, else Latin-1, so that none is lost. */
function fromBytes(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}
