import { count } from '../../lib/count.ts'
import type { FileMatch, MailHistory } from '../mail-context.ts'
import { walkParts } from '../mime/part-tree.ts'
import { bodyRange, fieldRange } from '../mime/source-range.ts'
import type { Mail } from '../read-mail.ts'
import { registrable } from '../sender/domains.ts'
import { type Finding, quote } from './finding.ts'

/** Below this, everybody is new. */
const leastMails = 50
const leastDays = 7
/** Who has written this often, over this long, is known. */
const knownMails = 3
const knownDays = 14

/**
 * What earlier mails say about this sender. A From address is easily forged, so being known only speaks for a mail whose
 * sender is authenticated; being new, or standing in somebody else's thread, is said of any.
 */
export function historySignals(
  mail: Mail,
  history: MailHistory | undefined,
  authenticated: boolean,
): Finding[] {
  const from = mail.from[0]
  if (history === undefined || from === undefined || from.domain === '') return []
  const where = () => fieldRange(mail.root, mail.fromField)
  const findings: Finding[] = []
  const enough = history.mails >= leastMails && history.days >= leastDays
  if (enough && history.ofDomain === 0)
    findings.push({
      id: 'first-contact',
      strength: 1,
      text: `nobody at ${registrable(from.domain)} wrote before, in ${count(history.mails, 'mail')} over ${count(history.days, 'day')}`,
      where,
    })
  else if (enough && history.ofSender === 0)
    findings.push({
      id: 'first-contact',
      strength: 0.5,
      text: `${from.address} never wrote before, in ${count(history.mails, 'mail')} over ${count(history.days, 'day')}`,
      where,
    })
  const isKnown = history.ofSender >= knownMails && history.senderDays >= knownDays
  const wasHarmless = history.verdicts.every(verdict => verdict === 'legitimate' || verdict === 'spam')
  if (authenticated && isKnown && wasHarmless)
    findings.push({
      id: 'known-correspondent',
      strength: 1,
      text: `${from.address} wrote ${count(history.ofSender, 'time')} over ${count(history.senderDays, 'day')}, and is authenticated`,
      where,
    })
  return [...findings, ...threadFindings(mail, history, registrable(from.domain))]
}

/** An answer within a thread that this sender had no part in: how payments are diverted after a mailbox was read. */
function threadFindings(mail: Mail, history: MailHistory, domain: string): Finding[] {
  const stranger = history.answered.find(answered => !answered.domains.includes(domain))
  if (stranger === undefined || history.answered.some(answered => answered.domains.includes(domain)))
    return []
  const shown = mail.from[0]?.name ?? ''
  const borrowed = stranger.senderName !== '' && stranger.senderName.toLowerCase() === shown.toLowerCase()
  const field = mail.root.fields.find(entry => entry.name === 'in-reply-to' || entry.name === 'references')
  return [
    {
      id: 'reply-chain-forged',
      strength: borrowed ? 1 : 0.5,
      text: borrowed
        ? `answers a mail of ${quote(shown)} under the same name, but from ${domain}, which had no part in it`
        : `answers a mail that nobody at ${domain} wrote or got`,
      where: () => fieldRange(mail.root, field),
    },
  ]
}

/** What the organisation's own YARA rules matched. */
export function fileMatchSignals(mail: Mail, matches: readonly FileMatch[]): Finding[] {
  const [first] = matches
  if (first === undefined) return []
  const rules = [...new Set(matches.map(match => match.rule))]
  const part = [...walkParts(mail.root)].find(entry => (entry.id || '1') === first.part)
  return [
    {
      id: 'yara-match',
      strength: 1,
      text: `${quote(first.file)} matches ${rules.length === 1 ? `the YARA rule ${first.rule}` : `${rules.length} YARA rules, ${rules.slice(0, 5).join(', ')}`}`,
      where: () => (part === undefined ? fieldRange(mail.root, undefined) : bodyRange(part)),
    },
  ]
}
