/** Headers that say when, by which way and to whom a mail came: a corpus is told by them, a phish is not. */
const dropped =
  /^(?:received|return-path|delivered-to|delivery-date|envelope-to|x-original-to|authentication-results|received-spf|arc-.*|dkim-signature|domainkey-signature|x-.*|message-id|list-.*|precedence|sender|errors-to|mailing-list|resent-.*|status|lines|old-.*|thread-.*|user-agent|content-length|feedback-id|x_.*)$/i

/** What the publisher of the phishing corpus put in place of every recipient. */
const corpusRecipient = 'phishing@pot'

/**
 * The message with one date, one recipient and no transport headers, so that no filter and no classifier can go by the
 * corpus it is from. The body is untouched but for the old recipient addresses. Bytes in, bytes out (Latin-1 on the way).
 */
export function normaliseMessage(message: Buffer): Buffer {
  const text = message.toString('latin1').replace(/^From .*\r?\n/, '')
  const end = /\r?\n\r?\n/.exec(text)
  const head = end ? text.slice(0, end.index) : text
  const body = end ? text.slice(end.index) : '\n\n'
  const fields = head
    .split(/\r?\n(?![ \t])/)
    .filter(field => !dropped.test(field.slice(0, Math.max(field.indexOf(':'), 0)).trim()))
  const recipients = new Set([corpusRecipient])
  const kept = fields.flatMap(field => {
    const name = field
      .slice(0, Math.max(field.indexOf(':'), 0))
      .trim()
      .toLowerCase()
    if (name === 'to' || name === 'cc' || name === 'bcc') {
      for (const match of field.matchAll(/[\w.+-]+@[\w.-]*\w/g)) recipients.add(match[0])
      return name === 'to' ? ['To: reader@example.org'] : []
    }
    return name === 'date' ? ['Date: Tue, 10 Nov 2026 09:12:00 +0000'] : [field]
  })
  if (!kept.some(field => /^to:/i.test(field))) kept.push('To: reader@example.org')
  // Forwarders of the corpus wrote to themselves; a sender that is the recipient would tell the corpus.
  const from = kept.findIndex(field => /^from:/i.test(field))
  for (const recipient of recipients)
    kept[from] = kept[from]?.replaceAll(recipient, 'someone@example.com') ?? ''
  let result = `${kept.join('\n')}${body.replace(/\r\n/g, '\n')}`
  for (const recipient of recipients)
    if (recipient.length > 5) result = result.replaceAll(recipient, 'reader@example.org')
  return Buffer.from(result, 'latin1')
}
