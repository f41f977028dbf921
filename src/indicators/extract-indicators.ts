/**
 * Indicators in prose, refanged, with their place in the original. One pass undoes defanging (refang.ts), finders for
 * each family run over the result, and what only looks like an indicator is dropped with its reason.
 */
import type { DroppedIndicator, Indicator } from '../domain/indicator.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import { coveredBy } from './covered-by.ts'
import { findAddresses } from './find-addresses.ts'
import { findDomains } from './find-domains.ts'
import { findEmails } from './find-emails.ts'
import { findHashes } from './find-hashes.ts'
import { findIdentifiers } from './find-identifiers.ts'
import { findPaths, findRegistryKeys } from './find-paths.ts'
import { findUrls } from './find-urls.ts'
import type { Found } from './found.ts'
import { roleOf, surroundings } from './indicator-role.ts'
import { refang } from './refang.ts'
import {
  isEmptyDigest,
  isInternalAddress,
  isPublicResolver,
  isReferenceSite,
  isThreatSite,
  siteOf,
} from './well-known.ts'

export interface ExtractionOptions {
  /** Our own domains: a report that names one is about us or poisoned; never an indicator. */
  readonly ownDomains?: readonly string[]
  /** The registrable domain that published the text. Its own links are not indicators. */
  readonly publisher?: string
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
}

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
  const defangs = candidates.some(({ defanged, type }) => defanged && type !== 'email')
  const context = { own, publisher: options.publisher, isReport, isNote: text.length < noteLength, defangs }
  const around = surroundings(text)
  const toCodePoints = codePointOffsets(text)
  const indicators: Indicator[] = []
  const dropped = new Map<string, DroppedIndicator>()
  for (const candidate of candidates) {
    const reason = reasonToDrop(candidate, context)
    if (reason !== undefined) {
      dropped.set(`${candidate.value}\n${reason}`, { value: candidate.value, reason })
      continue
    }
    const { line, heading } = around(candidate.offset)
    const internal = isInternalAddress(candidate.value)
    const isReference =
      defangs &&
      !candidate.defanged &&
      ['url', 'domain', 'email'].includes(candidate.type) &&
      !isListed(line, candidate.value)
    const role = internal ? 'internal' : isReference ? 'reference' : roleOf(candidate.type, line, heading)
    const { type, value, defanged } = candidate
    const offset = toCodePoints(candidate.offset)
    indicators.push({ type, value, defanged, offset, role, confidence: confidenceOf(candidate, role) })
  }
  return { indicators, dropped: [...dropped.values()] }
}

/** Everything found, refanged, by original offset, each value once per type: the first defanged mention, else the first. */
function findCandidates(text: string): Candidate[] {
  const refanged = refang(text)
  const plain = refanged.text
  const urls = findUrls(plain)
  const paths = [...findRegistryKeys(plain), ...findPaths(plain)]
  const inPath = coveredBy(paths)
  const inUrl = coveredBy(urls.filter(found => found.type === 'url'))
  const all = [
    ...urls.filter(found => !inPath(found)),
    ...findEmails(plain),
    ...findAddresses(plain),
    ...findDomains(plain).filter(found => !inPath(found) && !inUrl(found)),
    ...paths,
    ...findHashes(plain),
    ...findIdentifiers(plain),
  ]
  const first = new Map<string, Candidate>()
  for (const found of all) {
    const offset = refanged.originOf(found.start)
    const original = refanged.originalSlice(found.start, found.end)
    const defanged = original !== plain.slice(found.start, found.end)
    const key = `${found.type}\n${found.value}\n${found.dropped ?? ''}`
    const before = first.get(key)
    if (before === undefined || (defanged === before.defanged ? offset < before.offset : defanged))
      first.set(key, { ...found, defanged, offset })
  }
  return [...first.values()].sort((a, b) => a.offset - b.offset)
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
  readonly publisher: string | undefined
  readonly isReport: boolean
  readonly isNote: boolean
  readonly defangs: boolean
}

function reasonToDrop(candidate: Candidate, context: Context): string | undefined {
  if (candidate.dropped !== undefined) return candidate.dropped
  if (candidate.doubt !== undefined && !candidate.defanged) return candidate.doubt
  if (!context.isNote && isPublicResolver(candidate.value)) return 'a public DNS resolver'
  if (isEmptyDigest(candidate.value)) return 'the digest of an empty file'
  if (context.isReport && isInternalAddress(candidate.value))
    return 'a private or reserved address, in a report that names public ones'
  const site = siteOf(candidate)
  if (site === undefined) return undefined
  if (context.own.has(site)) return 'one of our own domains'
  if (candidate.defanged) {
    // The page may be hostile, the site is not: https://github[.]com/evil/x stays, github.com does not.
    return candidate.type === 'domain' && context.isReport && isReferenceSite(site)
      ? 'a well-known site that others use as well'
      : undefined
  }
  if (site === context.publisher) return "the report's own site"
  if (!context.isNote && isThreatSite(site)) return 'a site that describes threats'
  return context.defangs && isReferenceSite(site)
    ? 'a plain link to a well-known site, in a text that defangs its indicators'
    : undefined
}

/** Whether a line holds nothing but the value and list marks: an entry, not a mention. */
function isListed(line: string, value: string): boolean {
  return line.length - value.length < 12 && line.toLowerCase().includes(value.toLowerCase())
}

/** Defanging is the author's own word that it is dangerous; a reference or an internal address is rarely. */
function confidenceOf(candidate: Candidate, role: Indicator['role']): number {
  if (role === 'internal' || role === 'reference') return 0.2
  if (candidate.defanged) return 0.95
  return role === 'unknown' || role === 'victim' ? 0.6 : 0.8
}
