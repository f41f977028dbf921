import type { KeptBytes } from '../domain/kept-bytes.ts'
import type { MailReport, MailVerdict } from '../domain/mail.ts'
import type { Sql } from '../lib/database.ts'

/** How a mail came in. */
export type MailSource = 'upload' | 'imap' | 'journal' | 'milter' | 'gateway' | 'alert'

export interface MailSummaryRow {
  readonly id: string
  readonly source: MailSource
  readonly receivedMs: number
  readonly subject: string
  readonly sender: string
  readonly campaign: string
  /** Mails of this campaign. */
  readonly campaignSize: number
  readonly verdict: MailVerdict
  readonly probability: number
  readonly decidedVerdict: MailVerdict | null
}

export interface MailRow extends MailSummaryRow {
  readonly reporter: string | null
  readonly sizeBytes: number
  readonly sha256: string
  readonly raw: KeptBytes
  readonly recipients: readonly string[]
  readonly report: MailReport
  /** As `mail/judgement` wrote it; null while no model was asked. */
  readonly judgement: unknown
  readonly decidedBy: string | null
  readonly decidedReason: string | null
  readonly decidedMs: number | null
  readonly repliedBy: string | null
  readonly repliedMs: number | null
  readonly replyText: string | null
}

export interface NewMail {
  readonly id: string
  readonly source: MailSource
  readonly reporter: string | null
  readonly receivedMs: number
  readonly sha256: string
  readonly sizeBytes: number
  readonly raw: KeptBytes
  readonly subject: string
  readonly sender: string
  readonly senderName: string
  /** The registrable domain. */
  readonly senderDomain: string
  readonly linkDomains: readonly string[]
  readonly recipients: readonly string[]
  readonly report: MailReport
}

const summary = `m.id, m.source, m.received_ms as "receivedMs", m.subject, m.sender, m.campaign, m.verdict, m.probability,
  m.decided_verdict as "decidedVerdict",
  (select count(*) from mail_messages c where c.tenant_id = m.tenant_id and c.campaign = m.campaign)::int as "campaignSize"`

/** Stores a mail; false where these very bytes are stored already. */
export async function insertMail(sql: Sql, tenant: string, mail: NewMail): Promise<boolean> {
  const { report } = mail
  const rows = await sql.query(
    `insert into mail_messages (tenant_id, id, source, reporter, received_ms, sha256, size_bytes, raw, raw_object, message_id, subject,
       sender, sender_domain, link_domains, campaign, verdict, probability, report, recipients, sender_name, authenticated)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
     on conflict (tenant_id, sha256) do nothing returning id`,
    [
      tenant,
      mail.id,
      mail.source,
      mail.reporter,
      mail.receivedMs,
      mail.sha256,
      mail.sizeBytes,
      mail.raw.bytes,
      mail.raw.object,
      storable(report.message_id),
      storable(mail.subject),
      storable(mail.sender),
      storable(mail.senderDomain),
      mail.linkDomains,
      report.campaign,
      report.verdict,
      report.probability,
      JSON.stringify(report),
      mail.recipients.map(storable),
      storable(mail.senderName),
      report.signals.some(signal => signal.id === 'authenticated-home'),
    ],
  )
  return rows.length > 0
}

/** PostgreSQL keeps no NUL in text; hostile mails have them. (`json` keeps them, as escapes.) */
function storable<T extends string | null>(text: T): T {
  return (text?.replaceAll('\0', '').toWellFormed() ?? null) as T // null stays null, text stays text.
}

export async function findMail(sql: Sql, tenant: string, id: string): Promise<MailRow | undefined> {
  const [row] = await sql.query<Omit<MailRow, 'raw'> & KeptBytes>(
    `select ${summary}, m.reporter, m.size_bytes as "sizeBytes", m.sha256, m.raw as bytes, m.raw_object as object, m.recipients, m.report, m.judgement, m.decided_by as "decidedBy",
       m.decided_reason as "decidedReason", m.decided_ms as "decidedMs", m.replied_by as "repliedBy", m.replied_ms as "repliedMs",
       m.reply_text as "replyText"
     from mail_messages m where m.tenant_id = $1 and m.id = $2`,
    [tenant, id],
  )
  if (row === undefined) return undefined
  const { bytes, object, ...mail } = row
  return { ...mail, raw: { bytes, object } }
}

