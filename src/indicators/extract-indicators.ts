/**
 * Indicators in prose, refanged, with their place in the original. One pass undoes defanging (refang.ts), finders for
 * each family run over the result, and what only looks like an indicator is dropped with its reason.
 */
import type { DroppedIndicator, Indicator } from '../domain/indicator.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import { cutText } from '../lib/cut-text.ts'
import { coveredBy } from './covered-by.ts'
import { findAddresses } from './find-addresses.ts'
import { findDomains } from './find-domains.ts'
import { findEmails } from './find-emails.ts'
import { findFileNames } from './find-file-names.ts'
import { findHashes } from './find-hashes.ts'
import { findIdentifiers } from './find-identifiers.ts'
import { findPaths, findRegistryKeys } from './find-paths.ts'
import { findUrls } from './find-urls.ts'
import type { Found } from './found.ts'
import { asciiName, registrableDomain } from './host-name.ts'
import { isNotLookedFor, roleOf, type Surroundings, surroundings } from './indicator-role.ts'
import { refang } from './refang.ts'
import {
  hostOf,
  isEmptyDigest,
  isEveryAddress,
  isEverywhere,
  isInternalAddress,
  isMailProvider,
  isPublicResolver,
  isReferenceSite,
  isThreatSite,
  siteOf,
} from './well-known.ts'

export interface ExtractionOptions {
  /** Our own domains: a report that names one is about us or poisoned; never an indicator. */
  readonly ownDomains?: readonly string[]
  /** The registrable domains that published the text. Their own links are not indicators. */
  readonly publishers?: readonly string[]
  /** Mailboxes that the text was sent to, in lower case. They and their domains are the readers' own. */
  readonly readers?: readonly string[]
}

export interface Extraction {
  /** In order of first appearance, each value once per type. */
  readonly indicators: readonly Indicator[]
  readonly dropped: readonly DroppedIndicator[]
}

/** A candidate with what the text says about it. */
interface Candidate extends Found {
  readonly defanged: boolean
  readonly offset: number
  /** Where else it stands, in order; the first few. */
  readonly mentions: readonly number[]
  /** Whether it stands somewhere by itself, not only as the host of a URL or mailbox. */
  readonly alone: boolean
}

const mostMentions = 16

/**
 * Texts of some length that name several public hosts or files are reports: their private addresses are somebody's lab.
 * In a short note ("look at 192.168.0.7") the private address is what it is about, and stays.
 */
const report = { hosts: 3, length: 400 }

/** In anything longer than a pasted line, a public resolver is background, or bait. */
const noteLength = 120

/** Extracts indicators from text. Linear in its length; the caller bounds it. */
export function extractIndicators(text: string, options: ExtractionOptions = {}): Extraction {
  const candidates = findCandidates(text)
  const own = new Set((options.ownDomains ?? []).map(name => name.toLowerCase()))
  const isReport = text.length >= report.length && candidates.filter(isTelling).length >= report.hosts
  const defanged = candidates.filter(each => each.defanged && each.type !== 'email')
  const context: Context = {
    own,
    publishers: new Set(options.publishers),
    readers: new Set(options.readers),
    readerSites: new Set(options.readers?.map(reader => registrableDomain(reader.split('@').at(-1) ?? ''))),
    isReport,
    isNote: text.length < noteLength,
    defangs: defanged.length > 0,
    defangsUrls: defanged.some(({ type }) => type === 'url'),
  }
  const around = surroundings(text)
  const toCodePoints = codePointOffsets(text)
  const indicators: Indicator[] = []
  const dropped = new Map<string, DroppedIndicator>()
  for (const candidate of candidates) {
    const reason = reasonToDrop(candidate, context)
    if (reason !== undefined) {
      dropped.set(`${candidate.value}\n${reason}`, { value: cutText(candidate.value, 500), reason })
      continue
    }
    const role = roleIn(candidate, context, around)
    const { type, value, defanged } = candidate
    const offset = toCodePoints(candidate.offset)
    indicators.push({ type, value, defanged, offset, role, confidence: confidenceOf(candidate, role) })
  }
  const mailHosts = new Set(
    candidates.flatMap(({ type, value }) =>
      type === 'email' ? value.slice(value.lastIndexOf('@') + 1) : [],
    ),
  )
  const onlyHosts = new Set(
    candidates.flatMap(({ alone, value }) => (!alone && mailHosts.has(value) ? value : [])),
  )
  return { indicators: withTheirHosts(indicators, onlyHosts), dropped: [...dropped.values()] }
}

