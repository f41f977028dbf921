import type { Problem } from '../lib/problem.ts'
import { problem } from '../lib/problem.ts'
import { linksOf, type MailLink } from './content/links.ts'
import { readTextPart, type TextPart } from './content/mail-text.ts'
import { mailLimits } from './limits.ts'
import { type Mailbox, parseMailboxes } from './mime/addresses.ts'
import { decodeWords } from './mime/encoded-words.ts'
import type { HeaderField } from './mime/header-fields.ts'
import { bodyOf, headerOf, type MimePart, parseMessage, walkParts } from './mime/part-tree.ts'
import { bodyRange } from './mime/source-range.ts'
import { isCompoundFile } from './outlook/compound-file.ts'
import { outlookToMime } from './outlook/outlook-message.ts'

/** A message taken apart: what every later step works on. Nothing in it is believed yet. */
export interface Mail {
  readonly root: MimePart
  readonly subject: string
  readonly subjectField: HeaderField | undefined
  readonly from: readonly Mailbox[]
  readonly fromField: HeaderField | undefined
  readonly sender: readonly Mailbox[]
  readonly replyTo: readonly Mailbox[]
  readonly to: readonly Mailbox[]
  readonly messageId: string | null
  /** Text parts that a reader is shown. */
  readonly texts: readonly TextPart[]
  /** The text part whose words are judged: HTML where there is any to read, else plain. */
  readonly body: TextPart | undefined
  readonly links: readonly MailLink[]
  /** Leaf parts that are not shown as text. */
  readonly attachments: readonly MimePart[]
  /** A delivery notice (RFC 3464), recognised by its structure. */
  readonly isDeliveryReport: boolean
  /** True where the message was taken out of a "report phishing" wrapper. */
  readonly unwrapped: boolean
  /** Made from an Outlook file: the text is the sender's, the bytes are ours. */
  readonly isConverted: boolean
}

/** Parses a message and, where it is a user's report, the message that was reported. */
export function readMail(bytes: Buffer, problems: Problem[]): Mail {
  if (bytes.length === 0) problems.push(problem('empty-message', 'the message has no bytes'))
  const outlook = isCompoundFile(bytes) ? outlookToMime(bytes) : undefined
  // Positions in a converted message mean nothing in the file that was given: evidence points at the whole of it.
  const root = outlook
    ? parseMessage(outlook, problems, { part: 'message', start: 0, end: bytes.length })
    : parseMessage(withLineFeeds(bytes), problems)
  const reported = reportedMessage(root, problems)
  return {
    ...describe(reported?.message ?? root, reported !== undefined, problems),
    isConverted: outlook !== undefined || reported?.isConverted === true,
  }
}

/** The message that a report is about; `isConverted` as of Mail. */
interface Reported {
  readonly message: MimePart
  readonly isConverted: boolean
}

/** Old Mac files end lines with CR alone; a copy with LF has the same offsets. */
function withLineFeeds(bytes: Buffer): Buffer {
  if (bytes.includes(10) || !bytes.includes(13)) return bytes
  return Buffer.from(bytes.map(byte => (byte === 13 ? 10 : byte)))
}

/**
 * The message inside a report: Microsoft's and Google's buttons, and people, send the original as an attached
 * message, or as an .eml or .msg file, with little or no text of their own; ARF reports (RFC 5965) say so in their type.
 */
function reportedMessage(root: MimePart, problems: Problem[]): Reported | undefined {
  const asIs = (message: MimePart) => ({ message, isConverted: false })
  if (!root.mediaType.startsWith('multipart/')) {
    const only = root.mediaType === 'message/rfc822' ? root.children[0] : undefined
    return only && asIs(only)
  }
  const reportType = root.parameters.get('report-type')?.toLowerCase()
  if (root.mediaType === 'multipart/report' && reportType !== 'feedback-report') return undefined
  const attached = root.children.filter(
    child => child.mediaType === 'message/rfc822' || messageFile.test(child.fileName),
  )
  const [file] = attached
  if (attached.length !== 1 || file === undefined) return undefined
  if (reportType === 'feedback-report') return file.children[0] && asIs(file.children[0])
  const others = root.children.filter(child => child !== attached[0])
  const onlyText = others.every(
    child => child.mediaType.startsWith('text/') || child.mediaType === 'multipart/alternative',
  )
  const ownBytes = others.reduce((sum, child) => sum + child.end - child.bodyStart, 0)
  if (!onlyText || ownBytes >= 4_000) return undefined
  return file.children[0] ? asIs(file.children[0]) : messageInFile(file, problems)
}

