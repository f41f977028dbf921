import { z } from 'zod'
import { flaggedMailVerdicts, type MailVerdict } from '../domain/mail.ts'
import type { Job } from '../queue/jobs.ts'
import { findMail, type MailRow } from '../store/mail-messages.ts'
import { readMail } from './read-mail.ts'
import type { MailParts } from './receive-mail.ts'
import { brandOfDomain } from './sender/brands.ts'
import { isFreeHosting, isFreeMail, isShortener, registrable } from './sender/domains.ts'

const payload = z.object({ id: z.string() })

/** A report for threat intelligence: plain text with defanged indicators. The same text twice is one report. */
export type ShareReport = (
  report: { readonly name: string; readonly text: string; readonly by: string },
  signal: AbortSignal,
) => Promise<void>

/** Handles `mail-share`: what a person called harmful becomes a report, so that its indicators are hunted in alerts. */
export async function handleMailShare(
  parts: MailParts,
  share: ShareReport,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { id } = payload.parse(job.payload)
  const row = await findMail(parts.database, job.tenant, id)
  // Decided anew meanwhile: then there is nothing to share.
  if (row?.decidedVerdict === undefined || row.decidedVerdict === null || row.decidedBy === null) return
  if (!isShared(row.decidedVerdict)) return
  const text = reportOf(row, await parts.files.read(row.raw, row.sha256), row.decidedVerdict)
  if (text !== undefined)
    await share({ name: `mail ${row.campaign || row.id}.txt`, text, by: row.decidedBy }, signal)
}

/** Whether a person's verdict makes a mail worth hunting for. `suspicious` does not: it says that nobody knows. */
export function isShared(verdict: MailVerdict): boolean {
  return flaggedMailVerdicts.includes(verdict) && verdict !== 'suspicious'
}

/**
 * The report of one mail, or `undefined` where nothing in it can be hunted. Left out is what a forger borrows or everybody
 * uses: a From that nobody vouches for unless the links lead there too, pictures, well-known firms, providers, hosts
 * of everybody's pages as domains (their full addresses stay).
 */
function reportOf(row: MailRow, bytes: Buffer, verdict: MailVerdict): string | undefined {
  const mail = readMail(bytes, [])
  const links = mail.links.filter(
    link =>
      link.kind !== 'image' &&
      /^https?:$/.test(link.scheme) &&
      link.host !== '' &&
      !brandOfDomain(link.domain),
  )
  const lines = new Set<string>()
  for (const link of links) {
    lines.add(`Phishing page: ${defanged(link.destination.slice(0, 1_000))}`)
    if (link.isAddress || (!isFreeHosting(link.host) && !isShortener(link.domain)))
      lines.add(`Malicious host: ${defanged(link.host)}`)
  }
  const isVouchedFor = row.report.signals.some(signal => signal.id === 'authenticated-home')
  const linked = new Set(links.map(link => registrable(link.host)))
  for (const mailbox of mail.from)
    if (mailbox.domain !== '' && (isVouchedFor || linked.has(registrable(mailbox.domain))))
      lines.add(`Sender: ${defanged(mailbox.address)}`)
  for (const mailbox of mail.replyTo)
    if (mailbox.domain !== '' && (isFreeMail(mailbox.domain) || linked.has(registrable(mailbox.domain))))
      lines.add(`Answers go to: ${defanged(mailbox.address)}`)
  for (const { type, value } of row.report.indicators)
    if (type === 'sha256') lines.add(`Attached file, SHA-256: ${value}`)
  if (lines.size === 0) return undefined
  return `Mail campaign ${row.campaign || row.id}, called ${verdict} by an analyst.\n\n${[...lines].slice(0, 500).join('\n')}\n`
}

function defanged(text: string): string {
  return text
    .replace(/^http/i, 'hxxp')
    .replaceAll('.', '[.]')
    .replace('@', '[@]')
    .replace(/[\s\p{C}]+/gu, '')
}
