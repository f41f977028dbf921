import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { emptyMailOrganisation, flaggedMailVerdicts } from '../domain/mail.ts'
import { fixedClock } from '../lib/clock.ts'
import { countingIds } from '../lib/ids.ts'
import { decideMail, findMail, listMail } from '../store/mail-messages.ts'
import { type MailParts, mailParts, type ReceivedMail, receiveMail } from './receive-mail.ts'

let test: TestDatabase
let parts: MailParts
const clock = fixedClock(1_800_000_000_000)

beforeAll(async () => {
  test = await openTestDatabase()
  parts = mailParts(
    { database: test.database, clock, ids: countingIds(), tenant: 't' },
    { ...emptyMailOrganisation, receivers: ['mx.acme.example'] },
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
    expect(row?.raw.bytes?.equals(bytes)).toBe(true)
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

/** A mail as our own receiver passes it on: with what it found about the sender. */
const asReceived = (bytes: Buffer, dmarc: 'pass' | 'fail' | 'none') =>
  Buffer.concat([
    Buffer.from(
      dmarc === 'none'
        ? ''
        : `Authentication-Results: mx.acme.example; dmarc=${dmarc} header.from=harmless.example\n`,
    ),
    bytes,
  ])
const signalIds = (mail: ReceivedMail) => mail.report.signals.map(signal => signal.id)

describe('what people decide about a sender', () => {
  const from = 'News <news@harmless.example>'
  const link = 'https://harmless.example/a'
  let cleared: ReceivedMail

  beforeAll(async () => {
    cleared = await receive(asReceived(phish({ from, link, to: 'd@acme.example' }), 'pass'))
    await decide(cleared.id, 'legitimate')
  })

  it('is learned for authenticated mails that lead to the same places', async () => {
    const after = await receive(asReceived(phish({ from, link, to: 'e@acme.example' }), 'pass'))
    expect(signalIds(after)).toContain('sender-confirmed')
    expect(after.report.probability).toBeLessThan(cleared.report.probability)
  })

  it('holds, weaker, for the domain that vouches for it', async () => {
    const other = phish({ from: 'Shop <shop@mail.harmless.example>', link, to: 'e2@acme.example' })
    const weights = async (bytes: Buffer) =>
      (await receive(bytes)).report.signals.find(signal => signal.id === 'sender-confirmed')?.weight
    const exact = await weights(asReceived(phish({ from, link, to: 'e3@acme.example' }), 'pass'))
    const sameDomain = await weights(asReceived(other, 'pass'))
    expect(sameDomain).toBeLessThan(0)
    expect(sameDomain).toBeGreaterThan(exact ?? 0)
    expect(await weights(other)).toBeUndefined()
  })

  const bait =
    'The storage of your mailbox is full since this morning. Sign in below to keep your messages, otherwise incoming mail is deleted tonight. Use the password that you have now.'
  it.each([
    ['forged, and DMARC says so', phish({ from, link, to: 'f@acme.example' }), 'fail'],
    ['forged, with another text', Buffer.from(phish({ from, link }).toString().replace(lines, bait)), 'none'],
    ['leading elsewhere', phish({ from, link: 'https://evil.example/a', to: 'f@acme.example' }), 'pass'],
    ['with new bank details', phish({ from, link, extra: 'Please note our new bank details.' }), 'pass'],
    ['with another who to answer', phish({ from: `${from}\nReply-To: x@gmail.com`, link }), 'pass'],
    ['from a look-alike', phish({ from: 'News <news@harm1ess.example>', link }), 'pass'],
    ['with two senders', phish({ from: `Boss <boss@acme.example>, ${from}`, link }), 'none'],
    ['with a file', withFile(phish({ from, link })), 'pass'],
  ] as const)('opens no hole: %s', async (_, bytes, dmarc) => {
    expect(signalIds(await receive(asReceived(bytes, dmarc)))).not.toContain('sender-confirmed')
  })

  it('is learned without authentication for near copies of the cleared mail only', async () => {
    const own = { from: 'Club <club@unsigned.example>', link: 'https://unsigned.example/a' }
    await decide((await receive(phish({ ...own, to: 'j@acme.example' }))).id, 'legitimate')
    expect(signalIds(await receive(phish({ ...own, to: 'k@acme.example' })))).toContain('sender-confirmed')
    const other = Buffer.from(phish(own).toString().replace(lines, bait))
    expect(signalIds(await receive(other))).not.toContain('sender-confirmed')
    const paid = phish({ ...own, extra: 'Please transfer the amount today by wire transfer.' })
    expect(signalIds(await receive(paid))).not.toContain('sender-confirmed')
  })

  it('a forgery that was called phishing says nothing about the one whose name it used', async () => {
    const forged = await receive(phish({ from: 'Bank <b@bank.example>', to: 'l@acme.example' }))
    await decide(forged.id, 'phishing')
    const again = await receive(phish({ from: 'Bank <b@bank.example>', to: 'm@acme.example' }))
    expect(signalIds(again)).toContain('sender-was-harmful')
    const real = await receive(
      asReceived(phish({ from: 'Bank <b@bank.example>', to: 'n@acme.example' }), 'pass'),
    )
    expect(signalIds(real)).not.toContain('sender-was-harmful')
  })

  it('ends with a newer harmful decision', async () => {
    const bad = await receive(asReceived(phish({ from, link, to: 'h@acme.example' }), 'pass'))
    clock.advance(1000)
    await decide(bad.id, 'phishing')
    const next = await receive(asReceived(phish({ from, link, to: 'i@acme.example' }), 'pass'))
    expect(signalIds(next)).toContain('sender-was-harmful')
    expect(signalIds(next)).not.toContain('sender-confirmed')
  })
})

describe('what earlier mails tell', () => {
  const quiet = (from: string, extra = '') =>
    Buffer.from(
      `From: ${from}\nTo: ann@acme.example\nSubject: Monday ${extra.length}\n${extra}\nSee you on Monday at the office, I bring the documents for the project.`,
    )

  it('says who writes for the first time, once there is enough to say so', async () => {
    expect(signalIds(await receive(quiet('New <new@first.example>')))).not.toContain('first-contact')
    for (let at = 0; at < 60; at++) await receive(quiet(`Pat <p${at}@known.example>`, `X-N: ${at}\n`))
    clock.advance(10 * 24 * 60 * 60_000)
    const stranger = await receive(quiet('Stranger <a@second.example>'))
    expect(stranger.report.signals.find(signal => signal.id === 'first-contact')?.text).toContain(
      'second.example',
    )
    expect(signalIds(await receive(quiet('Pat <p1@known.example>', 'X-N: again\n')))).not.toContain(
      'first-contact',
    )
  })

  it('sees an answer in a thread that the sender had no part in', async () => {
    await receive(quiet('Olga <olga@supplier.example>', 'Message-ID: <order-1@supplier.example>\n'))
    const answer = 'In-Reply-To: <order-1@supplier.example>\n'
    const forged = await receive(quiet('Olga <olga@suppl1er.example>', answer))
    expect(forged.report.signals.find(signal => signal.id === 'reply-chain-forged')?.text).toMatch(
      /same name/,
    )
    for (const from of ['Olga <olga@supplier.example>', 'Ann <ann@acme.example>'])
      expect(signalIds(await receive(quiet(from, `${answer}X-A: ${from}\n`)))).not.toContain(
        'reply-chain-forged',
      )
  })
})

describe('YARA on each part', () => {
  it('names the rule, the file and its place; a scan that breaks is told, and the mail judged', async () => {
    const zip = Buffer.from(zipSync({ 'notes/readme.txt': Buffer.from('the marker is in here') }))
    const bytes = withFile(phish({ to: 'y@acme.example' }), zip)
    const seen: string[] = []
    const scanning: MailParts = {
      ...parts,
      scanFiles: async files =>
        files.map(file => {
          seen.push(`${file.part} ${file.name}`)
          return file.bytes.includes('the marker') && !file.name.endsWith('.zip') ? ['Marker'] : []
        }),
    }
    const found = await receiveMail(scanning, { bytes, source: 'upload', reporter: null })
    expect(seen).toEqual(['1 text/html', '2 a.zip', '2 notes/readme.txt'])
    expect(found.report.verdict).toBe('malware')
    expect(found.report.signals.find(signal => signal.id === 'yara-match')).toMatchObject({
      text: '"notes/readme.txt" matches the YARA rule Marker',
      where: { part: '2' },
    })
    const breaking: MailParts = { ...parts, scanFiles: () => Promise.reject(new Error('out of memory')) }
    const judged = await receiveMail(breaking, {
      bytes: withFile(phish({ to: 'z@acme.example' }), zip),
      source: 'upload',
      reporter: null,
    })
    expect(judged.report.problems.map(entry => entry.code)).toContain('yara-failed')
    expect(judged.report.verdict).not.toBe('legitimate')
  })
})

/** The same mail with a file attached. */
function withFile(bytes: Buffer, content = Buffer.from('x')): Buffer {
  const text = bytes.toString()
  const [head = '', body = ''] = text.split('\nContent-Type: text/html\n\n')
  return Buffer.from(
    `${head}\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n${body}\n--b\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n${content.toString('base64')}\n--b--\n`,
  )
}