/** What the text says of a candidate, wherever it stands: the first place that says anything. */
function roleIn(
  candidate: Candidate,
  context: Context,
  around: (offset: number) => Surroundings,
): Indicator['role'] {
  const { type, value, defanged, offset, mentions } = candidate
  if (isInternalAddress(type === 'url' ? (hostOf(value) ?? '') : value)) return 'internal'
  const all = [offset, ...mentions.filter(mention => mention !== offset)].map(around)
  const places = all.filter(({ denied }) => !denied)
  if (places.length === 0) return 'reference'
  if (isReference(candidate, context, places)) return 'reference'
  const roles = places.map(place => roleOf(type, place))
  const told = roles.find(role => role !== 'unknown' && role !== 'reference')
  if (told !== undefined || !roles.includes('reference')) return told ?? 'unknown'
  // What its author defanged is no link to read on, whatever word stands by it, unless it says so itself; and who is to be
  // contacted at a mail provider is who wants the ransom.
  const site = siteOf(candidate)
  const safe = site !== undefined && (isReferenceSite(site) || isThreatSite(site))
  if (defanged ? safe || places.some(isNotLookedFor) : type !== 'email' || !isMailProvider(site ?? ''))
    return 'reference'
  return type === 'email' ? 'sender' : 'unknown'
}

/** A link for the reader, in a text that defangs what it warns of or that links to a well-known site in passing. */
function isReference(candidate: Candidate, context: Context, places: readonly Surroundings[]): boolean {
  const { type, value, defanged } = candidate
  if (defanged || !['url', 'domain', 'email'].includes(type)) return false
  const listed = places.some(place => isListed(place, value))
  const site = siteOf(candidate)
  // The host of a page that somebody put up there: to look for it would find everybody's visits.
  if (type === 'domain' && !candidate.alone && site !== undefined && isReferenceSite(site)) return true
  if (type === 'url' && !context.isNote && !listed && site !== undefined && isReferenceSite(site)) return true
  if (!context.defangs) return false
  // Who defangs URLs defangs those in lists as well: a plain one by itself is a source, unless a heading says otherwise.
  const asUrls = type === 'url' && context.defangsUrls
  return asUrls ? !places.some(place => isListed(place, value) && listHeading.test(place.heading)) : !listed
}

const listHeading = /\b(?:indicators?|iocs?|c2|urls?|domains?|network|infrastructure)\b/i

/**
 * Names and what is at them go together. A URL is no mere reference where its host is an indicator; a host that stands nowhere but
 * in mailboxes is what they are, and of a mail provider nothing at all.
 */
function withTheirHosts(
  indicators: readonly Indicator[],
  onlyHosts: ReadonlySet<string>,
): readonly Indicator[] {
  const hosts = new Map(
    indicators
      .filter(({ type, role }) => type === 'domain' && role !== 'reference')
      .map(each => [each.value, each]),
  )
  const mailboxes = Map.groupBy(
    indicators.filter(({ type }) => type === 'email'),
    ({ value }) => value.slice(value.lastIndexOf('@') + 1),
  )
  const paged = new Set(
    indicators.flatMap(({ type, value }) => (type === 'url' ? (hostOf(value) ?? []) : [])),
  )
  return indicators.map(each => {
    const { type, value, role } = each
    if (type === 'url' && role === 'reference') {
      const host = hosts.get(hostOf(value) ?? '')
      return host === undefined ? each : { ...each, role: host.role, confidence: host.confidence }
    }
    if (type !== 'domain' || !onlyHosts.has(value) || paged.has(value)) return each
    const bad = mailboxes.get(value)?.find(mailbox => mailbox.role !== 'reference')
    return bad === undefined || isMailProvider(value)
      ? { ...each, role: 'reference', confidence: referenceConfidence }
      : { ...each, role: bad.role }
  })
}

/** Everything found, refanged, by original offset, each value once per type: the first defanged mention, else the first. */
function findCandidates(text: string): Candidate[] {
  const refanged = refang(text)
  const plain = refanged.text
  const urls = findUrls(plain)
  const paths = [...findRegistryKeys(plain), ...findPaths(plain)]
  const inPath = coveredBy(paths)
  const names = findFileNames(plain)
  const inName = coveredBy(names)
  const inUrl = coveredBy(urls.filter(found => found.type === 'url'))
  const emails = findEmails(plain)
  const inEmail = coveredBy(emails.filter(found => found.type === 'email'))
  const all = [
    ...urls.filter(found => !inPath(found) && !inName(found)),
    ...emails,
    ...findAddresses(plain),
    ...findDomains(plain).filter(found => !inPath(found) && !inUrl(found) && !inName(found)),
    ...paths,
    ...names.filter(found => !inUrl(found)),
    ...findHashes(plain),
    ...findIdentifiers(plain),
  ]
  const first = new Map<string, Candidate>()
  for (const each of all) {
    const found = { ...each, value: asciiHost(each) }
    const offset = refanged.originOf(found.start)
    const original = refanged.originalSlice(found.start, found.end)
    const defanged = original !== plain.slice(found.start, found.end)
    const key = `${found.type}\n${found.value}\n${found.dropped ?? ''}`
    const before = first.get(key)
    const mentions = before === undefined ? [offset] : [...before.mentions, offset].slice(0, mostMentions)
    const alone = before?.alone === true || found.type !== 'domain' || !(inUrl(found) || inEmail(found))
    const better = before === undefined || (defanged === before.defanged ? offset < before.offset : defanged)
    first.set(key, better ? { ...found, defanged, offset, mentions, alone } : { ...before, mentions, alone })
  }
  return [...first.values()].sort((a, b) => a.offset - b.offset)
}

