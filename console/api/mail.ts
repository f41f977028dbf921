import type { MailDetail, MailPage, MailSummary, MailVerdictBody } from '../../src/http/contract-mail.ts'
import { getJson, sendFile, sendJson } from './request.ts'

export type MailVerdict = MailSummary['verdict']

const mailPath = (id: string) => `/api/mail/${encodeURIComponent(id)}`

export function listMail(
  query: {
    readonly verdict?: string | undefined
    readonly campaign?: string | undefined
    readonly text?: string | undefined
    readonly cursor?: string | undefined
  },
  signal: AbortSignal,
): Promise<MailPage> {
  return getJson('/api/mail', signal, query)
}

/** Analyses and keeps one message. The file's name says which of the two formats it is. */
export function uploadMail(file: File): Promise<MailSummary> {
  const outlook = file.name.toLowerCase().endsWith('.msg')
  return sendFile('/api/mail', file, outlook ? 'application/vnd.ms-outlook' : 'message/rfc822')
}

export function readMail(id: string, signal: AbortSignal): Promise<MailDetail> {
  return getJson(mailPath(id), signal)
}

export function decideMail(id: string, body: MailVerdictBody): Promise<MailSummary> {
  return sendJson('POST', `${mailPath(id)}/verdict`, body)
}

/** Sends a reply to whoever reported the mail. */
export function replyToReporter(id: string, text: string): Promise<unknown> {
  return sendJson('POST', `${mailPath(id)}/reply`, { text })
}

/** A link that downloads the message as received. */
export function mailSourceHref(id: string): string {
  return `${mailPath(id)}/source`
}

/** The page of a mail. */
export function mailHref(id: string): string {
  return `/mail/${encodeURIComponent(id)}`
}
