import { afterAll, beforeAll, expect, it } from 'vitest'
import { addNewsletter } from '../../src/intel/newsletter.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { watchImapMailbox } from '../../src/mail/intake/imap-mailbox.ts'
import { listReports } from '../../src/store/intel-reports.ts'
import { hasDovecot, startDovecot } from '../support/dovecot.ts'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'

if (!hasDovecot)
  console.warn(
    'SKIPPED: no Dovecot here (Debian: dovecot-imapd, as root): newsletters by mailbox are not tested',
  )

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const newsletter = (subject: string, host: string) =>
  `From: "CERT News" <news@cert.example>\r\nTo: intel@acme.example\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nTheir command server is ${host}, called twice a day.\r\n`

it.skipIf(!hasDovecot)(
  'newsletters in a folder of a real mailbox become threat reports; the inbox beside it is left alone',
  async () => {
    const parts = {
      database: test.database,
      clock: fixedClock(1_790_000_000_000),
      ids: randomIds(),
      tenant: 'default',
      ownDomains: [],
    }
    const server = await startDovecot()
    const stop = new AbortController()
    const reports = async () =>
      (await listReports(test.database, 'default', undefined, 9)).map(
        ({ name, source }) => `${source} ${name}`,
      )
    try {
      server.deliver(newsletter('Otters', 'evil-otters[.]com'), 'Newsletters')
      server.deliver(newsletter('Reported', 'evil-reported[.]com'))
      const watching = watchImapMailbox(
        ({ bytes }) => addNewsletter(parts, bytes),
        {
          host: '127.0.0.1',
          port: server.port,
          secure: false,
          allowPlain: true,
          user: 'abuse',
          credential: async () => ({ kind: 'password', secret: new Secret('secret') }),
          folder: 'Newsletters',
          onFailure: () => undefined,
        },
        stop.signal,
      )
      await expect.poll(reports).toEqual(['mailbox Otters.eml'])
      server.deliver(newsletter('Weasels', 'evil-weasels[.]com'), 'Newsletters')
      await expect.poll(async () => (await reports()).length).toBe(2)
      expect(await reports()).toContain('mailbox Weasels.eml')
      stop.abort()
      await watching
    } finally {
      stop.abort()
      await server.stop()
    }
  },
)
