import type { MailVerdict } from '../domain/mail.ts'

/**
 * A reply to whoever reported a mail, for a person to read, change and send. It names no link and quotes nothing of the
 * mail but its subject, flattened to one line.
 */
export function replyDraft(verdict: MailVerdict, flagged: boolean, subject: string): string {
  const title = subject
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 150)
  const opening = `Thank you for reporting the mail "${title}".`
  if (!flagged) {
    const what =
      verdict === 'spam'
        ? 'unwanted advertising, not an attack: you can delete it'
        : 'legitimate: you can go on with it as usual'
    return `${opening}\n\nWe looked at it and found it to be ${what}. Reporting it was the right thing to do.\n`
  }
  const kind: Partial<Record<MailVerdict, string>> = {
    phishing: 'a phishing mail',
    bec: 'an attempt at payment fraud',
    malware: 'a mail that carries malware',
  }
  return `${opening}

It is ${kind[verdict] ?? 'suspicious'}. Please do not answer it, open its links or attachments, or forward it.
If you already clicked, typed a password, opened a file or paid something, tell us at once: nobody will be blamed.
`
}
