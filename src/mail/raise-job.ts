import { z } from 'zod'
import type { Job } from '../queue/jobs.ts'
import { findMail } from '../store/mail-messages.ts'
import { campaignAlert } from './campaign-alert.ts'
import type { MailParts } from './receive-mail.ts'

const payload = z.object({ id: z.string() })

/** Hands one alert, as JSON text, to whoever takes alerts in. The same id twice is one alert. */
export type RaiseAlert = (tenant: string, line: string) => Promise<void>

/** Handles `mail-raise`: a flagged mail becomes an alert, and so a case of its campaign. */
export async function handleMailRaise(parts: MailParts, raise: RaiseAlert, job: Job): Promise<void> {
  const { id } = payload.parse(job.payload)
  const row = await findMail(parts.database, job.tenant, id)
  if (row === undefined) return
  const { subject, sender, reporter, receivedMs } = row
  const { domains: ownDomains } = parts.organisation
  const facts = { id, subject, sender, recipients: row.recipients, ownDomains, reporter, receivedMs }
  const alert = campaignAlert(row.report, facts)
  if (alert) await raise(job.tenant, JSON.stringify(alert))
}
