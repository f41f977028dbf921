/**
 * Finds known indicators in a stream of texts (alerts as JSON). A million of them in about 200 MB; each text is read once.
 *
 * Semantics: addresses, mailboxes, digests and CVE ids match whole; an address also matches the CIDR ranges it is in; a domain matches
 * itself and everything below it, at label borders (`evil.example` in `a.evil.example`, never in `notevil.example`); a URL
 * matches every URL that begins with it, at a path or query border, whatever the scheme. Names and digests match in any case.
 */
import ipaddr from 'ipaddr.js'
import type { IndicatorType } from '../domain/indicator.ts'
import { hashSeed, RangeTable } from './hash-table.ts'

export interface MatchableIndicator {
  readonly type: IndicatorType
  readonly value: string
}

export interface IndicatorMatch {
  /** The position of the indicator in the list the matcher was built from. */
  readonly number: number
  /** Where it stands in the text, UTF-16 units. */
  readonly start: number
  readonly end: number
}

const wholeTypes: readonly IndicatorType[] = [
  'ipv4',
  'ipv6',
  'email',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'cve',
]

export class IndicatorMatcher {
  /** Whole values, domains and URLs (without scheme), in lower case; URLs keep the case of their path. */
  readonly #whole: RangeTable
  readonly #domains: RangeTable
  readonly #urls: RangeTable
  /** CIDR ranges by prefix length: `masked address` to number. Few lengths occur, so a question is a handful of lookups. */
  readonly #ranges4 = new Map<number, Map<number, number>>()
  readonly #ranges6 = new Map<number, Map<bigint, number>>()

  constructor(indicators: readonly MatchableIndicator[]) {
    const count = (wanted: (type: IndicatorType) => boolean) =>
      indicators.filter(({ type }) => wanted(type)).length
    this.#whole = new RangeTable(count(type => wholeTypes.includes(type)))
    this.#domains = new RangeTable(count(type => type === 'domain'))
    this.#urls = new RangeTable(count(type => type === 'url'))
    for (const [number, indicator] of indicators.entries()) this.#add(indicator, number)
  }

  /** Every known indicator in the text, each once, in order of appearance. */
  match(text: string): IndicatorMatch[] {
    const lower = text.toLowerCase()
    // Lower-casing can change the length of exotic letters; then offsets would lie, so the original is read as it is.
    const folded = lower.length === text.length ? lower : text
    const matches: IndicatorMatch[] = []
    const seen = new Set<number>()
    const report = (number: number | undefined, start: number, end: number) => {
      if (number === undefined || seen.has(number)) return
      seen.add(number)
      matches.push({ number, start, end })
    }
    let start = -1
    let dots = 0
    let colons = 0
    let slashes = 0
    for (let index = 0; index <= folded.length; index++) {
      const kind = index < folded.length ? kindOf(folded.charCodeAt(index)) : separator
      if (kind === separator) {
        if (start >= 0) this.#matchToken(text, folded, start, index, dots, colons, slashes, report)
        start = -1
        continue
      }
      if (start < 0) {
        start = index
        dots = colons = slashes = 0
      }
      if (kind === dot) dots++
      else if (kind === colon) colons++
      else if (kind === slash) slashes++
    }
    return matches
  }