const messageFile = /\.(?:eml|msg)$/i

/** A message that was attached as a file. Positions in it mean nothing in the mail around it: evidence points at the file. */
function messageInFile(part: MimePart, problems: Problem[]): Reported | undefined {
  const bytes = bodyOf(part, mailLimits.attachmentBytes)
  const outlook = isCompoundFile(bytes) ? outlookToMime(bytes) : undefined
  const message = parseMessage(outlook ?? bytes, problems, bodyRange(part), part.id)
  // Any file may be called so: what has no sender is no message.
  return headerOf(message, 'from') ? { message, isConverted: outlook !== undefined } : undefined
}

function describe(root: MimePart, unwrapped: boolean, problems: Problem[]): Omit<Mail, 'isConverted'> {
  const isDeliveryReport = deliveryReport(root)
  const texts: TextPart[] = []
  const attachments: MimePart[] = []
  let characters = 0
  for (const part of shownParts(root)) {
    const isText = part.mediaType === 'text/plain' || part.mediaType === 'text/html'
    if (
      isText &&
      part.disposition !== 'attachment' &&
      (part.fileName === '' || part.disposition === 'inline')
    ) {
      if (characters > mailLimits.textCharacters) continue
      const text = readTextPart(part)
      characters += text.visible.length
      texts.push(text)
      if (text.html?.tooDeep)
        problems.push(
          problem(
            'html-too-deep',
            `HTML elements nest deeper than ${mailLimits.htmlDepth}; what follows was not read`,
            `part ${part.id || '1'}`,
          ),
        )
      if (text.html?.truncatedLinks)
        problems.push(
          problem(
            'too-many-links',
            `more than ${mailLimits.links} links in one part; the rest was not read`,
            `part ${part.id || '1'}`,
          ),
        )
    } else if (attachments.length < mailLimits.attachments) attachments.push(part)
    else if (!problems.some(entry => entry.code === 'too-many-attachments')) {
      problems.push(
        problem(
          'too-many-attachments',
          `more than ${mailLimits.attachments} attachments; the rest was not examined`,
        ),
      )
    }
  }
  if (characters > mailLimits.textCharacters)
    problems.push(
      problem(
        'text-too-long',
        `more than ${mailLimits.textCharacters} characters of text; the rest was not read`,
      ),
    )
  const mailboxes = (name: string) => parseMailboxes(headerOf(root, name)?.value.slice(0, 8_000) ?? '')
  const subjectField = headerOf(root, 'subject')
  const links = texts.flatMap(linksOf).slice(0, mailLimits.links)
  return {
    root,
    subject: decodeWords(subjectField?.value.slice(0, 8_000) ?? '').slice(0, mailLimits.subjectCharacters),
    subjectField,
    from: mailboxes('from'),
    fromField: headerOf(root, 'from'),
    sender: mailboxes('sender'),
    replyTo: mailboxes('reply-to'),
    to: [...mailboxes('to'), ...mailboxes('cc')],
    messageId: messageIdOf(root),
    texts,
    body:
      texts.find(text => text.kind === 'html' && /\p{L}{2}/u.test(text.visible)) ??
      texts.find(text => text.visible.trim() !== '') ??
      texts[0],
    links,
    attachments,
    isDeliveryReport,
    unwrapped,
  }
}

/** The leaf parts of this message; a message attached to it counts as one attachment and is walked into. */
function* shownParts(root: MimePart): Generator<MimePart> {
  for (const part of walkParts(root)) {
    if (
      part.children.length === 0 &&
      !part.mediaType.startsWith('multipart/') &&
      !/^message\//.test(part.mediaType)
    )
      yield part
  }
}

function deliveryReport(root: MimePart): boolean {
  if (
    root.mediaType === 'multipart/report' &&
    root.parameters.get('report-type')?.toLowerCase() !== 'feedback-report'
  )
    return true
  return root.children.some(child => child.mediaType === 'message/delivery-status')
}

function messageIdOf(root: MimePart): string | null {
  const value = headerOf(root, 'message-id')?.value ?? ''
  const id = /<([^<>]+)>/.exec(value)?.[1] ?? value.trim()
  return id === '' ? null : id.slice(0, 998)
}
