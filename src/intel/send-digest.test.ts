import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { startSmtpRelay } from '../../test/support/smtp-relay.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { readConfig } from '../config.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { openSmtpRelay } from '../main/smtp-relay.ts'
import { claim, complete } from '../queue/jobs.ts'
import { readProfile, writeProfile } from '../store/intel-profile.ts'
import { exposureAlerts } from '../store/intel-reports.ts'
import { addReport } from './add-report.ts'
import { digestMarkdown, digestPdf, readDigest } from './digest.ts'
import { exposuresOf, isSolved } from './exposure.ts'
import { handleHunt } from './hunt.ts'
import { handleDigest, lastDueMs, queueWhenDue } from './send-digest.ts'

/** A Tuesday, 10:00 UTC. */
const nowMs = Date.parse('2026-11-24T10:00:00Z')
const dayMs = 86_400_000
const tenant = 'default'
const signal = new AbortController().signal

describe('the digest', () => {
  const clock = fixedClock(nowMs)
  const ids = randomIds()
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
    await newIngest(
      test.database,
      clock,
    )([
      wazuhLine({
        id: '1.1',
        atMs: nowMs,
        rule: ['5710', 5, 'sshd', ['sshd']],
        data: { srcip: '203.0.113.9', srcuser: 'bob' },
      }),
      ...(['Active', 'Solved'] as const).map((status, index) =>
        wazuhLine({
          id: `2.${index}`,
          atMs: nowMs + index,
          host: status === 'Active' ? 'web-01' : 'db-02',
          rule: ['23505', 10, 'CVE-2024-3400 affects nginx', ['vulnerability-detector']],
          data: {
            vulnerability: {
              cve: 'CVE-2024-3400',
              severity: 'High',
              status,
              package: { name: 'nginx', version: '1.22.1' },
            },
          },
        }),
      ),
    ])
    const add = (text: string, trust = 'B') =>
      addReport(
        { database: test.database, clock, ids, tenant, ownDomains: [] },
        {
          bytes: Buffer.from(text),
          name: 'r.txt',
          source: 'press',
          trust,
          by: null,
        },
      )
    await add('# Nothing to do with us\n\nA worm spreads over printers.')
    await add('# About [our](http://x) *product*\n\nThe FortiGate of many energy firms is attacked.')
    await add('# Exploited\n\nCVE-2024-3400 is exploited.')
    await add('TLP:AMBER\n\n# Seen\n\nC2: 203.0.113.9')
    await add('TLP:RED\n\n# Secret\n\nFor your eyes only, FortiGate.')
    for (const job of await claim(test.database, 'intel-hunt', { limit: 9, leaseMs: 600_000, nowMs }))
      await handleHunt({ database: test.database, clock }, job, signal)
  })
  afterAll(() => test.close())

  const profile = { sectors: ['energy'], technologies: ['FortiGate', 'Exchange'] }
  const read = (days = 7) => readDigest(test.database, tenant, profile, [], days, nowMs)

  it('ranks what was seen before what we are exposed to before what names us, and says why', async () => {
    const digest = await read()
    expect(digest.concerning.map(({ reasons }) => reasons)).toEqual([
      ['its indicators stand in 1 of our alerts'],
      [expect.stringContaining('our alerts or our inventory name CVE-2024-3400 too')],
      ['it names FortiGate, which we use', 'it names our sector: energy'],
    ])
    expect(digest.others).toHaveLength(1)
    expect(digest.withheld).toBe(1)
    const text = digestMarkdown(digest)
    expect(text).toContain('\\[our\\](http://x) \\*product\\*')
    expect(text).not.toContain('Secret')
    expect((await digestPdf(digest)).subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('knows hosts and packages behind a vulnerability, and what Wazuh calls solved', async () => {
    const [report] = await test.database.query<{ id: string }>(
      `select report_id as id from intel_mentions where value = 'CVE-2024-3400'`,
    )
    const exposures = exposuresOf(await exposureAlerts(test.database, tenant, report?.id ?? '', 10))
    expect(exposures.filter(exposure => !isSolved(exposure))).toMatchObject([
      {
        cve: 'CVE-2024-3400',
        host: 'web-01',
        packageName: 'nginx',
        packageVersion: '1.22.1',
        severity: 'High',
      },
    ])
    expect(exposures).toHaveLength(2)
  })

  it('is due at its hour, daily or on Mondays', () => {
    const at = (cadence: 'off' | 'daily' | 'weekly', hour: number) => {
      const due = lastDueMs({ cadence, hour }, nowMs)
      return due && new Date(due).toISOString()
    }
    expect(at('off', 7)).toBeUndefined()
    expect(at('daily', 7)).toBe('2026-11-24T07:00:00.000Z')
    expect(at('daily', 11)).toBe('2026-11-23T11:00:00.000Z')
    expect(at('weekly', 7)).toBe('2026-11-23T07:00:00.000Z')
  })

  it('goes to each recipient once, through a real relay, without titles that a mark protects', async () => {
    const relay = await startSmtpRelay()
    const config = readConfig({
      TOCSIN_MAIL_SMTP_URL: `smtp://127.0.0.1:${relay.port}`,
      TOCSIN_MAIL_FROM: 'tocsin@example.org',
    })
    const recipients = ['lead@example.org', 'ciso@example.org']
    const weekly = { ...profile, cadence: 'daily', hour: 7, recipients } as const
    await writeProfile(test.database, tenant, weekly, 'user_1', nowMs)
    expect(await queueWhenDue(test.database, tenant, nowMs), 'due before it was wanted').toBe(false)
    const tomorrow = nowMs + dayMs
    expect(await queueWhenDue(test.database, tenant, tomorrow)).toBe(true)
    expect(await queueWhenDue(test.database, tenant, tomorrow + 60_000)).toBe(false)
    const jobs = await claim(test.database, 'intel-digest', { limit: 9, leaseMs: 600_000, nowMs: tomorrow })
    expect(jobs).toHaveLength(2)
    clock.advance(dayMs)
    const parts = { database: test.database, clock, publicUrl: 'https://soc.example.org' }
    const [first] = jobs
    if (first === undefined) throw new Error('no job')
    await expect(handleDigest({ ...parts, send: undefined }, first, signal)).rejects.toThrow('no mail relay')
    expect(await readProfile(test.database, tenant)).toMatchObject({
      sentMs: null,
      lastError: expect.stringContaining('no mail relay'),
    })
    for (const job of jobs) {
      await handleDigest({ ...parts, send: openSmtpRelay(config) }, job, signal)
      await complete(test.database, [job])
    }
    const mails = await Promise.all(relay.mails.map(raw => PostalMime.parse(raw)))
    expect(mails.flatMap(({ to = [] }) => to.map(({ address }) => address)).sort()).toEqual(
      [...recipients].sort(),
    )
    const [mail] = mails
    if (mail === undefined) throw new Error('no mail')
    expect(mail.subject).toContain('3 concern us')
    expect(mail.text).toContain('because its indicators stand in 1 of our alerts')
    expect(mail.text).toContain('https://soc.example.org/intel/digest?days=1')
    expect(mail.text).toContain('A report under a TLP mark')
    expect(mail.text).not.toContain('Secret')
    expect(await readProfile(test.database, tenant)).toMatchObject({ lastError: null, sentMs: tomorrow })
    await relay.close()
  })
})