  #add({ type, value }: MatchableIndicator, number: number): void {
    if (wholeTypes.includes(type))
      this.#whole.add(type === 'ipv6' ? canonical6(value) : value.toLowerCase(), number)
    else if (type === 'domain') this.#domains.add(value.toLowerCase().replace(/\.$/, ''), number)
    else if (type === 'url') this.#urls.add(withoutScheme(value), number)
    else if (type === 'cidr') this.#addRange(value, number)
  }

  #addRange(value: string, number: number): void {
    if (!ipaddr.isValidCIDR(value)) return
    const [address, length] = ipaddr.parseCIDR(value)
    if (address.kind() === 'ipv4') {
      const range = this.#ranges4.get(length) ?? new Map<number, number>()
      range.set(mask4(numberOf4(address.toString()), length), number)
      this.#ranges4.set(length, range)
    } else {
      const range = this.#ranges6.get(length) ?? new Map<bigint, number>()
      range.set(mask6(numberOf6(address.toByteArray()), length), number)
      this.#ranges6.set(length, range)
    }
  }

  #matchToken(
    text: string,
    folded: string,
    from: number,
    to: number,
    dots: number,
    colons: number,
    slashes: number,
    report: (number: number | undefined, start: number, end: number) => void,
  ): void {
    let end = to
    while (end > from && isTrailing(folded.charCodeAt(end - 1))) end--
    let start = colons < 2 || slashes > 1 ? afterKey(folded, from, end) : from
    const length = end - start
    if (length < 3) return
    if (dots === 0 && colons < 2) {
      if (isDigestLength(length) || folded.startsWith('cve-', start))
        report(this.#whole.find(folded, start, end), start, end)
      return
    }
    const scheme = slashes > 1 ? folded.indexOf('://', start) : -1
    if (scheme >= 0 && scheme < end) start = scheme + 3
    if (slashes > 0) this.#matchUrl(text, folded, start, end, report)
    if (colons > 1 && dots < 4) this.#matchAddress6(folded, from, end, report)
    this.#matchHost(folded, start, end, report)
  }

  /** Hashes the URL once and asks at every border; the path keeps its case. */
  #matchUrl(
    text: string,
    folded: string,
    start: number,
    end: number,
    report: (number: number | undefined, start: number, end: number) => void,
  ): void {
    if (this.#urls.size === 0) return
    const hostEnd = hostEndOf(folded, start, end)
    const url = folded.slice(start, hostEnd) + text.slice(hostEnd, end)
    let hash = hashSeed
    for (let index = 0; index <= url.length; index++) {
      const atBorder =
        index === url.length ||
        isUrlBorder(url.charCodeAt(index)) ||
        (index > 0 && url.charCodeAt(index - 1) === 0x2f)
      if (atBorder && index > 3) report(this.#urls.find(url, 0, index, hash >>> 0), start, start + index)
      if (index < url.length) hash = Math.imul(hash ^ url.charCodeAt(index), 0x01000193)
    }
  }

  #matchHost(
    folded: string,
    start: number,
    end: number,
    report: (number: number | undefined, start: number, end: number) => void,
  ): void {
    const at = folded.lastIndexOf('@', end - 1)
    if (at > start) {
      report(this.#whole.find(folded, start, end), start, end)
      this.#matchHost(folded, at + 1, end, report)
      return
    }
    const hostEnd = hostEndOf(folded, start, end)
    const first = folded.charCodeAt(start)
    if (isDigit(first)) {
      const address = parse4(folded, start, hostEnd)
      if (address !== undefined) {
        report(this.#whole.find(folded, start, hostEnd), start, hostEnd)
        for (const [length, range] of this.#ranges4) report(range.get(mask4(address, length)), start, hostEnd)
        return
      }
    }
    for (let label = start; label >= start && label < hostEnd; label = folded.indexOf('.', label) + 1) {
      report(this.#domains.find(folded, label, hostEnd), label, hostEnd)
      if (folded.indexOf('.', label) === -1) return
    }
  }

  #matchAddress6(
    folded: string,
    start: number,
    end: number,
    report: (number: number | undefined, start: number, end: number) => void,
  ): void {
    // Most tokens with colons are times of day: looked at before the parser, which is slow.
    if (!mayBeAddress6(folded, start, end)) return
    const written = folded.slice(start, end)
    if (!ipaddr.IPv6.isValid(written)) return
    const canonical = canonical6(written)
    report(this.#whole.find(canonical, 0, canonical.length), start, end)
    if (this.#ranges6.size === 0) return
    const address = numberOf6(ipaddr.IPv6.parse(written).toByteArray())
    for (const [length, range] of this.#ranges6) report(range.get(mask6(address, length)), start, end)
  }
}

const separator = 0
const letter = 1
const dot = 2
const colon = 3
const slash = 4

/** What each ASCII character means to the scanner. Quotes, brackets, commas, spaces and backslashes separate. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (character === '.') return dot
  if (character === ':') return colon
  if (character === '/') return slash
  return /[a-z0-9_@%?&=#~+!$;*-]/i.test(character) ? letter : separator
})

function kindOf(code: number): number {
  return code < 128 ? (kinds[code] ?? separator) : letter
}

/** Past `key=` or `key:` at the start of a range, as logs write them (`SHA256=…`, `src=…`, `host:…`); never into a URL. */
function afterKey(text: string, start: number, end: number): number {
  let after = start
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x2f || code === 0x3f) return after
    const ends =
      code === 0x3d ||
      (code === 0x3a && text.charCodeAt(index + 1) !== 0x2f && !isDigit(text.charCodeAt(index + 1)))
    if (ends) after = index + 1
  }
  return after
}

function isDigestLength(length: number): boolean {
  return length === 32 || length === 40 || length === 64 || length === 128
}

function isTrailing(code: number): boolean {
  return code === 0x2e || code === 0x3a || code === 0x3b || code === 0x21 || code === 0x3f
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isUrlBorder(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23 || code === 0x26 || code === 0x3a
}

/** The end of a host name that starts a range: at the port, the path, the query or the fragment. */
function hostEndOf(text: string, start: number, end: number): number {
  for (let index = start; index < end; index++) if (isUrlBorder(text.charCodeAt(index))) return index
  return end
}

function withoutScheme(url: string): string {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  const hostEnd = hostEndOf(rest, 0, rest.length)
  return rest.slice(0, hostEnd).toLowerCase() + rest.slice(hostEnd)
}

/** Dotted decimal in a range of a text as a number; undefined where it is none. */
function parse4(text: string, start: number, end: number): number | undefined {
  let address = 0
  let part = -1
  let parts = 0
  for (let index = start; index <= end; index++) {
    const code = index < end ? text.charCodeAt(index) : 0x2e
    if (code === 0x2e) {
      if (part < 0 || part > 255) return undefined
      address = address * 256 + part
      part = -1
      parts++
    } else if (isDigit(code)) part = (part < 0 ? 0 : part * 10) + code - 0x30
    else return undefined
  }
  return parts === 4 ? address : undefined
}

/** Hex digits and colons (and dots, for mapped addresses), at least one digit group of letters or `::`. */
function mayBeAddress6(text: string, start: number, end: number): boolean {
  let telling = false
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0x61 && code <= 0x66) telling = true
    else if (code === 0x3a) telling ||= text.charCodeAt(index + 1) === 0x3a
    else if (!isDigit(code) && code !== 0x2e) return false
  }
  return telling
}

function numberOf4(address: string): number {
  return parse4(address, 0, address.length) ?? 0
}

function mask4(address: number, length: number): number {
  const size = 2 ** (32 - length)
  return Math.floor(address / size) * size
}

function numberOf6(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function mask6(address: bigint, length: number): bigint {
  const shift = BigInt(128 - length)
  return (address >> shift) << shift
}

function canonical6(address: string): string {
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address).toString() : address.toLowerCase()
}
