import ipaddr from 'ipaddr.js'
import type { Found } from './found.ts'

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const ipv4 = new RegExp(
  String.raw`(?<![\d.])(?<!\d[.,])(${octet}(?:\.${octet}){3})(?:\/(3[0-2]|[12]?\d)(?![\d/\w]|\.\d))?(?!\d|\.\d)`,
  'g',
)
// At most eight groups; what it catches is checked by the parser.
const ipv6 =
  /(?<![\w:.])((?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}|:|(?:\d{1,3}\.){3}\d{1,3})(?::[0-9a-f]{1,4}){0,6}|::(?:ffff:)?(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{1,4})?::(?:[0-9a-f]{1,4})(?::[0-9a-f]{1,4}){0,6}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?:\/(12[0-8]|1[01]\d|\d?\d)(?!\d))?(?![\w:])/gi

/** Words before four numbers that make them a version: `version 10.0.0.1`, `v1.2.3.4`, `Chrome/109.0.0.0`. */
const versionBefore =
  /(?:\b(?:versions?|ver\.?|release|build|firmware|update|v\.?|sdk|runtime)[\s:=]{0,3}|\bv|[a-z]\/)$/i

/** IPv4 and IPv6 addresses and CIDR ranges. Values as written, IPv6 in lower case. */
export function findAddresses(text: string): Found[] {
  return [...findIpv4(text), ...findIpv6(text)]
}

function* findIpv4(text: string): Generator<Found> {
  for (const match of text.matchAll(ipv4)) {
    const [whole, address = '', prefix] = match
    const start = match.index
    const end = start + whole.length
    if (versionBefore.test(text.slice(Math.max(0, start - 12), start)) && !isInUrl(text, start)) {
      yield { type: 'ipv4', value: address, start, end, dropped: 'a version number' }
      continue
    }
    if (prefix !== undefined) yield { type: 'cidr', value: whole, start, end }
    // With host bits set, somebody meant the host as well: 198.51.100.7/24 names 198.51.100.7.
    if (prefix === undefined || !isNetworkAddress(address, Number(prefix)))
      yield { type: 'ipv4', value: address, start, end: start + address.length }
  }
}

function isInUrl(text: string, start: number): boolean {
  return text.slice(Math.max(0, start - 3), start) === '://'
}

function isNetworkAddress(address: string, prefix: number): boolean {
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`).toString()
  return prefix < 32 && prefix > 0 && network === ipaddr.IPv4.parse(address).toString()
}

function* findIpv6(text: string): Generator<Found> {
  for (const match of text.matchAll(ipv6)) {
    const [whole, address = '', prefix] = match
    // Needs a group of letters or an elision: 12:30:45 is a time, 1:2:3:4:5:6 a list.
    if (!ipaddr.IPv6.isValid(address) || (!address.includes('::') && !/[a-f0-9]{3}/i.test(address))) continue
    if (address === '::') continue
    const start = match.index
    const end = start + whole.length
    if (prefix === undefined) yield { type: 'ipv6', value: address.toLowerCase(), start, end }
    else yield { type: 'cidr', value: whole.toLowerCase(), start, end }
  }
}
