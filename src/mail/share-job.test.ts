import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { emptyMailOrganisation } from '../domain/mail.ts'
import { fixedClock } from '../lib/clock.ts'
import { countingIds } from '../lib/ids.ts'
import type { Job } from '../queue/jobs.ts'
import { findMail } from '../store/mail-messages.ts'
import { alertMailJobsOf, handleAlertMail } from './alert-mail.ts'
import { decideOnMail } from './decide-mail.ts'
import { type MailParts, mailParts, receiveMail } from './receive-mail.ts'
import { handleMailShare, type ShareReport } from './share-job.ts'

let test: TestDatabase
let parts: MailParts
const clock = fixedClock(1_800_000_000_000)

beforeAll(async () => {
  test = await openTestDatabase()
  parts = mailParts(
    { database: test.database, clock, ids: countingIds(), tenant: 't' },
    emptyMailOrganisation,
  )
})
afterAll(() => test.close())

const phish = (from = 'PayPal <service@paypal.com>', replyTo = '') =>
  Buffer.from(
    `From: ${from}\n${replyTo}To: ann@acme.example\nSubject: Your account is limited\nContent-Type: text/html\n\n<p>Verify your account within 24 hours.</p><a href="https://pay.evil.example/login">here</a> <a href="https://www.paypal.com/">PayPal</a> <a href="https://x-login.web.app/a">or here</a> <img src="https://cdn.partner.example/logo.png">`,
  )

async function jobs(kind: string): Promise<Job[]> {
  const rows = await test.database.query<{ key: string; payload: unknown }>(
    'select key, payload from jobs where kind = $1',
    [kind],
  )
  await test.database.query('delete from jobs where kind = $1', [kind])
  return rows.map(row => ({ ...row, tenant: 't', kind, attempt: 1 }) as unknown as Job) // What the handlers read of a job.
}

async function sharedOf(bytes: Buffer, verdict: 'phishing' | 'suspicious' | 'legitimate'): Promise<string[]> {
  const { id } = await receiveMail(parts, { bytes, source: 'upload', reporter: null })
  clock.advance(1000)
  await decideOnMail(parts, id, { verdict, by: 'ann', reason: 'looked' })
  const texts: string[] = []
  const share: ShareReport = async ({ text }) => void texts.push(text)
  for (const job of await jobs('mail-share'))
    await handleMailShare(parts, share, job, AbortSignal.timeout(300_000))
  return texts
}

describe('what a person called harmful', () => {
  it('becomes a report with what can be hunted, and without what a forger borrows', async () => {
    const [text = ''] = await sharedOf(phish(), 'phishing')
    expect(text).toContain('Phishing page: hxxps://pay[.]evil[.]example/login')
    expect(text).toContain('Malicious host: pay[.]evil[.]example')
    expect(text).toContain('Phishing page: hxxps://x-login[.]web[.]app/a')
    for (const borrowed of ['paypal', 'partner', 'Malicious host: x-login'])
      expect(text).not.toContain(borrowed)
  })

  it('names the sender where the links lead there too, and a free mailbox that wants the answers', async () => {
    const [text = ''] = await sharedOf(
      phish('Pay <a@evil.example>', 'Reply-To: boss@gmail.com\n'),
      'phishing',
    )
    expect(text).toContain('Sender: a[@]evil[.]example')
    expect(text).toContain('Answers go to: boss[@]gmail[.]com')
  })

  it('is nothing to hunt for where nobody is sure', async () => {
    expect(await sharedOf(phish('Other <b@evil.example>'), 'suspicious')).toEqual([])
    expect(await sharedOf(phish('Third <c@evil.example>'), 'legitimate')).toEqual([])
  })
})

describe('an alert that carries a message', () => {
  const alertOf = (data: object) => wazuhAlert({ rule: ['100200', 7, 'Mail seen', ['mail']], data })
  const message = phish('Carried <d@evil.example>')

  it.each([
    ['as text', { email: { raw: message.toString() } }],
    ['in base64', { mail: { raw: message.toString('base64') } }],
  ])('%s is judged as every other mail', async (_, data) => {
    const [draft] = alertMailJobsOf(alertOf(data))
    if (draft === undefined) throw new Error('no job')
    await handleAlertMail(parts, { ...draft, tenant: 't' } as unknown as Job) // As above.
    const [row] = await test.database.query<{ id: string }>(
      `select id from mail_messages where sender = 'd@evil.example'`,
      [],
    )
    expect(await findMail(test.database, 't', row?.id ?? '')).toMatchObject({
      source: 'alert',
      reporter: expect.stringMatching(/^host /),
      subject: 'Your account is limited',
    })
  })

  it('is not seen in what is no message, nor in our own alerts', () => {
    for (const data of [
      {},
      { email: { raw: 'hello' } },
      { email: { raw: 'A'.repeat(200) } },
      { mail: { raw: 7 } },
    ])
      expect(alertMailJobsOf(alertOf(data))).toEqual([])
    const own = { ...alertOf({ email: { raw: message.toString() } }), manager: 'tocsin' }
    expect(alertMailJobsOf(own)).toEqual([])
  })
})
