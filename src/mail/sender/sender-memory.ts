import type { MailVerdict } from '../../domain/mail.ts'
import { fieldRange } from '../mime/source-range.ts'
import type { Mail } from '../read-mail.ts'
import type { Finding } from '../signals/finding.ts'

/** A decision of a person about a mail of one sender. */
export interface SenderDecision {
  readonly verdict: MailVerdict
  /** Where the links of that mail led. */
  readonly linkDomains: readonly string[]
}

/** Findings that a confirmed sender never excuses: they say that this mail is not that sender's. */
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
])

/**
 * What earlier decisions about exactly this address say. A From address is easily forged, so "legitimate" is only learned
 * for mails that lead nowhere new and do nothing that harms: same address, links within the domains of the mails that
 * were cleared, none of `neverExcused`. One harmful decision that is newer ends it.
 */
export function memoryFindings(
  mail: Mail,
  findings: readonly Finding[],
  decisions: readonly SenderDecision[],
): Finding[] {
  const [latest] = decisions
  if (latest === undefined) return []
  const where = () => fieldRange(mail.root, mail.fromField)
  if (latest.verdict !== 'legitimate') {
    if (latest.verdict === 'spam') return []
    return [
      {
        id: 'sender-was-harmful',
        strength: 1,
        text: `a person called an earlier mail of this sender ${latest.verdict}`,
        where,
      },
    ]
  }
  const known = new Set(
    decisions.filter(decision => decision.verdict === 'legitimate').flatMap(decision => decision.linkDomains),
  )
  const leadsElsewhere = mail.links.some(link => link.kind !== 'image' && !known.has(link.domain))
  if (leadsElsewhere || mail.attachments.length > 0 || findings.some(finding => neverExcused.has(finding.id)))
    return []
  return [
    {
      id: 'sender-confirmed',
      strength: 1,
      text: 'a person cleared mails of this sender that lead to the same places',
      where,
    },
  ]
}
