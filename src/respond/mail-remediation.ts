import { parse } from 'tldts'
import { z } from 'zod'
import type { Alert } from '../domain/alert.ts'
import type { Json } from '../lib/canonical-json.ts'
import { readPointer } from '../lib/json-pointer.ts'

const mail = z.object({
  id: z.string(),
  verdict: z.string(),
  message_id: z.string().nullish(),
  sender: z.string(),
  subject: z.string(),
  /** Those of the organisation that got it. */
  own_recipients: z.array(z.string()).default([]),
})
type MailAlert = z.output<typeof mail>

/** What mail analysis wrote about a mail in an alert of its own, or `undefined`. */
function mailOf(alert: Alert): MailAlert | undefined {
  if (alert.manager !== 'tocsin') return undefined
  const parsed = mail.safeParse(readPointer(alert.document, '/data/mail'))
  return parsed.success ? parsed.data : undefined
}

/** Whether an alert is about a mail that Tocsin analysed. */
export function isMailAlert(alert: Alert): boolean {
  return mailOf(alert) !== undefined
}

export interface MailStep {
  readonly phase: 'contain' | 'recover'
  readonly action: string
  readonly arguments: Json
  readonly why: string
  /** What the evidence of this step quotes. */
  readonly value: string
}

const mostMessages = 200
/** Beyond that a person decides whose credentials are reset: a step each would bury the others. */
const mostResets = 5

/** What can be done about the campaign of a case. Whatever must not be done is left out by the checks of each action. */
export function mailSteps(alerts: readonly Alert[]): MailStep[] {
  const mails = alerts.flatMap(alert => mailOf(alert) ?? [])
  const steps: MailStep[] = []
  const copies = mails.length === 1 ? 'One mail' : `${mails.length} mails`
  for (const sender of [...new Set(mails.map(each => each.sender))].slice(0, 10)) {
    const own = mails.filter(each => each.sender === sender)
    const messageIds = [...new Set(own.flatMap(each => each.message_id ?? []))].slice(0, mostMessages)
    if (messageIds.length > 0)
      steps.push({
        phase: 'contain',
        action: 'purge-mail',
        arguments: { messageIds, sender },
        why: `${copies} of this campaign came in; whoever has not read it yet is not to.`,
        value: sender,
      })
    const why = `${sender} sent ${own.length === 1 ? 'a mail' : `${own.length} mails`} of this campaign.`
    steps.push({
      phase: 'contain',
      action: 'block-mail-sender',
      arguments: { address: sender },
      why,
      value: sender,
    })
    const domain = parse(sender.slice(sender.lastIndexOf('@') + 1)).domain
    if (domain !== null)
      steps.push({ phase: 'contain', action: 'block-mail-domain', arguments: { domain }, why, value: domain })
  }
  const recipients = [...new Set(mails.flatMap(each => each.own_recipients))].slice(0, mostMessages)
  if (recipients.length > 0)
    steps.push({
      phase: 'contain',
      action: 'warn-recipients',
      arguments: { recipients, text: warningOf(mails) },
      why: 'Whoever got it should know, and should say whether they clicked.',
      value: recipients[0] ?? '',
    })
  if (mails.some(each => each.verdict === 'phishing') && recipients.length <= mostResets)
    for (const address of recipients)
      steps.push({
        phase: 'recover',
        action: 'reset-credentials',
        arguments: { address },
        why: `${address} got the mail. Ask first whether a password was typed.`,
        value: address,
      })
  return steps
}

/** Quotes nothing of the mail but its subject, flattened to one line. */
function warningOf(mails: readonly MailAlert[]): string {
  const subjects = [...new Set(mails.map(each => each.subject.replace(/[\s\p{C}]+/gu, ' ').trim()))].slice(
    0,
    3,
  )
  const titles = subjects.map(subject => `"${subject.slice(0, 120)}"`).join(', ')
  return `You got a mail that is an attack: ${titles}. Do not answer it, open its links or attachments, or forward it. If you already clicked, typed a password, opened a file or paid something, tell the security team at once: nobody will be blamed.`
}
