import type { MailVerdict } from '../../domain/mail.ts'
import { type CampaignPrint, isNear } from '../campaign.ts'
import { fieldRange } from '../mime/source-range.ts'
import type { Mail } from '../read-mail.ts'
import type { Finding } from '../signals/finding.ts'
import { isFreeMail, registrable } from './domains.ts'

/** A decision of a person about a mail of one sender, or of another one in the same domain. */
export interface SenderDecision {
  readonly verdict: MailVerdict
  readonly sender: string
  /** Whether the domain stood behind that mail. */
  readonly authenticated: boolean
  /** Where the links of that mail led. */
  readonly linkDomains: readonly string[]
  readonly print: Pick<CampaignPrint, 'simhash' | 'words'> | undefined
}

/** Findings that a confirmed sender never excuses: they say that this mail is not that sender's, or does harm by itself. */
const neverExcused: ReadonlySet<Finding['id']> = new Set<Finding['id']>([
  'authentication-failed',
  'person-impersonated',
  'look-alike-sender',
  'reply-elsewhere',
  'reply-to-freemail',
  'changes-payment',
  'gift-cards',
  'diverts-payroll',
  'asks-staff-data',
  'addresses-model',
  'html-attachment',
  'html-smuggling',
  'password-field',
  'link-script-or-data',
  'attachment-program',
  'attachment-macro',
  'attachment-disguised',
  'attachment-shortcut',
  'attachment-disk-image',
  'attachment-encrypted',
  'attachment-remote-template',
  'attachment-bomb',
  'yara-match',
  'reply-chain-forged',
])

/** Beyond those: what a copy of a cleared mail may not do, where nobody vouches for its sender. One account number is enough. */
const neverCopied: ReadonlySet<Finding['id']> = new Set<Finding['id']>([
  'orders-transfer',
  'urgent-payment',
  'sends-invoice',
  'callback-phone',
  'charge-and-call',
  'extorts',
])

/** A copy differs in a name or number; a sentence more turns about twice as many bits of a short mail. */
const copyBits = 3

/**
 * What earlier decisions about this sender say. A From address is easily forged, so "legitimate" is learned in two ways only:
 * for authenticated mails of the same address or, weaker, of the same domain; and else for near copies of a cleared mail.
 * Either way the links stay within the domains of cleared mails, and nothing is attached or done that harms. A newer
 * harmful decision ends it; one about a forgery says nothing about mails that are authenticated.
 */
export function memoryFindings(
  mail: Mail,
  print: CampaignPrint,
  findings: readonly Finding[],
  decisions: readonly SenderDecision[],
): Finding[] {
  const sender = mail.from[0]?.address ?? ''
  const authenticated = findings.some(finding => finding.id === 'authenticated-home')
  const own = decisions.filter(
    decision =>
      decision.sender === sender && (decision.authenticated || !authenticated || isLegitimate(decision)),
  )
  const [latest] = own
  const where = () => fieldRange(mail.root, mail.fromField)
  if (latest !== undefined && !isLegitimate(latest)) {
    if (latest.verdict === 'spam') return []
    const text = `a person called an earlier mail of this sender ${latest.verdict}`
    return [{ id: 'sender-was-harmful', strength: 1, text, where }]
  }
  const has = (ids: ReadonlySet<Finding['id']>) => findings.some(finding => ids.has(finding.id))
  if (mail.from.length !== 1 || mail.attachments.length > 0 || has(neverExcused)) return []
  const cleared = clearedDecisions(mail, own, decisions, authenticated)
  const matching = authenticated
    ? cleared
    : cleared.filter(
        ({ print: known }) => known !== undefined && !has(neverCopied) && isNear(known, print, copyBits),
      )
  if (matching.length === 0) return []
  const known = new Set(matching.flatMap(decision => decision.linkDomains))
  if (mail.links.some(link => link.kind !== 'image' && !known.has(link.domain))) return []
  const isExact = matching.some(decision => decision.sender === sender)
  const who = isExact ? 'this sender' : `${registrable(mail.from[0]?.domain ?? '')}`
  const text = `a person cleared ${authenticated ? 'mails' : 'such a mail'} of ${who} that lead to the same places`
  return [{ id: 'sender-confirmed', strength: isExact ? 1 : 0.6, text, where }]
}

function isLegitimate({ verdict }: SenderDecision): boolean {
  return verdict === 'legitimate'
}

/** Of the address itself; and of its domain, where the domain vouches for both and is not everybody's. */
function clearedDecisions(
  mail: Mail,
  own: readonly SenderDecision[],
  all: readonly SenderDecision[],
  authenticated: boolean,
): SenderDecision[] {
  const exact = own.filter(decision => isLegitimate(decision) && (decision.authenticated || !authenticated))
  if (exact.length > 0) return exact
  const domain = registrable(mail.from[0]?.domain ?? '')
  if (!authenticated || isFreeMail(domain)) return own.filter(isLegitimate)
  const [latest] = all.filter(decision => decision.authenticated)
  if (latest === undefined || !isLegitimate(latest)) return own.filter(isLegitimate)
  return all.filter(decision => decision.authenticated && isLegitimate(decision))
}
