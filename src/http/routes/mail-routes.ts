import { flaggedMailVerdicts, type MailVerdict } from '../../domain/mail.ts'
import { messageOf } from '../../lib/app-error.ts'
import { campaignAlertKey } from '../../mail/campaign-alert.ts'
import { decideOnMail } from '../../mail/decide-mail.ts'
import { describeMail } from '../../mail/describe-mail.ts'
import { gatewayAnswer } from '../../mail/gateway-answer.ts'
import { type MailParts, receiveMail } from '../../mail/receive-mail.ts'
import { replyDraft } from '../../mail/reply-draft.ts'
import { type SendMail, sendReply, whyNoReply } from '../../mail/send-reply.ts'
import {
  campaignRecipients,
  caseOfMail,
  findMail,
  listMail,
  type MailRow,
  type MailSummaryRow,
} from '../../store/mail-messages.ts'
import { wasDone } from '../contract.ts'
import { type MailDetail, type MailSummary, mailDetail, mailEndpoints } from '../contract-mail.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route, streamRoute } from '../route.ts'
import { personOf } from './session-routes.ts'

const maxMessageBytes = 60 * 1024 * 1024

/** Mails: uploaded by people, checked for gateways, listed, shown and decided. */
export function mailRoutes(parts: MailParts, sendMail: SendMail | undefined): Route[] {
  const { database, tenant } = parts
  const find = async (id: string): Promise<MailRow> => {
    const row = await findMail(database, tenant, id)
    if (row === undefined) throw new RequestError('not-found', `there is no mail ${id}`)
    return row
  }
  return [
    route(mailEndpoints.listMail, async ({ query }) => {
      const cursor = readCursor(query.cursor, ['number', 'string'])
      const rows = await listMail(database, tenant, {
        verdicts: query.verdict,
        campaign: query.campaign,
        text: query.text,
        after: cursor && { receivedMs: Number(cursor[0]), id: String(cursor[1]) },
        limit: query.limit + 1,
      })
      const page = rows.slice(0, query.limit)
      const last = rows.length > page.length ? page.at(-1) : undefined
      return { mails: page.map(summaryOf), nextCursor: writeCursor(last && [last.receivedMs, last.id]) }
    }),
    route(
      mailEndpoints.uploadMail,
      async ({ body, caller }) => {
        if (body.raw.length === 0) throw new RequestError('bad-request', 'the message is empty', 'body')
        const { id } = await receiveMail(parts, {
          bytes: body.raw,
          source: 'upload',
          reporter: callerName(caller),
        })
        return summaryOf(await find(id))
      },
      { bodyBytes: maxMessageBytes },
    ),
    route(
      mailEndpoints.checkMail,
      async ({ body, query }) => {
        const { id, report } = await receiveMail(parts, {
          bytes: body.raw,
          source: 'gateway',
          reporter: null,
          ...(query.recipient === undefined ? {} : { recipients: query.recipient }),
        })
        return { ...gatewayAnswer(report), id }
      },
      { bodyBytes: maxMessageBytes, requestsPerMinute: false },
    ),
    route(mailEndpoints.readMail, async ({ params }) => {
      const row = await find(params.id)
      const [caseId, campaignRecipients] = await Promise.all([
        caseOfMail(database, tenant, campaignAlertKey(row.id)),
        recipientsOfCampaign(database, tenant, row.campaign),
      ])
      const cannotReply =
        sendMail === undefined
          ? 'No mail relay is set (TOCSIN_MAIL_SMTP_URL): copy the text into your mail program.'
          : (whyNoReply(row.reporter, parts.organisation.domains) ?? null)
      return {
        ...detailOf(row, await parts.files.read(row.raw, row.sha256), parts.organisation),
        caseId: caseId ?? null,
        campaignRecipients,
        cannotReply,
      }
    }),
    streamRoute(mailEndpoints.mailSource, async ({ params, reply }) => {
      const { id, raw, sha256 } = await find(params.id)
      // A download of an opaque type: no browser shows what is in it.
      reply.header('content-type', 'application/octet-stream')
      reply.header('content-disposition', `attachment; filename="${id}.eml"`)
      reply.send(await parts.files.read(raw, sha256))
    }),
    route(mailEndpoints.decideMail, async ({ params, body, caller }) => {
      const { user } = personOf(caller)
      if (!(await decideOnMail(parts, params.id, { ...body, by: user.username })))
        throw new RequestError('not-found', `there is no mail ${params.id}`)
      return summaryOf(await find(params.id))
    }),
    route(
      mailEndpoints.replyMail,
      async ({ params, body, caller }) => {
        const { user } = personOf(caller)
        if (sendMail === undefined)
          throw new RequestError('conflict', 'no mail relay is set: TOCSIN_MAIL_SMTP_URL names one')
        const reply = { id: params.id, text: body.text, by: user.username }
        const result = await sendReply(parts, sendMail, reply, AbortSignal.timeout(60_000)).catch(error => {
          throw new RequestError('conflict', `the relay did not take it: ${messageOf(error)}`)
        })
        if (result.kind === 'no-mail') throw new RequestError('not-found', `there is no mail ${params.id}`)
        if (result.kind === 'refused') throw new RequestError('conflict', result.reason)
        return wasDone
      },
      { requestsPerMinute: 30 },
    ),
  ]
}

