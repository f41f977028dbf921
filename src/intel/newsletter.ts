import PostalMime from 'postal-mime'
import { messageOf } from '../lib/app-error.ts'
import { type AddedReport, addReport, type IntelParts } from './add-report.ts'

/** The source under which a newsletter's reports are listed. */
const newsletterSource = 'mailbox'

const mostAttachments = 20
const reportName = /\.(?:pdf|docx|md|markdown|txt|csv|html?|json)$/i

/**
 * A newsletter that came by mail as threat reports: its own text, and each attached file of a kind that reports have. Anyone can
 * write to a mailbox and put any name in From, so its grade is F until a person says more.
 */
export async function addNewsletter(
  parts: IntelParts,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<AddedReport[]> {
  const added: AddedReport[] = []
  for (const { name, content } of await reportsIn(bytes)) {
    const incoming = { bytes: content, name, source: newsletterSource, trust: 'F', by: null }
    added.push(await addReport(parts, incoming, signal))
  }
  return added
}

async function reportsIn(
  bytes: Uint8Array,
): Promise<{ readonly name: string; readonly content: Uint8Array }[]> {
  const mail = await PostalMime.parse(bytes, {
    maxNestingDepth: 20,
    attachmentEncoding: 'arraybuffer',
  }).catch(error => ({ subject: messageOf(error), attachments: [] }))
  const subject = (mail.subject ?? '')
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 200)
  const files = mail.attachments.flatMap(({ filename, content }) =>
    filename && reportName.test(filename) && content instanceof ArrayBuffer
      ? [{ name: filename.replaceAll(/\p{C}/gu, '').slice(0, 200), content: new Uint8Array(content) }]
      : [],
  )
  return [
    { name: `${subject === '' ? 'newsletter' : subject}.eml`, content: bytes },
    ...files.slice(0, mostAttachments),
  ]
}
