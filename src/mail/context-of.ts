import type { Problem } from '../lib/problem.ts'
import { decisionsOnSender, mailsByMessageId, senderHistory } from '../store/mail-messages.ts'
import { type AnsweredMail, type MailContext, type MailHistory, noContext } from './mail-context.ts'
import { headerOf } from './mime/part-tree.ts'
import { type Mail, readMail } from './read-mail.ts'
import type { MailParts } from './receive-mail.ts'
import { scanMail } from './scan-files.ts'
import { isFreeMail, registrable } from './sender/domains.ts'
import type { SenderDecision } from './sender/sender-memory.ts'

const dayMs = 24 * 60 * 60_000

type ContextParts = Pick<MailParts, 'database' | 'tenant' | 'clock' | 'scanFiles'>

/** What is known about a message beyond its bytes: decisions, earlier mails, and what YARA matched. */
export async function contextOf(
  parts: ContextParts,
  bytes: Buffer,
  problems: Problem[],
): Promise<MailContext> {
  const mail = readable(bytes)
  const sender = mail?.from[0]?.address ?? ''
  if (mail === undefined) return noContext
  const [decisions, history, fileMatches] = await Promise.all([
    sender === '' ? [] : decisionsOn(parts, mail, sender),
    sender === '' ? undefined : historyOf(parts, mail, sender),
    parts.scanFiles === undefined ? [] : scanMail(mail, parts.scanFiles, problems),
  ])
  return { decisions, history, fileMatches }
}

/** Decisions about mails of this address and of its domain, latest first. */
async function decisionsOn(
  { database, tenant }: ContextParts,
  mail: Mail,
  sender: string,
): Promise<SenderDecision[]> {
  const domain = registrable(mail.from[0]?.domain ?? '')
  const rows = await decisionsOnSender(database, tenant, sender, isFreeMail(domain) ? '' : domain)
  return rows.map(({ simhash, words, ...decision }) => ({
    ...decision,
    print: simhash === null ? undefined : { simhash: BigInt.asUintN(64, BigInt(simhash)), words: words ?? 0 },
  }))
}

/** A message that breaks the parser is met again, and reported, by the weighing. */
function readable(bytes: Buffer): Mail | undefined {
  try {
    return readMail(bytes, [])
  } catch {
    return undefined
  }
}

async function historyOf(
  { database, tenant, clock }: ContextParts,
  mail: Mail,
  sender: string,
): Promise<MailHistory | undefined> {
  const domain = registrable(mail.from[0]?.domain ?? '')
  const row = await senderHistory(database, tenant, sender, domain)
  if (row === undefined) return undefined
  const ids = answeredIds(mail)
  const answered = ids.length === 0 ? [] : await mailsByMessageId(database, tenant, ids)
  const nowMs = clock.now()
  const days = (sinceMs: number | null) => (sinceMs === null ? 0 : Math.floor((nowMs - sinceMs) / dayMs))
  return {
    mails: row.mails,
    days: days(row.firstMs),
    ofSender: row.ofSender,
    ofDomain: row.ofDomain,
    senderDays: days(row.senderFirstMs),
    verdicts: row.verdicts,
    answered: answered.map(
      (entry): AnsweredMail => ({
        messageId: entry.messageId,
        senderName: entry.senderName,
        domains: [entry.sender, ...entry.recipients].map(address =>
          registrable(address.slice(address.lastIndexOf('@') + 1)),
        ),
      }),
    ),
  }
}

/** The mails that this one says it answers (RFC 5322, section 3.6.4): the last of a long thread. */
function answeredIds(mail: Mail): string[] {
  const text = ['in-reply-to', 'references']
    .map(name => headerOf(mail.root, name)?.value.slice(-8_000) ?? '')
    .join(' ')
  return [...new Set([...text.matchAll(/<([^<>\s]{1,998})>/g)].map(match => match[1] ?? ''))].slice(-20)
}
