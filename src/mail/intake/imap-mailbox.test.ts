import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDovecot, type RunningDovecot, startDovecot } from '../../../test/support/dovecot.ts'
import { emptyMailOrganisation } from '../../domain/mail.ts'
import { Secret } from '../../lib/secret.ts'
import { mailAnalyser } from '../analyse-mail.ts'
import type { IncomingMail } from '../receive-mail.ts'
import { watchImapMailbox } from './imap-mailbox.ts'
import type { TakeMail } from './intake.ts'

if (!hasDovecot)
  console.warn('SKIPPED: no Dovecot here (Debian: dovecot-imapd, as root): the abuse mailbox is not tested')

describe.skipIf(!hasDovecot)('watchImapMailbox', () => {
  let server: RunningDovecot
  beforeAll(async () => {
    server = await startDovecot(17_143)
  })
  afterAll(() => server.stop())

  const message = (subject: string) => `From: ann@acme.example\nSubject: ${subject}\n\nPlease have a look.\n`

  it('takes unread mails, hears of new ones at once, and leaves unread what could not be stored', async () => {
    const analyse = mailAnalyser(emptyMailOrganisation)
    const taken: IncomingMail[] = []
    const failures: unknown[] = []
    let refusals = 1
    const take: TakeMail = async incoming => {
      if (refusals-- > 0) throw new Error('the database is away')
      taken.push(incoming)
      return { id: 'mail_1', report: analyse(incoming.bytes, 'x', 0), known: false }
    }
    server.deliver(message('one'))
    const stop = new AbortController()
    const watching = watchImapMailbox(
      take,
      {
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        allowPlain: true,
        user: 'abuse',
        credential: async () => ({ kind: 'password', secret: new Secret('secret') }),
        folder: 'INBOX',
        onFailure: error => failures.push(error),
      },
      stop.signal,
    )
    await expect.poll(() => failures.length, { timeout: 10_000 }).toBe(1)
    expect(taken).toEqual([])
    server.deliver(message('two'))
    await expect.poll(() => taken.length, { timeout: 30_000 }).toBe(2)
    expect(taken.map(incoming => /Subject: (\w+)/.exec(incoming.bytes.toString())?.[1]).sort()).toEqual([
      'one',
      'two',
    ])
    expect(taken[0]).toMatchObject({ source: 'imap', reporter: 'ann@acme.example' })
    stop.abort()
    await watching
    expect(taken).toHaveLength(2)
  })
})