function callerName(caller: Caller): string | null {
  return caller.kind === 'person' ? caller.user.username : null
}

function summaryOf(row: MailSummaryRow): MailSummary {
  const {
    id,
    source,
    receivedMs,
    subject,
    sender,
    campaign,
    campaignSize,
    verdict,
    probability,
    decidedVerdict,
  } = row
  return {
    id,
    source,
    receivedMs,
    subject,
    sender,
    campaign,
    campaignSize,
    verdict,
    probability,
    decidedVerdict,
  }
}

const storedJudgement = mailDetail.shape.judgement.unwrap()

/** Only what was judged is shown; why a model could not be asked is in its own log. */
function judgementOf(stored: unknown): MailDetail['judgement'] {
  const parsed = storedJudgement.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/** A mail without a campaign (its analysis broke) has no company. */
async function recipientsOfCampaign(
  database: MailParts['database'],
  tenant: string,
  campaign: string,
): Promise<MailDetail['campaignRecipients']> {
  return campaign === '' ? [] : campaignRecipients(database, tenant, campaign)
}

function detailOf(
  row: MailRow,
  bytes: Buffer,
  organisation: MailParts['organisation'],
): Omit<MailDetail, 'caseId' | 'campaignRecipients' | 'cannotReply'> {
  const { signals, indicators, problems } = row.report
  const description = describeMail(bytes, organisation)
  const verdict: MailVerdict = row.decidedVerdict ?? row.verdict
  return {
    ...summaryOf(row),
    reporter: row.reporter,
    sizeBytes: row.sizeBytes,
    sha256: row.sha256,
    signals: signals.map(signal => ({
      ...signal,
      where: { ...signal.where },
      excerpt: bytes
        .subarray(signal.where.start, Math.min(signal.where.end, signal.where.start + 600))
        .toString('utf8'),
    })),
    indicators: [...indicators],
    problems: problems.map(entry => ({ ...entry })),
    judgement: judgementOf(row.judgement),
    decision:
      row.decidedBy === null || row.decidedMs === null
        ? null
        : { by: row.decidedBy, reason: row.decidedReason ?? '', atMs: row.decidedMs },
    from: description.from,
    replyTo: description.replyTo,
    to: description.to,
    headers: [...description.headers],
    hops: [...description.hops],
    authentication: [...description.authentication],
    texts: [...description.texts],
    links: description.links.map(link => ({ ...link, notes: [...link.notes] })),
    attachments: [...description.attachments],
    reply:
      row.repliedBy === null || row.repliedMs === null
        ? null
        : { by: row.repliedBy, atMs: row.repliedMs, text: row.replyText ?? '' },
    replyDraft: replyDraft(verdict, flaggedMailVerdicts.includes(verdict), row.subject),
  }
}