export async function findMailByHash(sql: Sql, tenant: string, sha256: string): Promise<MailRow | undefined> {
  const [row] = await sql.query<{ id: string }>(
    'select id from mail_messages where tenant_id = $1 and sha256 = $2',
    [tenant, sha256],
  )
  return row && findMail(sql, tenant, row.id)
}

export interface MailFilter {
  readonly verdicts: readonly MailVerdict[] | undefined
  readonly campaign: string | undefined
  readonly text: string | undefined
  /** Received time and id of the last row of the page before. */
  readonly after: { readonly receivedMs: number; readonly id: string } | undefined
  readonly limit: number
}

/** Mails, latest first. A person's verdict counts before ours. */
export function listMail(sql: Sql, tenant: string, filter: MailFilter): Promise<MailSummaryRow[]> {
  return sql.query<MailSummaryRow>(
    `select ${summary} from mail_messages m
     where m.tenant_id = $1
       and ($2::text[] is null or coalesce(m.decided_verdict, m.verdict) = any($2))
       and ($3::text is null or m.campaign = $3)
       and ($4::text is null or strpos(lower(m.subject || ' ' || m.sender), lower($4)) > 0)
       and ($5::bigint is null or (m.received_ms, m.id) < ($5, $6))
     order by m.received_ms desc, m.id desc limit $7`,
    [
      tenant,
      filter.verdicts ?? null,
      filter.campaign ?? null,
      filter.text ?? null,
      filter.after?.receivedMs ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  )
}

/** Sets a person's verdict; false where there is no such mail. */
export async function decideMail(
  sql: Sql,
  tenant: string,
  id: string,
  decision: {
    readonly verdict: MailVerdict
    readonly by: string
    readonly reason: string
    readonly atMs: number
  },
): Promise<boolean> {
  const rows = await sql.query(
    `update mail_messages set decided_verdict = $3, decided_by = $4, decided_reason = $5, decided_ms = $6
     where tenant_id = $1 and id = $2 returning id`,
    [tenant, id, decision.verdict, decision.by, decision.reason, decision.atMs],
  )
  return rows.length > 0
}

/** Keeps the reply that a person sent to the reporter. */
export async function noteReply(
  sql: Sql,
  tenant: string,
  id: string,
  reply: { readonly by: string; readonly atMs: number; readonly text: string },
): Promise<void> {
  await sql.query(
    `update mail_messages set replied_by = $3, replied_ms = $4, reply_text = $5 where tenant_id = $1 and id = $2`,
    [tenant, id, reply.by, reply.atMs, storable(reply.text)],
  )
}

/** The case of the alert that was raised about a mail, where there is one yet. */
export async function caseOfMail(sql: Sql, tenant: string, alertKey: string): Promise<string | undefined> {
  const [row] = await sql.query<{ caseId: string }>(
    `select coalesce(c.merged_into, c.id) as "caseId" from alerts a
     join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id where a.tenant_id = $1 and a.key = $2`,
    [tenant, alertKey],
  )
  return row?.caseId
}

/** Keeps what a model said and the verdict that holds after it. */
export async function setMailJudgement(
  sql: Sql,
  tenant: string,
  id: string,
  judgement: unknown,
  verdict: MailVerdict,
): Promise<void> {
  await sql.query('update mail_messages set judgement = $3, verdict = $4 where tenant_id = $1 and id = $2', [
    tenant,
    id,
    JSON.stringify(judgement),
    verdict,
  ])
}

export interface SenderHistoryRow {
  /** All mails that are kept, counted to 1,000, and when the first came in. */
  readonly mails: number
  readonly firstMs: number | null
  readonly ofSender: number
  readonly ofDomain: number
  readonly senderFirstMs: number | null
  readonly verdicts: readonly MailVerdict[]
}

/** What is kept of a sender's earlier mails; each count stops at 1,000. */
export async function senderHistory(
  sql: Sql,
  tenant: string,
  sender: string,
  domain: string,
): Promise<SenderHistoryRow | undefined> {
  const [row] = await sql.query<SenderHistoryRow>(
    `with own as (select received_ms, coalesce(decided_verdict, verdict) as verdict from mail_messages
       where tenant_id = $1 and sender = $2 order by received_ms desc limit 1000)
     select (select count(*) from (select 1 from mail_messages where tenant_id = $1 limit 1000) as kept)::int as mails,
       (select min(received_ms) from mail_messages where tenant_id = $1) as "firstMs",
       (select count(*) from own)::int as "ofSender",
       (select min(received_ms) from own) as "senderFirstMs",
       (select count(*) from (select 1 from mail_messages where tenant_id = $1 and sender_domain = $3 limit 1000) as kept)::int as "ofDomain",
       array(select distinct verdict from own) as verdicts`,
    [tenant, storable(sender), storable(domain)],
  )
  return row
}

/** Stored mails with one of these Message-IDs, at most 10. */
export function mailsByMessageId(
  sql: Sql,
  tenant: string,
  messageIds: readonly string[],
): Promise<{ messageId: string; sender: string; senderName: string; recipients: string[] }[]> {
  return sql.query(
    `select message_id as "messageId", sender, sender_name as "senderName", recipients from mail_messages
     where tenant_id = $1 and message_id = any($2) limit 10`,
    [tenant, messageIds.map(storable)],
  )
}

/** Who got mails of a campaign, and what of it each got last: at most 200. */
export function campaignRecipients(
  sql: Sql,
  tenant: string,
  campaign: string,
): Promise<{ address: string; mailId: string; receivedMs: number }[]> {
  return sql.query(
    `select distinct on (address) address, m.id as "mailId", m.received_ms as "receivedMs"
     from mail_messages m, unnest(m.recipients) as address
     where m.tenant_id = $1 and m.campaign = $2 order by address, m.received_ms desc limit 200`,
    [tenant, campaign],
  )
}

export interface DecisionRow {
  readonly verdict: MailVerdict
  readonly sender: string
  readonly authenticated: boolean
  readonly linkDomains: string[]
  /** The print of its campaign, as `CampaignRow`. */
  readonly simhash: string | null
  readonly words: number | null
}

/** What people decided about mails of this address and of this registrable domain (empty: none), latest first. */
export function decisionsOnSender(
  sql: Sql,
  tenant: string,
  sender: string,
  domain: string,
): Promise<DecisionRow[]> {
  return sql.query<DecisionRow>(
    `select m.decided_verdict as verdict, m.sender, m.authenticated, m.link_domains as "linkDomains", c.simhash::text as simhash, c.words
     from mail_messages m left join mail_campaigns c on c.tenant_id = m.tenant_id and c.id = m.campaign
     where m.tenant_id = $1 and m.decided_verdict is not null and (m.sender = $2 or ($3 <> '' and m.sender_domain = $3))
     order by m.decided_ms desc limit 100`,
    [tenant, storable(sender), storable(domain)],
  )
}

export interface CampaignRow {
  readonly id: string
  /** A signed 64-bit number, as text. */
  readonly simhash: string
  readonly words: number
}

/** The campaigns seen lately, for near-duplicate search. */
export function recentCampaigns(sql: Sql, tenant: string, limit: number): Promise<CampaignRow[]> {
  return sql.query<CampaignRow>(
    `select id, simhash::text as simhash, words from mail_campaigns where tenant_id = $1 order by last_seen_ms desc limit $2`,
    [tenant, limit],
  )
}

export async function noteCampaign(
  sql: Sql,
  tenant: string,
  campaign: CampaignRow,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into mail_campaigns (tenant_id, id, simhash, words, first_seen_ms, last_seen_ms) values ($1, $2, $3::bigint, $4, $5, $5)
     on conflict (tenant_id, id) do update set last_seen_ms = greatest(mail_campaigns.last_seen_ms, excluded.last_seen_ms)`,
    [tenant, campaign.id, campaign.simhash, campaign.words, nowMs],
  )
}
