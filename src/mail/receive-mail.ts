import { createHash } from 'node:crypto'
import { mailJudgeJob, mailRaiseJob } from '../domain/job-kinds.ts'
import { flaggedMailVerdicts, type MailOrganisation, type MailReport } from '../domain/mail.ts'
import { type FileStore, filesInDatabase } from '../files/file-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import type { Problem } from '../lib/problem.ts'
import { enqueue, type JobDraft } from '../queue/jobs.ts'
import {
  findMailByHash,
  insertMail,
  type MailSource,
  noteCampaign,
  recentCampaigns,
} from '../store/mail-messages.ts'
import { type AnalysedMail, brokenReport, mailWeigher, type WeighMail } from './analyse-mail.ts'
import { campaignOf } from './campaign.ts'
import { contextOf } from './context-of.ts'
import type { ScanFiles } from './scan-files.ts'
import { registrable } from './sender/domains.ts'

export interface MailParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenant: string
  readonly organisation: MailOrganisation
  readonly weigh: WeighMail
  /** Looks for the organisation's own YARA rules in files of mails, where there are any. */
  readonly scanFiles: ScanFiles | undefined
  /** Where the messages themselves are kept. */
  readonly files: FileStore
}

/** The parts of mail analysis for one tenant. */
export function mailParts(
  parts: Omit<MailParts, 'weigh' | 'organisation' | 'scanFiles' | 'files'>,
  organisation: MailOrganisation,
  scanFiles?: ScanFiles,
  files: FileStore = filesInDatabase,
): MailParts {
  return { ...parts, organisation, weigh: mailWeigher(organisation), scanFiles, files }
}

/** A message as it came in. */
export interface IncomingMail {
  readonly bytes: Buffer
  readonly source: MailSource
  /** Who reported it, as far as known: an address or a user name. */
  readonly reporter: string | null
  /** Whom it was delivered to, where the envelope is known; else To and Cc are believed. */
  readonly recipients?: readonly string[]
}

export interface ReceivedMail {
  readonly id: string
  readonly report: MailReport
  /** These bytes were stored before; the stored record is given. */
  readonly known: boolean
}

/** Campaigns that a mail is compared with. */
const comparedCampaigns = 5_000

/**
 * Analyses a message and stores it with what was found: a second copy of the same bytes finds the first. Decisions that
 * people made about its sender count (see sender-memory.ts).
 */
export async function receiveMail(parts: MailParts, incoming: IncomingMail): Promise<ReceivedMail> {
  const { database, tenant, clock } = parts
  const sha256 = createHash('sha256').update(incoming.bytes).digest('hex')
  const before = await findMailByHash(database, tenant, sha256)
  if (before) return { id: before.id, report: before.report, known: true }
  const problems: Problem[] = []
  const { analysed, failure } = await weigh(parts, incoming.bytes, problems)
  const id = parts.ids.next('mail')
  const nowMs = clock.now()
  const from = analysed?.mail.from[0]
  const raw = await parts.files.keep(tenant, 'mail', incoming.bytes)
  const stored = await database.transaction(async sql => {
    const known = (await recentCampaigns(sql, tenant, comparedCampaigns)).map(row => ({
      ...row,
      simhash: BigInt.asUintN(64, BigInt(row.simhash)),
    }))
    const campaign = analysed && campaignOf(analysed.print, known)
    const report: MailReport = analysed
      ? {
          file: id,
          index: 0,
          message_id: analysed.mail.messageId,
          ...analysed.judged,
          campaign: campaign?.id ?? '',
          problems,
        }
      : brokenReport(id, 0, problems, failure)
    const isNew = await insertMail(sql, tenant, {
      id,
      source: incoming.source,
      reporter: incoming.reporter,
      receivedMs: nowMs,
      sha256,
      sizeBytes: incoming.bytes.length,
      raw,
      subject: analysed?.mail.subject ?? '',
      sender: from?.address ?? '',
      senderName: from?.name.slice(0, 300) ?? '',
      senderDomain: registrable(from?.domain ?? ''),
      linkDomains: linkDomainsOf(analysed),
      recipients: recipientsOf(incoming, analysed),
      report,
    })
    if (isNew) await enqueue(sql, tenant, followUps(id, report), nowMs)
    if (isNew && campaign) {
      const simhash = BigInt.asIntN(64, campaign.simhash).toString()
      await noteCampaign(sql, tenant, { id: campaign.id, simhash, words: campaign.words }, nowMs)
    }
    return isNew ? report : undefined
  })
  if (stored) return { id, report: stored, known: false }
  // The same bytes came twice at the same moment, and the other one was first.
  const other = await findMailByHash(database, tenant, sha256)
  return {
    id: other?.id ?? id,
    report: other?.report ?? brokenReport(id, 0, problems, 'it was stored by another process and is gone'),
    known: true,
  }
}

/** What is to happen about a mail once it is stored. */
function followUps(id: string, report: MailReport): JobDraft[] {
  const kinds = [
    ...(worthAsking(report) ? [mailJudgeJob] : []),
    ...(flaggedMailVerdicts.includes(report.verdict) ? [mailRaiseJob] : []),
  ]
  return kinds.map(kind => ({ kind, key: id, payload: { id } }))
}

/** A model is asked where it can help: not about what is plain either way. */
function worthAsking({ probability, verdict }: MailReport): boolean {
  return verdict !== 'malware' && probability > 0.1 && probability < 0.98
}

async function weigh(
  parts: MailParts,
  bytes: Buffer,
  problems: Problem[],
): Promise<{ analysed?: AnalysedMail; failure?: unknown }> {
  const context = await contextOf(parts, bytes, problems)
  try {
    return { analysed: parts.weigh(bytes, problems, context) }
  } catch (failure) {
    return { failure } // Ours, not the database's: the mail is stored as one that broke its analysis.
  }
}

/** Envelope and fields together: a blind copy is in the one, a forwarded mail's first recipients in the other. */
function recipientsOf(incoming: IncomingMail, analysed: AnalysedMail | undefined): string[] {
  const named = analysed?.mail.to.map(mailbox => mailbox.address) ?? []
  const all = [...(incoming.recipients ?? []), ...named].map(address => address.toLowerCase())
  return [...new Set(all)].filter(address => address.includes('@')).slice(0, 500)
}

function linkDomainsOf(analysed: AnalysedMail | undefined): string[] {
  const links = analysed?.mail.links.filter(link => link.kind !== 'image' && link.domain !== '') ?? []
  return [...new Set(links.map(link => link.domain))].slice(0, 200)
}
