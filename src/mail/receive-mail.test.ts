import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { emptyMailOrganisation, flaggedMailVerdicts } from '../domain/mail.ts'
import { fixedClock } from '../lib/clock.ts'
import { countingIds } from '../lib/ids.ts'
import { decideMail, findMail, listMail } from '../store/mail-messages.ts'
import { type MailParts, mailParts, receiveMail } from './receive-mail.ts'

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

const lines =
  'Your account has been limited. Please verify your account within 24 hours, or it will be closed for good. This is the last notice that we can send to you about this matter.'
function phish({
  to = 'a@acme.example',
  from = 'Service <info@shop-news.example>',
  link = 'http://shop-news.example/x',
  extra = '',
} = {}) {
  return Buffer.from(
    `From: ${from}\nTo: ${to}\nSubject: Your account\nContent-Type: text/html\n\n<p>Dear customer, ${lines} ${extra}</p><a href="${link}">Verify now</a>`,
  )
}
const receive = (bytes: Buffer) => {
  clock.advance(1000)
  return receiveMail(parts, { bytes, source: 'upload', reporter: 'ann' })
}
const decide = (id: string, verdict: 'legitimate' | 'phishing') =>
  decideMail(test.database, 't', id, { verdict, by: 'ann', reason: 'looked at it', atMs: clock.now() })

describe('receiveMail', () => {
  it('stores the bytes with what was found, once', async () => {
    const bytes = phish()
    const first = await receive(bytes)
    const again = await receive(bytes)
    expect(again).toMatchObject({ id: first.id, known: true })
    const row = await findMail(test.database, 't', first.id)
    expect(row?.raw.equals(bytes)).toBe(true)
    expect(row?.report).toEqual(first.report)
    expect(flaggedMailVerdicts).toContain(first.report.verdict)
    const both = await Promise.all([
      receive(phish({ to: 'x@acme.example' })),
      receive(phish({ to: 'x@acme.example' })),
    ])
    expect(both[0].id).toBe(both[1].id)
  })

  it('gives near-duplicates one campaign, also those that come later', async () => {
    const first = await receive(phish({ to: 'b@acme.example' }))
    const later = await receive(phish({ to: 'c@acme.example', extra: 'Ref 4711.' }))
    expect(later.report.campaign).toBe(first.report.campaign)
    const listed = await listMail(test.database, 't', {
      verdicts: undefined,
      campaign: first.report.campaign,
      text: undefined,
      after: undefined,
      limit: 10,
    })
    expect(listed.map(row => row.id)).toContain(later.id)
    expect(listed[0]?.campaignSize).toBe(listed.length)
  })

  it('survives what databases do not like', async () => {
    const { id, report } = await receive(
      Buffer.from('From: a@b.example\nSubject: x\0y \udfff \\u0000 verify your account\n\nbody\0 \\u0000'),
    )
    expect((await findMail(test.database, 't', id))?.report.verdict).toBe(report.verdict)
  })
})

describe('what people decide about a sender', () => {
  const from = 'News <news@harmless.example>'
  const link = 'https://harmless.example/a'

  it('is learned for mails that lead to the same places, and for nothing else', async () => {
    const before = await receive(phish({ from, link, to: 'd@acme.example' }))
    await decide(before.id, 'legitimate')
    const after = await receive(phish({ from, link, to: 'e@acme.example' }))
    expect(after.report.probability).toBeLessThan(before.report.probability)
    const forged = await receive(phish({ from, link: 'https://evil.example/a', to: 'f@acme.example' }))
    expect(forged.report.signals.map(signal => signal.id)).not.toContain('sender-confirmed')
    const armed = await receive(
      phish({ from, link, to: 'g@acme.example', extra: 'Please note our new bank details.' }),
    )
    expect(armed.report.signals.map(signal => signal.id)).not.toContain('sender-confirmed')
  })

  it('ends with a newer harmful decision', async () => {
    const bad = await receive(phish({ from, link, to: 'h@acme.example' }))
    clock.advance(1000)
    await decide(bad.id, 'phishing')
    const next = await receive(phish({ from, link, to: 'i@acme.example' }))
    expect(next.report.signals.map(signal => signal.id)).toContain('sender-was-harmful')
  })
})
