import { type Address, addressOf, inRange, scopeOf } from './address.ts'
import type { NameIndex } from './name-index.ts'
import { findRuns, matchesInRun, type Run, runKind } from './runs.ts'
import type { Span } from './span.ts'
import type { View } from './view.ts'

const dotted = /(?<![\w.]|\d-)(?:\d{1,4}|0x[0-9a-f]{1,2})(?:\.(?:\d{1,4}|0x[0-9a-f]{1,2})){3}(?!\w|\.\d|-\d)/g
const six = /(?<![\w:.])\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}\]?(?![\w:]|\.\d)/g
/** `ip-10-0-0-5`, as clouds and providers name machines after their addresses. */
const dashed = /(?<![a-z0-9])\d{1,3}(?:-\d{1,3}){3}(?![a-z0-9]|-\d)/g
/** Names of reverse look-ups (RFC 1035, RFC 3596). */
const reverseFour = /(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})\.in-addr\.arpa(?![\w-])/g
const reverseSix = /(?<![\w.-])([0-9a-f](?:\.[0-9a-f]){31})\.ip6\.arpa(?![\w-])/g
/** A host of a URL in one number (WHATWG URL, section 3.5). */
const numberHost = /(?<=\/\/(?:[^\s/@]{0,64}@)?)(?:\d{7,10}|0x[0-9a-f]{5,8}|0[0-7]{8,11})(?=[:/?#"'\s]|$)/g
/** An address in one number, long enough to be told from a counter; taken for one only inside our own ranges. */
const oneNumber = /^(?:0x[0-9a-f]{8}|\d{9,10})$/
/** Of any case: it is the units as written that are looked at. */
const addressUnits = runKind('0-9a-fA-FxX.:%[]-', 3)
const versionBefore =
  /\b(?:v|ver|version|release|build|rev|product_?version|file_?version)["']?\s{0,2}[:=]?\s{0,2}["']?$/

/** Finds addresses in a view, in every spelling that programs read. Whose they are decides the class. */
export function findAddresses(view: View, names: NameIndex): Span[] {
  const spans: Span[] = []
  const text = view.lower
  // A log names the same few addresses in every line: each is read and judged once.
  const read = new Map<string, Address | undefined>()
  const addressAs = (written: string): Address | undefined => {
    if (!read.has(written)) read.set(written, addressOf(written))
    return read.get(written)
  }
  const classes = new Map<Address, ReturnType<typeof classOfAddress>>()
  const add = (start: number, length: number, address: Address | undefined, onlyOwn = false): void => {
    if (address !== undefined && !classes.has(address)) classes.set(address, classOfAddress(address, names))
    const valueClass = address === undefined ? undefined : classes.get(address)
    if (address === undefined || valueClass === undefined) return
    if (onlyOwn && valueClass === 'address.public') return
    const range = view.toSource(start, start + length)
    spans.push({ ...range, class: valueClass, identity: `address ${address.identity}` })
  }
  for (const run of findRuns(view, addressUnits)) {
    const { dots, colons, doubled, hyphens } = countBreaks(view.units, run)
    if (dots > 2) {
      for (const { start, match } of matchesInRun(text, run, dotted)) {
        const address = addressAs(match[0])
        const isOurs = address !== undefined && isOwn(address, names)
        if (isOurs || !isVersion(text, start)) add(start, match[0].length, address)
      }
    }
    // A time of day has colons, too, and neither two together nor six.
    if (doubled || colons > 5) {
      for (const { start, match } of matchesInRun(text, run, six)) addSix(match[0], start, addressAs, add)
    }
    const length = run.end - run.start
    const written = names.ranges.length > 0 && length > 8 && length < 11 ? text.slice(run.start, run.end) : ''
    if (oneNumber.test(written)) {
      const address = addressOf(dottedOf(Number(written)))
      if (address !== undefined && names.ranges.some(range => inRange(address, range))) {
        add(run.start, written.length, address)
      }
    }
    if (hyphens > 2) {
      for (const { start, match } of matchesInRun(text, run, dashed)) {
        add(start, match[0].length, addressOf(match[0].replaceAll('-', '.')), true)
      }
    }
  }
  if (text.includes('.arpa')) {
    for (const match of text.matchAll(reverseFour)) {
      add(match.index, (match[1] ?? '').length, addressOf((match[1] ?? '').split('.').reverse().join('.')))
    }
    for (const match of text.matchAll(reverseSix)) {
      const nibbles = (match[1] ?? '').split('.').reverse().join('')
      add(match.index, (match[1] ?? '').length, addressOf(nibbles.replaceAll(/(....)(?!$)/g, '$1:')))
    }
  }
  if (text.includes('//')) {
    for (const match of text.matchAll(numberHost)) {
      const value = Number(/^0[0-7]/.test(match[0]) ? `0o${match[0]}` : match[0])
      add(match.index, match[0].length, addressOf(dottedOf(value)))
    }
  }
  return spans
}

function countBreaks(units: Uint16Array, run: Run) {
  let [dots, colons, hyphens] = [0, 0, 0]
  let doubled = false
  for (let at = run.start; at < run.end; at++) {
    const unit = units[at]
    if (unit === 0x2e) dots++
    else if (unit === 0x3a) {
      colons++
      if (units[at + 1] === 0x3a) doubled = true
    } else if (unit === 0x2d) hyphens++
  }
  return { dots, colons, doubled, hyphens }
}

/** The brackets of a URL host and the zone of a link-local address stay outside the span or inside, as written. */
function addSix(
  written: string,
  start: number,
  addressAs: (written: string) => Address | undefined,
  add: (start: number, length: number, address: Address | undefined) => void,
): void {
  const open = written.startsWith('[') ? 1 : 0
  const bare = written.slice(open).replace(/\]$/, '')
  add(start + open, bare.length, addressAs(bare))
}

function dottedOf(value: number): string {
  return value > 0xffffffff ? '' : [24, 16, 8, 0].map(shift => (value >>> shift) & 0xff).join('.')
}

/**
 * Four numbers behind the word `version` are one: programs have versions like 10.0.0.1. One that is an address of ours
 * is not asked: the scan of the request takes it for that, and would let no request go.
 */
function isVersion(text: string, at: number): boolean {
  return versionBefore.test(text.slice(Math.max(0, at - 24), at))
}

/** Whether the inventory lists an address or a range around it. */
function isOwn(address: Address, { addresses, ranges }: NameIndex): boolean {
  return addresses.has(address.identity) || ranges.some(range => inRange(address, range))
}

/** `undefined` for addresses that name nobody. The inventory goes before the ranges. */
function classOfAddress(
  address: Address,
  names: NameIndex,
): 'address.internal' | 'address.public' | undefined {
  if (isOwn(address, names)) return 'address.internal'
  const scope = scopeOf(address)
  return scope === 'nobody' ? undefined : scope === 'private' ? 'address.internal' : 'address.public'
}
