import { z } from 'zod'
import type { Alert } from '../domain/alert.ts'
import { alertMailJob } from '../domain/job-kinds.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { Job, JobDraft } from '../queue/jobs.ts'
import { type MailParts, receiveMail } from './receive-mail.ts'

/** Where decoders put a whole message, as text or in base64. */
const places = [
  '/data/email/raw',
  '/data/mail/raw',
  '/data/email/message',
  '/data/eml',
  '/data/rfc822',
  '/email/raw',
]

const payload = z.object({ base64: z.string(), agent: z.string() })

/** What an alert asks of mail analysis: to judge the message that it carries. Our own alerts carry none. */
export function alertMailJobsOf(alert: Alert): JobDraft[] {
  if (alert.manager === 'tocsin') return []
  for (const place of places) {
    const value = readPointer(alert.document, place)
    const message = typeof value === 'string' ? messageIn(value) : undefined
    if (message)
      return [
        {
          kind: alertMailJob,
          key: alert.key,
          payload: { base64: message.toString('base64'), agent: alert.agent.name },
        },
      ]
  }
  return []
}

/** A message has header fields first; base64 of one is unpacked. Anything else is no message. */
function messageIn(text: string): Buffer | undefined {
  const plain = Buffer.from(text, 'utf8')
  if (hasHeaders(plain)) return plain
  if (!/^[A-Za-z0-9+/\s]{80,}={0,2}$/.test(text.trimEnd())) return undefined
  const unpacked = Buffer.from(text, 'base64')
  return hasHeaders(unpacked) ? unpacked : undefined
}

function hasHeaders(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 16_384).toString('latin1')
  return (
    /^(?:[\x21-\x39\x3b-\x7e]{2,60}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)+/.test(head) && /^from:/im.test(head)
  )
}

/** Handles `alert-mail`. The host that saw the mail stands where a reporter would. */
export async function handleAlertMail(parts: MailParts, job: Job): Promise<void> {
  const { base64, agent } = payload.parse(job.payload)
  await receiveMail(parts, {
    bytes: Buffer.from(base64, 'base64'),
    source: 'alert',
    reporter: agent === '' ? null : `host ${agent}`,
  })
}
