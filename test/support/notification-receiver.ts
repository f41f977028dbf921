import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { z } from 'zod'
import { selfSigned } from './self-signed.ts'

/** Mail server, chats and a signed webhook on this machine. They refuse what the real ones refuse. */
export interface NotificationReceiver {
  readonly port: number
  readonly mailPort: number
  readonly mailPassword: string
  readonly certificatePem: string
  readonly webhookSecret: string
  readonly taken: readonly { readonly path: string; readonly body: string }[]
  readonly refusals: readonly string[]
  /** The ids of signed messages in the order in which they came, refused ones included. */
  readonly ids: readonly string[]
  failNext(count: number, status: number): void
  reset(): void
  close(): Promise<void>
}

const slack = z.strictObject({
  text: z.string().min(1),
  blocks: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('header'),
        text: z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(150) }),
      }),
      z.strictObject({
        type: z.literal('section'),
        text: z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3000) }),
      }),
      z.strictObject({
        type: z.literal('actions'),
        elements: z.array(
          z.strictObject({
            type: z.literal('button'),
            text: z.strictObject({ type: z.literal('plain_text'), text: z.string().max(75) }),
            url: z.url(),
          }),
        ),
      }),
    ]),
  ),
})
const teams = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
          type: z.literal('AdaptiveCard'),
          version: z.enum(['1.2', '1.3', '1.4', '1.5']),
          body: z.array(
            z.discriminatedUnion('type', [
              z.looseObject({ type: z.literal('TextBlock'), text: z.string().min(1) }),
              z.strictObject({
                type: z.literal('FactSet'),
                facts: z.array(z.strictObject({ title: z.string(), value: z.string() })),
              }),
              z.strictObject({
                type: z.literal('RichTextBlock'),
                inlines: z.array(z.strictObject({ type: z.literal('TextRun'), text: z.string() })),
              }),
            ]),
          ),
          actions: z.array(
            z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }),
          ),
        }),
      }),
    )
    .length(1),
})
const mattermost = z.strictObject({ text: z.string().min(1).max(16_383) })
const forms: Readonly<Record<string, z.ZodType>> = { slack, teams, mattermost }

export async function startNotificationReceiver(): Promise<NotificationReceiver> {
  const taken: { path: string; body: string }[] = []
  const refusals: string[] = []
  const ids: string[] = []
  const seen = new Set<string>()
  let failures = { left: 0, status: 503 }
  const webhookSecret = 'a secret of the test, long enough'
  const mailPassword = 'the password of the mail server'
  const { keyPem, certificatePem } = selfSigned('localhost')

  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const path = (request.url ?? '/').slice(1)
      const answer = (status: number, why?: string) => {
        if (why !== undefined) refusals.push(`${path}: ${why}`)
        response.writeHead(status, status === 302 ? { location: '/slack' } : {}).end(why)
      }
      const id = request.headers['webhook-id']
      if (typeof id === 'string') ids.push(id)
      if (failures.left > 0) {
        failures.left -= 1
        return answer(failures.status)
      }
      if (path === 'redirect') return answer(302)
      if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json')
        return answer(415, 'POST JSON')
      if (path === 'webhook') {
        const { 'webhook-timestamp': second, 'webhook-signature': signature } = request.headers
        const expected = createHmac('sha256', webhookSecret)
          .update(`${id}.${second}.${body}`)
          .digest('base64')
        if (signature !== `v1,${expected}`) return answer(401, 'signature')
        if (seen.has(String(id))) return answer(409, 'a copy')
        seen.add(String(id))
      } else {
        const form = forms[path]
        if (form === undefined) return answer(404)
        const result = form.safeParse(JSON.parse(body))
        if (!result.success) return answer(400, z.prettifyError(result.error))
      }
      taken.push({ path, body })
      return answer(200)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

  const mail = new SMTPServer({
    key: keyPem,
    cert: certificatePem,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: false,
    onAuth(auth, _session, done) {
      if (auth.username === 'tocsin' && auth.password === mailPassword) return done(null, { user: 'tocsin' })
      return done(new Error(`no such account or password ${auth.password}`))
    },
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      stream.on('end', () => {
        if (!session.secure) return done(new Error('TLS first'))
        for (const field of ['From', 'To', 'Subject', 'Message-ID', 'Date', 'Auto-Submitted'])
          if (!new RegExp(`^${field}: \\S`, 'im').test(text)) return done(new Error(`no ${field}`))
        // Soft line ends of quoted-printable are no part of the text.
        taken.push({ path: 'mail', body: text.replaceAll('=\r\n', '').replaceAll('=3D', '=') })
        return done()
      })
    },
    logger: false,
  })
  mail.on('error', () => undefined) // A client that leaves because of the certificate.
  await new Promise<void>(resolve => mail.listen(0, 'localhost', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    mailPort: (mail.server.address() as AddressInfo).port,
    mailPassword,
    certificatePem,
    webhookSecret,
    taken,
    refusals,
    ids,
    failNext(left, status) {
      failures = { left, status }
    },
    reset() {
      taken.length = 0
      refusals.length = 0
      ids.length = 0
      failures = { left: 0, status: 503 }
    },
    async close() {
      server.closeAllConnections()
      await Promise.all([
        new Promise(resolve => server.close(resolve)),
        new Promise<void>(resolve => mail.close(() => resolve())),
      ])
    },
  }
}
