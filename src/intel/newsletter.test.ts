import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { listReports } from '../store/intel-reports.ts'
import { addNewsletter } from './newsletter.ts'

const newsletter = (subject: string, text: string) =>
  [
    'From: "CERT News" <news@cert.example>',
    'To: intel@acme.example',
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="n"',
    '',
    '--n',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--n',
    'Content-Type: text/csv; name="list.csv"',
    'Content-Disposition: attachment; filename="list.csv"',
    '',
    `indicator,kind`,
    `evil-${subject.toLowerCase()}[.]com,c2`,
    '--n',
    'Content-Type: application/octet-stream; name="setup.exe"',
    'Content-Disposition: attachment; filename="setup.exe"',
    '',
    'evil-program[.]com',
    '--n--',
    '',
  ].join('\r\n')

describe('newsletters', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())
  const parts = () => ({
    database: test.database,
    clock: fixedClock(1_790_000_000_000),
    ids: randomIds(),
    tenant: 'default',
    ownDomains: ['acme.example'],
  })
  const reports = async () => {
    const rows = await listReports(test.database, 'default', undefined, 99)
    return rows.map(({ name, source, trust, indicatorCount }) => ({ name, source, trust, indicatorCount }))
  }

  it('the text and each attached report become reports of the lowest grade; programs do not; twice is once', async () => {
    const bytes = Buffer.from(
      newsletter('Bears', 'The bears use evil-bears-c2[.]com as their command server.'),
    )
    expect(await addNewsletter(parts(), bytes)).toMatchObject([{ known: false }, { known: false }])
    expect(await addNewsletter(parts(), bytes)).toMatchObject([{ known: true }, { known: true }])
    expect(await reports()).toEqual(
      expect.arrayContaining([
        { name: 'Bears.eml', source: 'mailbox', trust: 'F', indicatorCount: 1 },
        { name: 'list.csv', source: 'mailbox', trust: 'F', indicatorCount: 1 },
      ]),
    )
    expect(await reports()).toHaveLength(2)
  })

  it('what is no mail at all is a report that says so, never an error', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from([0, 255, 1]),
      Buffer.from(`${'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'.repeat(500)}`),
    ])
      await expect(addNewsletter(parts(), bytes)).resolves.toHaveLength(1)
  })
})
