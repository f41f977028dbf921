import { appendEntries } from '../ledger/database-ledger.ts'
import { findMail, noteReply } from '../store/mail-messages.ts'
import type { MailParts } from './receive-mail.ts'

/** Sends one plain-text mail through the organisation's own relay. Throws where it was not taken. */
export type SendMail = (
  mail: { readonly to: string; readonly subject: string; readonly text: string },
  signal: AbortSignal,
) => Promise<void>

export type ReplyResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'no-mail' }

const oneAddress = /^[^\s@<>",;:\\()[\]\p{C}]{1,64}@([^\s@<>",;:\\()[\]\p{C}]+\.[^\s@<>",;:\\()[\]\p{C}]+)$/u

/**
 * Why nobody can be written to about a mail, or `undefined`. The reporter comes from an envelope or a From field, which anyone
 * can forge: where the organisation's domains are known, only its own people get an answer.
 */
export function whyNoReply(reporter: string | null, ownDomains: readonly string[]): string | undefined {
  const domain = oneAddress.exec(reporter ?? '')?.[1]?.toLowerCase()
  if (domain === undefined) return 'Whoever reported it left no mail address.'
  if (ownDomains.length > 0 && !ownDomains.some(own => domain === own || domain.endsWith(`.${own}`)))
    return `${reporter} is not of this organisation: its mail may be forged.`
  return undefined
}

/**
 * Sends a reply to whoever reported a mail, as a person wrote it. The ledger has the intent before the mail leaves; a
 * second reply is a new act of a person, never a retry of ours.
 */
export async function sendReply(
  parts: MailParts,
  send: SendMail,
  reply: { readonly id: string; readonly text: string; readonly by: string },
  signal: AbortSignal,
): Promise<ReplyResult> {
  const { database, tenant, clock } = parts
  const row = await findMail(database, tenant, reply.id)
  if (row === undefined) return { kind: 'no-mail' }
  const reason = whyNoReply(row.reporter, parts.organisation.domains)
  if (reason !== undefined || row.reporter === null) return { kind: 'refused', reason: reason ?? '' }
  const note = (step: string) => ({
    kind: 'note' as const,
    tenant,
    actor: `user:${reply.by}`,
    subject: reply.id,
    body: { what: 'reply to the reporter', step },
  })
  await database.transaction(sql => appendEntries(sql, [note('intent')], clock.now()))
  const subject = `Your report: ${row.subject
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 150)}`
  await send({ to: row.reporter, subject, text: reply.text }, signal)
  await database.transaction(async sql => {
    const atMs = clock.now()
    await noteReply(sql, tenant, reply.id, { by: reply.by, atMs, text: reply.text })
    await appendEntries(sql, [note('sent')], atMs)
  })
  return { kind: 'sent' }
}
