import { z } from 'zod'
import { claimStatuses } from '../domain/claim.ts'
import { mailIndicatorTypes, mailVerdicts } from '../domain/mail.ts'
import { done, idParams, listOf, pageQuery } from './contract.ts'
import { endpoint } from './endpoint.ts'

const range = z.object({ part: z.string(), start: z.number(), end: z.number() })

const summaryShape = {
  id: z.string(),
  source: z.enum(['upload', 'imap', 'journal', 'milter', 'gateway', 'alert']),
  receivedMs: z.number(),
  subject: z.string(),
  sender: z.string(),
  campaign: z.string(),
  /** Mails of this campaign that came in, this one included. */
  campaignSize: z.number(),
  verdict: z.enum(mailVerdicts),
  /** That it is phishing, BEC or malware. */
  probability: z.number(),
  decidedVerdict: z.enum(mailVerdicts).nullable(),
}

const mailSummary = z.object(summaryShape)
export type MailSummary = z.infer<typeof mailSummary>

const mailPage = z.object({ mails: z.array(mailSummary), nextCursor: z.string().nullable() })
export type MailPage = z.infer<typeof mailPage>

/** One mail with everything that was found. All text in it is the sender's: never HTML, never a link. */
export const mailDetail = z.object({
  ...summaryShape,
  reporter: z.string().nullable(),
  sizeBytes: z.number(),
  sha256: z.string(),
  /** `excerpt`: the message as received at `where`, cut to 600 bytes. */
  signals: z.array(
    z.object({ id: z.string(), weight: z.number(), text: z.string(), where: range, excerpt: z.string() }),
  ),
  indicators: z.array(z.object({ type: z.enum(mailIndicatorTypes), value: z.string() })),
  problems: z.array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() })),
  /** What a model said, verified claim by claim; null while none was asked. Its verdict only moves ours within bounds. */
  judgement: z
    .object({
      opinion: z.enum(mailVerdicts),
      model: z.string(),
      claims: z.array(
        z.object({ text: z.string(), status: z.enum(claimStatuses), reasons: z.array(z.string()) }),
      ),
    })
    .nullable(),
  decision: z.object({ by: z.string(), reason: z.string(), atMs: z.number() }).nullable(),
  from: z.string(),
  replyTo: z.string(),
  to: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  hops: z.array(
    z.object({
      from: z.string(),
      by: z.string(),
      protocol: z.string(),
      atMs: z.number().nullable(),
      delaySeconds: z.number().nullable(),
    }),
  ),
  /** Who vouches for the sender: believed receivers, checked signatures, the chain of forwarders. */
  authentication: z.array(
    z.object({ method: z.string(), result: z.string(), detail: z.string(), good: z.boolean() }),
  ),
  texts: z.array(
    z.object({ part: z.string(), kind: z.enum(['plain', 'html']), visible: z.string(), hidden: z.string() }),
  ),
  links: z.array(
    z.object({
      kind: z.string(),
      text: z.string(),
      target: z.string(),
      destination: z.string(),
      domain: z.string(),
      notes: z.array(z.string()),
    }),
  ),
  attachments: z.array(
    z.object({
      part: z.string(),
      name: z.string(),
      claimedType: z.string(),
      trueType: z.string(),
      sizeBytes: z.number(),
      sha256: z.string(),
    }),
  ),
  /** A reply to the reporter, drafted by code for a person to send. */
  replyDraft: z.string(),
  /** Why no reply can be sent from here; null where one can. */
  cannotReply: z.string().nullable(),
  /** The last reply that a person sent. */
  reply: z.object({ by: z.string(), atMs: z.number(), text: z.string() }).nullable(),
  /** The case of its campaign, once the alert about it is taken in. */
  caseId: z.string().nullable(),
  /** Who got mails of this campaign, as envelopes and address fields say; at most 200. */
  campaignRecipients: z.array(z.object({ address: z.string(), mailId: z.string(), receivedMs: z.number() })),
})
export type MailDetail = z.infer<typeof mailDetail>

const mailReplyBody = z.object({ text: z.string().trim().min(1).max(10_000) })

const mailVerdictBody = z.object({
  verdict: z.enum(mailVerdicts),
  reason: z.string().min(1).max(2000),
})
export type MailVerdictBody = z.infer<typeof mailVerdictBody>

/** What a gateway should do with a mail in transit. */
const gatewayReply = z.object({
  action: z.enum(['accept', 'tag', 'quarantine']),
  /** To be added to the message. */
  header: z.object({ name: z.string(), value: z.string() }),
  verdict: z.enum(mailVerdicts),
  probability: z.number(),
  id: z.string(),
})

const rawMessage = z.object({ raw: z.instanceof(Buffer) })
const messageTypes = ['message/rfc822', 'application/vnd.ms-outlook', 'application/octet-stream'] as const

/** Reported and passing mails. Messages are sent as they are: `content-type: message/rfc822`. */
export const mailEndpoints = {
  listMail: endpoint({
    method: 'GET',
    path: '/api/mail',
    summary: 'Mails, latest first.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    query: pageQuery.extend({
      verdict: listOf(z.enum(mailVerdicts)),
      campaign: z.string().max(100).optional(),
      text: z.string().max(200).optional(),
    }),
    reply: mailPage,
  }),
  uploadMail: endpoint({
    method: 'POST',
    path: '/api/mail',
    summary:
      'Analyse and keep one message (.eml or .msg). The same bytes again give the record that is there.',
    access: { kind: 'role', role: 'analyst', scope: 'ingest' },
    body: rawMessage,
    takes: messageTypes,
    reply: mailSummary,
  }),
  checkMail: endpoint({
    method: 'POST',
    path: '/api/mail/check',
    summary: 'For mail gateways: analyse a message in transit and answer what to do with it.',
    access: { kind: 'token', scope: 'ingest' },
    // Whom the envelope is for: a blind copy stands in no header. `?recipient=a@x.example&recipient=b@x.example`.
    query: z.object({ recipient: listOf(z.string().max(320), 500) }),
    body: rawMessage,
    takes: messageTypes,
    reply: gatewayReply,
  }),
  readMail: endpoint({
    method: 'GET',
    path: '/api/mail/:id',
    summary: 'One mail: verdict, signals, text, links, way, headers, attachments.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    reply: mailDetail,
  }),
  mailSource: endpoint({
    method: 'GET',
    path: '/api/mail/:id/source',
    summary: 'The message as received, as a download.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    reply: z.undefined(),
    gives: ['application/octet-stream'],
  }),
  decideMail: endpoint({
    method: 'POST',
    path: '/api/mail/:id/verdict',
    summary: 'Set your own verdict. Later mails of the same sender take it into account, within bounds.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: mailVerdictBody,
    reply: mailSummary,
  }),
  replyMail: endpoint({
    method: 'POST',
    path: '/api/mail/:id/reply',
    summary: 'Send a reply, as you wrote it, to whoever reported the mail. Persons only.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: mailReplyBody,
    reply: done,
  }),
}