/** The value with its host in Punycode. */
function asciiHost({ type, value }: Found): string {
  if (type === 'domain') return asciiName(value)
  if (type === 'email') return value.replace(/[^@]+$/, asciiName)
  if (type !== 'url') return value
  return value.replace(
    /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?)([^/?#:@]+)/i,
    (_, before: string, host: string) => before + asciiName(host),
  )
}

function isTelling(candidate: Candidate): boolean {
  if ((candidate.dropped ?? candidate.doubt) !== undefined) return false
  if (['md5', 'sha1', 'sha256', 'sha512'].includes(candidate.type)) return true
  if (candidate.type === 'ipv4' || candidate.type === 'ipv6') return !isInternalAddress(candidate.value)
  const site = siteOf(candidate)
  return candidate.type === 'domain' && site !== undefined && !isReferenceSite(site)
}

interface Context {
  readonly own: ReadonlySet<string>
  readonly publishers: ReadonlySet<string>
  readonly readers: ReadonlySet<string>
  readonly readerSites: ReadonlySet<string>
  readonly isReport: boolean
  readonly isNote: boolean
  readonly defangs: boolean
  readonly defangsUrls: boolean
}

/** Bytes of UTF-8. Alerts name nothing longer in a field that is matched, and an entry of a database index holds 2,704 with all its columns. */
const longestIndicator = 1000

const wellKnown = 'a well-known site that others use as well'

function reasonToDrop(candidate: Candidate, context: Context): string | undefined {
  const { type, value, defanged } = candidate
  if (candidate.dropped !== undefined) return candidate.dropped
  if (value.length * 3 > longestIndicator && Buffer.byteLength(value) > longestIndicator)
    return `longer than ${longestIndicator} bytes`
  if (candidate.doubt !== undefined && !defanged) return candidate.doubt
  if (!context.isNote && isPublicResolver(value)) return 'a public DNS resolver'
  if (!context.isNote && isEveryAddress(value)) return 'a range so wide that it names nobody'
  if (isEmptyDigest(value)) return 'the digest of an empty file'
  const host = type === 'url' ? hostOf(value) : value
  if (context.isReport && host !== undefined && isInternalAddress(host))
    return 'a private or reserved address, in a report that names public ones'
  if (context.isReport && type === 'path' && isEverywhere(value)) return 'a file that every system has'
  const site = siteOf(candidate)
  if (site === undefined) return undefined
  if (context.own.has(site)) return 'one of our own domains'
  // A page on such a site may be hostile; its mailboxes and the site are not.
  if (!context.isNote && isThreatSite(site) && (type !== 'url' || !defanged))
    return 'a site that describes threats'
  if (defanged) {
    // The page may be hostile, the site is not: https://github[.]com/evil/x stays, github.com does not.
    return type === 'domain' && context.isReport && isReferenceSite(site) ? wellKnown : undefined
  }
  if (context.publishers.has(site)) return "the report's own site"
  if (type === 'email' ? context.readers.has(value.toLowerCase()) : context.readerSites.has(site))
    return 'an address or domain of those that it was sent to'
  return context.defangs && isReferenceSite(site)
    ? 'a plain link to a well-known site, in a text that defangs its indicators'
    : undefined
}

/** Whether a line, or a cell of a table's row, holds nothing but the value and marks: an entry, not a mention. */
function isListed({ line }: Surroundings, value: string): boolean {
  const lower = value.includes('xn--')
    ? line.toLowerCase().replaceAll(/[^\s|,;"'<>()]+/g, asciiName)
    : line.toLowerCase()
  if (!lower.includes(value.toLowerCase())) return false
  if (line.length - value.length < 12 && !/\bpage \d/i.test(line)) return true
  return lower
    .split(/[\t|]|"?[,;]"?/)
    .some(cell => cell.replaceAll(/^[\s"'`*[(<]+|[\s"'`*\])>]+$/g, '') === value.toLowerCase())
}

const referenceConfidence = 0.05

/**
 * Defanging is the author's own word that it is dangerous. What a text merely refers to is kept to be seen, below what is looked
 * for in alerts: `leastConfidence` of indicator-decay.ts.
 */
function confidenceOf(candidate: Candidate, role: Indicator['role']): number {
  if (role === 'reference') return referenceConfidence
  if (role === 'internal') return 0.2
  if (role === 'victim') return 0.3
  if (candidate.defanged) return 0.95
  return role === 'unknown' ? 0.6 : 0.8
}
