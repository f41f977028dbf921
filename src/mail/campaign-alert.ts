import type { MailReport, MailVerdict } from '../domain/mail.ts'

/** What the alert about a mail tells besides its report. */
export interface MailFacts {
  readonly id: string
  readonly subject: string
  readonly sender: string
  readonly recipients: readonly string[]
  /** Domains of the organisation: only its own people are ever written to. */
  readonly ownDomains: readonly string[]
  readonly reporter: string | null
  readonly receivedMs: number
}

/** The key under which the alert about a mail is stored. */
export function campaignAlertKey(mailId: string): string {
  return `tocsin//${mailId}`
}

const levels: Partial<Record<MailVerdict, number>> = { malware: 12, bec: 12, phishing: 10, suspicious: 7 }
const words: Partial<Record<MailVerdict, string>> = {
  malware: 'Mail with malware',
  bec: 'Payment fraud by mail',
  phishing: 'Phishing mail',
  suspicious: 'Suspicious mail',
}

/**
 * A flagged mail as an alert in Wazuh's form, so that it reaches the queue, is grouped and investigated as every other alert.
 * The campaign stands where the rule and the host stand: all copies of one campaign come into one case, and no two
 * campaigns into the same one. `undefined` for mails that nobody need look at.
 */
export function campaignAlert(report: MailReport, facts: MailFacts): Record<string, unknown> | undefined {
  const level = levels[report.verdict]
  if (level === undefined) return undefined
  const subject = facts.subject
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 120)
  const urls = report.indicators.filter(indicator => indicator.type === 'url').slice(0, 10)
  const reasons = report.signals.filter(entry => entry.weight > 0).slice(0, 5)
  return {
    id: facts.id,
    timestamp: new Date(facts.receivedMs).toISOString(),
    rule: {
      id: `mail-${report.campaign || facts.id}`,
      level,
      description: `${words[report.verdict]}: ${subject || '(no subject)'}`,
      groups: ['tocsin', 'mail', report.verdict],
      mitre: { id: ['T1566'], tactic: ['Initial Access'], technique: ['Phishing'] },
    },
    agent: { id: '000', name: report.campaign || facts.id },
    manager: { name: 'tocsin' },
    location: 'mail',
    full_log: reasons.map(entry => entry.text).join('; '),
    data: {
      mail: {
        id: facts.id,
        campaign: report.campaign,
        verdict: report.verdict,
        probability: report.probability,
        sender: facts.sender,
        message_id: report.message_id,
        recipients: facts.recipients.slice(0, 50),
        own_recipients: facts.recipients.filter(address => isOwn(address, facts.ownDomains)).slice(0, 200),
        reporter: facts.reporter,
        subject,
        urls: urls.map(indicator => indicator.value),
      },
      email: facts.sender,
      url: urls[0]?.value,
    },
  }
}

function isOwn(address: string, ownDomains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return ownDomains.some(own => domain === own || domain.endsWith(`.${own}`))
}
