import PostalMime, { type Email } from 'postal-mime'
import { messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { readHtml } from './read-html.ts'
import type { ReportText } from './report-text.ts'

/** A newsletter's text: the subject, then the plain part, or the HTML part as text. Attachments are not opened. */
export async function readEmail(bytes: Uint8Array): Promise<ReportText> {
  try {
    const mail = await PostalMime.parse(bytes, { maxNestingDepth: 20 })
    const plain = mail.text?.trim() ?? ''
    const body = plain.length > 40 || mail.html === undefined ? plain : readHtml(mail.html).text
    const subject = mail.subject ?? ''
    const problems = mail.attachments.map(part =>
      problem(
        'attachment-not-read',
        'give the attachment as a file of its own',
        part.filename ?? 'attachment',
      ),
    )
    return {
      text: `${subject}\n\n${body}`.trim(),
      format: 'email',
      problems,
      mail: { publishers: publishersOf(mail), readers: readersOf(mail) },
      ...(subject === '' ? {} : { title: subject }),
    }
  } catch (error) {
    return { text: '', format: 'email', problems: [problem('broken-email', messageOf(error))] }
  }
}

/** Whose own links say nothing: the sender, and the service that sends for it. */
function publishersOf({ from, headers }: Email): string[] {
  const sender = from?.address?.split('@').at(-1) ?? ''
  const leave = headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? ''
  const links = [...leave.slice(0, 4000).matchAll(/https?:\/\/([^\s<>/?#:@]{1,253})/gi)].map(
    match => match[1] ?? '',
  )
  return [sender, ...links].filter(host => host !== '').map(host => host.toLowerCase())
}

function readersOf({ to = [], cc = [], deliveredTo = '' }: Email): string[] {
  const addresses = [...to, ...cc].slice(0, 50).map(each => each.address ?? '')
  return [...addresses, deliveredTo].filter(each => each.includes('@')).map(each => each.toLowerCase())
}
