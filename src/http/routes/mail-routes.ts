import { flaggedMailVerdicts, type MailVerdict } from '../../domain/mail.ts'
import { describeMail } from '../../mail/describe-mail.ts'
import { gatewayAnswer } from '../../mail/gateway-answer.ts'
import { type MailParts, receiveMail } from '../../mail/receive-mail.ts'
import { replyDraft } from '../../mail/reply-draft.ts'
import {
  decideMail,
  findMail,
  listMail,
  type MailRow,
  type MailSummaryRow,
} from '../../store/mail-messages.ts'
import { type MailDetail, type MailSummary, mailDetail, mailEndpoints } from '../contract-mail.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route, streamRoute } from '../route.ts'
import { personOf } from './session-routes.ts'

const maxMessageBytes = 60 * 1024 * 1024

/** Mails: uploaded by people, checked for gateways, listed, shown and decided. */
export function mailRoutes(parts: MailParts): Route[] {
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
      async ({ body }) => {
        const { id, report } = await receiveMail(parts, {
          bytes: body.raw,
          source: 'gateway',
          reporter: null,
        })
        return { ...gatewayAnswer(report), id }
      },
      { bodyBytes: maxMessageBytes, requestsPerMinute: false },
    ),
    route(mailEndpoints.readMail, async ({ params }) => detailOf(await find(params.id))),
    streamRoute(mailEndpoints.mailSource, async ({ params, reply }) => {
      const { id, raw } = await find(params.id)
      // A download of an opaque type: no browser shows what is in it.
      reply.header('content-type', 'application/octet-stream')
      reply.header('content-disposition', `attachment; filename="${id}.eml"`)
      reply.send(raw)
    }),
    route(mailEndpoints.decideMail, async ({ params, body, caller }) => {
      const { user } = personOf(caller)
      const decision = { ...body, by: user.username, atMs: parts.clock.now() }
      if (!(await decideMail(database, tenant, params.id, decision)))
        throw new RequestError('not-found', `there is no mail ${params.id}`)
      return summaryOf(await find(params.id))
    }),
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

function detailOf(row: MailRow): MailDetail {
  const { signals, indicators, problems } = row.report
  const description = describeMail(row.raw)
  const verdict: MailVerdict = row.decidedVerdict ?? row.verdict
  return {
    ...summaryOf(row),
    reporter: row.reporter,
    sizeBytes: row.sizeBytes,
    sha256: row.sha256,
    signals: signals.map(signal => ({ ...signal, where: { ...signal.where } })),
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
    texts: [...description.texts],
    links: description.links.map(link => ({ ...link, notes: [...link.notes] })),
    attachments: [...description.attachments],
    replyDraft: replyDraft(verdict, flaggedMailVerdicts.includes(verdict), row.subject),
  }
}
