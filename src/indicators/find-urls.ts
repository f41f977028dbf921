import { coveredBy } from './covered-by.ts'
import { findDomains } from './find-domains.ts'
import type { Found } from './found.ts'
import { isHostName } from './host-name.ts'

// A scheme, an optional user, then everything that may stand in a URL and some that may not: trimmed afterwards.
const withScheme = /(?<![a-z0-9])([a-z][a-z0-9+.-]{1,11}):\/\/\/?([^\s<>"“”‘’«»`\\|^＜＞]{2,4000})/gi
const withoutScheme =
  /(?<![\w@./:%\u00c0-\u1fff\u3040-\uffdc-])((?:[a-z0-9_](?:[\w-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,62}|(?:\d{1,3}\.){3}\d{1,3})((?::\d{1,5})?\/[^\s<>"“”‘’«»`\\|^＜＞]{0,4000})/gi
// The same bytes in other dress: percent-encoded, base64 (`aHR0cDovL`, `aHR0cHM6Ly`) and hex (`687474703a2f2f`).
const encodings: readonly { readonly pattern: RegExp; readonly decode: (text: string) => string }[] = [
  { pattern: /(?<![a-z0-9])https?%3a%2f%2f[a-z0-9%._~-]{3,2000}/gi, decode: decodePercent },
  {
    pattern: /aHR0c(?:DovL|HM6Ly)[A-Za-z0-9+/]{4,4000}/g,
    decode: text => Buffer.from(text, 'base64').toString('latin1'),
  },
  {
    pattern: /68747470(?:73)?3a2f2f(?:[0-9a-f]{2}){3,2000}/gi,
    decode: text => Buffer.from(text, 'hex').toString('latin1'),
  },
]

/** URLs, with and without a scheme, and the host names inside their paths and queries. */
export function findUrls(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(withScheme)) {
    const rest = trimUrl(match[2] ?? '')
    const host = hostOf(rest)
    if (host === undefined) continue
    // `seehttps://`: a word that lost its space.
    const scheme = (match[1] ?? '').toLowerCase().replace(/^.+(?=https?$)/, '')
    const start = match.index + (match[1]?.length ?? 0) - scheme.length
    add(found, `${scheme}://${rest}`, start, hostStart(match, rest), host)
  }
  for (const match of text.matchAll(withoutScheme)) {
    const [, host = '', tail = ''] = match
    const path = trimUrl(tail)
    // `1.2.3.0/24` is a range, `example.com/` the host with a stray slash.
    if (/^\/\d{1,2}$/.test(path) && /^[\d.]+$/.test(host)) continue
    if (!isHostName(host) && !isIpv4(host)) continue
    add(found, host + path, match.index, match.index, host)
  }
  const inUrl = coveredBy(found.filter(({ type }) => type === 'url'))
  for (const { pattern, decode } of encodings)
    for (const match of text.matchAll(pattern)) {
      const url = /^https?:\/\/[\x21-\x7e]+/i.exec(decode(match[0]))?.[0]
      if (url === undefined || inUrl({ start: match.index, end: match.index + 1 })) continue
      const rest = trimUrl(url.slice(url.indexOf('://') + 3))
      const host = hostOf(rest)
      if (host === undefined) continue
      const value = `${url.slice(0, url.indexOf('://')).toLowerCase()}://${rest}`
      add(found, value, match.index, match.index, host, match[0].length)
    }
  return found
}

function add(
  found: Found[],
  value: string,
  start: number,
  hostAt: number,
  host: string,
  length = value.length,
): void {
  const end = start + length
  found.push({ type: 'url', value, start, end })
  if (isHostName(host)) found.push({ type: 'domain', value: host.toLowerCase(), start: hostAt, end })
  const tail = value.slice(value.indexOf(host) + host.length)
  for (const name of nestedHosts(tail))
    found.push({ type: 'domain', value: name, start: Math.min(hostAt + host.length, end - 1), end })
}

/** Host names that a URL carries in its path or query: a redirect's target. */
function nestedHosts(tail: string): string[] {
  if (!tail.includes('.')) return []
  return findDomains(decodePercent(tail).replaceAll(/[/?=&;]/g, ' '))
    .filter(found => found.doubt === undefined)
    .map(found => found.value)
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone percent sign: the text is taken as it stands.
    return text
  }
}

/** Where the host begins in the text, past scheme and user. */
function hostStart(match: RegExpExecArray, rest: string): number {
  const authority = rest.split(/[/?#]/, 1)[0] ?? ''
  return match.index + (match[1]?.length ?? 0) + 3 + (authority.lastIndexOf('@') + 1)
}

/** The host of what follows `://`; undefined where nothing could be reached there. */
function hostOf(rest: string): string | undefined {
  const authority = (rest.split(/[/?#]/, 1)[0] ?? '')
    // WebDAV writes the port behind an at-sign: `file://203.0.113.9@80/share`, `@SSL@443`.
    .replace(/(?:@ssl)?@\d{1,5}$/i, '')
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d{0,5}$/, '')
    .replace(/\.$/, '')
  if (/^\[?[0-9a-f:.]*:[0-9a-f:.]+\]?$/i.test(host)) return host
  if (isIpv4(host)) return host
  return /^[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,10}$/u.test(host) ? host : undefined
}

const isIpv4 = (text: string) => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)

/**
 * Cuts what belongs to the sentence, not to the URL: closing punctuation, an unmatched bracket, a quote that ends a
 * string in code, further columns of a CSV row.
 */
function trimUrl(text: string): string {
  let url = text.replace(/'(?![\w%/]).*$|\);.*$|,(?:true|false|null|none|"|https?:).*$/is, '')
  for (;;) {
    const before = url
    url = url.replace(/[.?!,:;'"*>}\]…]+$/u, tail => (balances(url, tail) ? tail : ''))
    if (url.endsWith(')') && count(url, ')') > count(url, '(')) url = url.slice(0, -1)
    if (url === before) return url
  }
}

/** A closing bracket stays where the URL also opens it: an IPv6 host, a placeholder. */
function balances(url: string, tail: string): boolean {
  if (tail === ']') return count(url, '[') >= count(url, ']')
  return tail === '}' && count(url, '{') >= count(url, '}')
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
