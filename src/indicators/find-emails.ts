import type { Found } from './found.ts'
import { isHostName } from './host-name.ts'

const address =
  /(?<![\w.+%-])([\w.!#$%&*+/=?^{|}~-]{0,63}[\w+~-])(?:\([^()\s]{1,40}\))?@((?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.){1,8}[\p{L}\p{N}-]{2,63}|\[?(?:\d{1,3}\.){3}\d{1,3}\]?)(?![\p{L}\p{N}_-])/gu

/** A mailbox may be in a zone that is not public (`user@corp.internal`): the form is enough, the at-sign says the rest. */
const hostForm = /\.(?:xn--[a-z0-9-]+|\p{L}{2,63})$/u

/** E-mail addresses and the domains in them. Jabber addresses look the same and are named as such. */
export function findEmails(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(address)) {
    const [whole, written = '', host = ''] = match
    const user = written.replace(/^[^\p{L}\p{N}_]+/u, '')
    const domain = host.toLowerCase()
    const numeric = /^\[?[\d.]+\]?$/.test(host)
    if (user === '' || user.startsWith('.') || (!numeric && !hostForm.test(domain))) continue
    // `https://user@host/`: that is a URL's user, not a mailbox.
    if (/:\/\/[^\s/]*$/.test(text.slice(Math.max(0, match.index - 200), match.index + 1))) continue
    const end = match.index + whole.length
    const start = match.index + written.length - user.length
    const jabber =
      /jabber|xmpp/.test(domain) ||
      /\b(?:jabber|xmpp|jid)[\s:]{0,3}$/i.test(text.slice(Math.max(0, start - 12), start))
    found.push({
      type: 'email',
      value: `${user}@${domain}`,
      start,
      end,
      ...(jabber ? { dropped: 'a Jabber (XMPP) address, not a mailbox' } : {}),
    })
    if (isHostName(domain)) found.push({ type: 'domain', value: domain, start: end - host.length, end })
  }
  return found
}
