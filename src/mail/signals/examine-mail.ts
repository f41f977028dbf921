import type { MailOrganisation } from '../../domain/mail.ts'
import type { Problem } from '../../lib/problem.ts'
import { foldWithOffsets } from '../content/folded-text.ts'
import { mailLimits } from '../limits.ts'
import type { Mail } from '../read-mail.ts'
import { type BrandWord, brandWords, knownBrands } from '../sender/brands.ts'
import { attachmentSignals } from './attachment-signals.ts'
import { authenticationSignals } from './authentication-signals.ts'
import { contentSignals } from './content-signals.ts'
import type { Examined, Finding } from './finding.ts'
import { intentSignals } from './intent-signals.ts'
import { linkSignals } from './link-signals.ts'
import { senderSignals } from './sender-signals.ts'
import type { SignalId } from './signal-kinds.ts'

const wellKnown = brandWords(knownBrands)

/** The brands to watch for: the organisation's own and the well-known ones. */
export function watchedBrands(organisation: MailOrganisation): BrandWord[] {
  const own = organisation.brands.map(brand => ({ ...brand, words: [brand.name.toLowerCase()] }))
  return [...brandWords(own), ...wellKnown]
}

const askingKinds: ReadonlySet<SignalId> = new Set<SignalId>([
  'asks-credentials',
  'threatens-account',
  'threat-and-demand',
  'urges',
  'promises-reward',
  'document-lure',
  'parcel-trouble',
  'refunds',
  'wants-click',
])
const strangeKinds: ReadonlySet<SignalId> = new Set<SignalId>([
  'brand-in-name',
  'look-alike-sender',
  'odd-sender-domain',
  'odd-sender-local',
  'sender-malformed',
  'link-brand-elsewhere',
  'address-in-name',
])

/** A sender that asks for something on its own pages, and pretends to be nobody else, asks for half as much. */
function atHome(findings: readonly Finding[]): Finding[] {
  const isHome = findings.some(finding => finding.id === 'links-at-home' || finding.id === 'brand-at-home')
  if (!isHome || findings.some(finding => strangeKinds.has(finding.id))) return [...findings]
  return findings.map(finding =>
    askingKinds.has(finding.id) ? { ...finding, strength: finding.strength / 2 } : finding,
  )
}

/** Everything noticed about a mail, not yet weighed. */
export function examineMail(
  mail: Mail,
  organisation: MailOrganisation,
  brands: readonly BrandWord[],
  problems: Problem[],
): { examined: Examined; findings: readonly Finding[]; attachmentHashes: readonly string[] } {
  const attached = attachmentSignals(mail, problems)
  const examined: Examined = {
    mail: { ...mail, links: [...mail.links, ...attached.links] },
    organisation,
    brands,
    subject: foldWithOffsets(mail.subject),
    body: foldWithOffsets((mail.body?.visible ?? '').slice(0, mailLimits.foldedCharacters)),
  }
  const findings = atHome([
    ...senderSignals(examined),
    ...authenticationSignals(examined),
    ...contentSignals(examined),
    ...linkSignals(examined),
    ...intentSignals(examined),
    ...attached.findings,
  ])
  return { examined, findings, attachmentHashes: attached.hashes }
}
