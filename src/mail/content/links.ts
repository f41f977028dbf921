import { parse } from 'tldts'
import type { MailRange } from '../../domain/mail.ts'
import { trimEndOf } from '../../lib/trim-end.ts'
import type { HtmlLink } from './html-view.ts'
import type { TextPart } from './mail-text.ts'

/** One link of a mail, taken apart. Nothing is fetched. */
export interface MailLink {
  readonly kind: HtmlLink['kind'] | 'text' | 'attachment' | 'qr'
  /** As written in the mail. */
  readonly target: string
  /** Where a click ends up after the redirectors that carry their target in the address. */
  readonly destination: string
  readonly scheme: string
  /** Lower case, punycode; empty where there is none. */
  readonly host: string
  /** Registrable domain (private suffixes such as `github.io` counted as suffixes), or the address for IP hosts. */
  readonly domain: string
  readonly isAddress: boolean
  readonly text: string
  readonly hasImage: boolean
  /** Redirectors that were unwrapped on the way. */
  readonly redirectors: readonly string[]
  readonly where: MailRange
}

const textUrl = /\b(?:https?:\/\/|hxxps?:\/\/|www\.)[^\s<>"'\u201c\u201d\u00ab\u00bb)\]}]{3,2000}/gi

/** All links of a text part: anchors, forms, images, frames, refreshes, and addresses written out. */
export function linksOf(text: TextPart): MailLink[] {
  const found: MailLink[] = []
  for (const link of text.html?.links ?? []) {
    const where = () => text.rangeOfSource(link.start, link.end)
    const made = makeLink(link.kind, link.target, link.text, link.hasImage, where)
    if (made) found.push(made)
  }
  // Mail programs make a link of an address that is only written out, in HTML as well.
  const seen = new Set(found.map(link => link.target))
  const shown = found.map(link => link.text).join('\n')
  if (text.kind === 'plain' || text.html !== undefined) {
    for (const match of text.visible.matchAll(textUrl)) {
      if (found.length >= 2_000) break
      const target = trimEndOf(match[0], '.,;:!?').replace(/^hxxp/i, 'http')
      const address = target.startsWith('www.') ? `http://${target}` : target
      if (text.kind === 'html' && (seen.has(address) || shown.includes(target))) continue
      const where = () => text.rangeOfVisible(match.index, match.index + target.length)
      const made = makeLink('text', address, '', false, where)
      if (made) found.push(made)
    }
  }
  return found
}

/** Takes an address apart; `undefined` for what leads nowhere (`#top`, `cid:`, `mailto:`, `tel:`). */
export function makeLink(
  kind: MailLink['kind'],
  target: string,
  text: string,
  hasImage: boolean,
  where: () => MailRange,
): MailLink | undefined {
  const cleaned = target.replace(/[\t\r\n\u200b\u00ad]/g, '').trim()
  if (/^(#|cid:|mailto:|tel:|sms:|about:|mid:|\{|\[)/i.test(cleaned)) return undefined
  const { destination, redirectors } = unwrap(cleaned)
  const url = parseUrl(destination)
  if (url === undefined) return undefined
  // Ranges are costly for encoded parts and few are shown: they are computed when asked for.
  let range: MailRange | undefined
  const shared = {
    kind,
    target: cleaned,
    destination,
    text,
    hasImage,
    redirectors,
    get where() {
      range ??= where()
      return range
    },
  }
  if (url.hostname === '')
    return { ...withRange(shared), scheme: url.protocol, host: '', domain: '', isAddress: false }
  const parsed = parse(url.hostname, { allowPrivateDomains: true })
  const host = url.hostname.toLowerCase()
  const domain = parsed.domain ?? host
  return { ...withRange(shared), scheme: url.protocol, host, domain, isAddress: parsed.isIp ?? false }
}

/** A spread would call the getter; this keeps it. */
function withRange<T extends object>(shared: T): T {
  return Object.create(Object.prototype, Object.getOwnPropertyDescriptors(shared)) as T // Same members, same type.
}

function parseUrl(text: string): URL | undefined {
  const candidate = /^[a-z][a-z0-9+.-]{1,20}:/i.test(text) ? text : `http://${text.replace(/^\/\//, '')}`
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^(\/\/)?[\w-]+(\.[\w-]+)+/.test(text)) return undefined
  return URL.canParse(candidate) ? new URL(candidate) : undefined
}

const redirectParameters = [
  'url',
  'q',
  'u',
  'target',
  'dest',
  'destination',
  'redirect',
  'redirect_url',
  'redirect_uri',
  'goto',
  'next',
  'link',
  'adurl',
  'continue',
  'r',
  'to',
]

/** Follows redirectors whose target stands in the address itself, at most four deep. */
function unwrap(target: string): { destination: string; redirectors: string[] } {
  let destination = target
  const redirectors: string[] = []
  for (let depth = 0; depth < 4; depth++) {
    const url = parseUrl(destination)
    if (url === undefined || !/^https?:$/.test(url.protocol)) break
    const next = proofpointTarget(url) ?? redirectTarget(url)
    if (next === undefined) break
    redirectors.push(url.hostname.toLowerCase())
    destination = next
  }
  return { destination, redirectors }
}

/** Proofpoint's URL defense, versions 2 and 3, writes the target with its own escapes. */
function proofpointTarget(url: URL): string | undefined {
  if (!/(^|\.)urldefense(\.proofpoint)?\.com$/.test(url.hostname)) return undefined
  const third = /^\/v3\/__(.+?)__;/.exec(url.pathname + url.search)
  if (third?.[1]) return third[1]
  const second = url.searchParams.get('u')
  return second ? decodeSafely(second.replaceAll('-', '%').replaceAll('_', '/')) : undefined
}

function redirectTarget(url: URL): string | undefined {
  for (const name of redirectParameters) {
    const value = url.searchParams.get(name)
    if (value && /^(https?:)?\/\/[\w-]+\./i.test(value) && URL.canParse(value, 'https://x.invalid')) {
      return new URL(value, 'https://x.invalid').href
    }
  }
  const inPath = /(https?:\/\/[\w-]+\.[^\s]+)$/i.exec(decodeSafely(url.pathname).slice(1))
  return inPath?.[1]
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign: as it stands.
  }
}
