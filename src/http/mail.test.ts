import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { createToken } from '../accounts/api-token.ts'
import { emptyMailOrganisation } from '../domain/mail.ts'
import { mailParts } from '../mail/receive-mail.ts'
import { findMail } from '../store/mail-messages.ts'
import { mailRoutes } from './routes/mail-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// The endpoint of gateways over the real HTTP server and a real database.

let server: TestServer
let token: string

beforeAll(async () => {
  server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false),
    ...mailRoutes(mailParts(accounts, emptyMailOrganisation), undefined),
  ])
  const admin = await server.signIn('admin')
  const details = { name: 'gateway', scopes: ['ingest' as const], expiresInDays: 1 }
  token = (await createToken(server.test.database, server.accounts, admin.id, details)).secret
})
afterAll(() => server.close())

const phish = `From: "PayPal Service" <service@account-check.top>
To: undisclosed-recipients:;
Subject: Your account has been limited
Content-Type: text/html

<p>Dear customer, verify your account within 24 hours or it will be closed.</p><a href="http://paypal.account-check.top/login">https://www.paypal.com/</a>
`

const check = (query: string, payload: string, authorization = `Bearer ${token}`) =>
  server.app.inject({
    method: 'POST',
    url: `/api/mail/check${query}`,
    headers: { authorization, 'content-type': 'message/rfc822' },
    payload: Buffer.from(payload),
  })

it('answers a gateway what to do, and keeps whom the envelope was for', async () => {
  const recipients = Array.from({ length: 60 }, (_, at) => `person${at}@acme.example`)
  const query = `?${new URLSearchParams(recipients.map((address): [string, string] => ['recipient', address]))}`
  const answer = await check(query, phish)
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toMatchObject({
    action: 'quarantine',
    verdict: 'phishing',
    header: { name: 'X-Tocsin-Verdict', value: expect.stringMatching(/^phishing; probability=/) },
  })
  const row = await findMail(server.test.database, 'default', answer.json().id)
  expect(row).toMatchObject({ source: 'gateway', recipients })
})

it('lets ordinary mail go on, with or without an envelope', async () => {
  const answer = await check(
    '',
    'From: ann@partner.example\nTo: bob@acme.example\nSubject: Monday\n\nSee you on Monday at ten, I bring the papers for the project.\n',
  )
  expect(answer.json()).toMatchObject({ action: 'accept', verdict: 'legitimate' })
  const row = await findMail(server.test.database, 'default', answer.json().id)
  expect(row?.recipients).toEqual(['bob@acme.example'])
})

it('refuses a wrong token and a list without end', async () => {
  expect((await check('', phish, 'Bearer token_0.x')).statusCode).toBe(401)
  const many = Array.from({ length: 501 }, (_, at) => `recipient=a${at}@x.example`).join('&')
  expect((await check(`?${many}`, phish)).statusCode).toBe(400)
})

it('hands a mail out to the byte, as what no browser shows', async () => {
  const { id } = (await check('', phish)).json()
  const analyst = await server.signIn('analyst')
  const answer = await analyst.call('GET', `/api/mail/${id}/source`)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${id}.eml"`,
    'x-content-type-options': 'nosniff',
  })
  expect(answer.body).toBe(phish)
  expect((await analyst.call('GET', '/api/mail/mail_none/source')).statusCode).toBe(404)
})
