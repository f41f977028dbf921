import type { MailIndicator, MailIndicatorType } from '../domain/mail.ts'
import type { Mail } from './read-mail.ts'
import { brandOfDomain } from './sender/brands.ts'
import { registrable } from './sender/domains.ts'

const limit = 500

/**
 * What of a mail can be looked for elsewhere: link targets, their hosts, sender addresses, attachment hashes, wallets.
 * Domains that half of the world uses (the well-known brands) are left out as domains, for nobody should block them.
 */
export function indicatorsOf(mail: Mail, hashes: readonly string[]): MailIndicator[] {
  const found = new Map<string, MailIndicator>()
  const add = (type: MailIndicatorType, value: string) => {
    if (found.size < limit && value !== '') found.set(`${type} ${value}`, { type, value })
  }
  for (const link of mail.links) {
    if (!/^(?:https?|ftp):$/.test(link.scheme)) continue
    add('url', link.destination)
    if (link.isAddress) add('ipv4', link.host)
    else if (!brandOfDomain(link.domain)) add('domain', link.host)
  }
  for (const mailbox of [...mail.from, ...mail.sender, ...mail.replyTo]) {
    if (mailbox.domain === '') continue
    add('email', mailbox.address)
    if (!brandOfDomain(registrable(mailbox.domain))) add('domain', mailbox.domain)
  }
  for (const hash of hashes) add('sha256', hash)
  const text = mail.body?.visible.slice(0, 60_000) ?? ''
  for (const match of text.matchAll(
    /\b(?:bc1[a-z0-9]{25,59}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})\b/g,
  ))
    add('crypto', match[0])
  return [...found.values()]
}
