import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { ageing } from '../indicators/indicator-decay.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { claim, complete } from '../queue/jobs.ts'
import {
  huntedIndicators,
  insertSightings,
  latestHunt,
  readHunt,
  setIndicatorStatus,
  sightingsOf,
} from '../store/intel-hunts.ts'
import {
  alertTechniqueCounts,
  deleteReport,
  listReports,
  mentionsOf,
  readReport,
  techniqueCounts,
} from '../store/intel-reports.ts'
import { addReport } from './add-report.ts'
import { handleHunt, sightingFinder } from './hunt.ts'
import { watchOnce } from './watch-alerts.ts'

const start = 1_770_000_000_000
const tenant = 'default'
const report =
  'Bear report\n\nC2 servers:\n- 203.0.113.9\n- evil-c2[.]com\n\nIt uses scheduled tasks (T1053.005).'

describe.each(databaseKinds)('reports and hunts on the %s database', kind => {
  const clock = fixedClock(start)
  const ids = randomIds()
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())

  const parts = () => ({ database: test.database, clock, ids, tenant, ownDomains: [] })
  const incoming = (text: string) => ({
    bytes: Buffer.from(text),
    name: 'bear.txt',
    source: 'upload',
    trust: 'B',
    by: 'user_1',
  })

  const receive = (
    count: number,
    first: number,
    address: string,
    before: Promise<void> = Promise.resolve(),
  ) =>
    newIngest(test.database, clock)(
      Array.from({ length: count }, (_, index) =>
        wazuhLine({
          id: `1770000000.${first + index}`,
          atMs: start + index,
          host: 'web-01',
          rule: ['5710', 5, 'sshd: attempt to log in with a name that does not exist', ['sshd']],
          data: { srcip: index === 0 ? address : '192.0.2.1', srcuser: 'bob' },
        }),
      ),
      { before },
    )

  const runHunts = async () => {
    for (const job of await claim(test.database, 'intel-hunt', {
      limit: 10,
      leaseMs: 600_000,
      nowMs: clock.now(),
    })) {
      await handleHunt({ database: test.database, clock }, job, new AbortController().signal)
      await complete(test.database, [job])
    }
  }

  it('finds a report’s indicators in alerts that were stored before', async () => {
    await receive(20, 0, '203.0.113.9')
    const { id, known } = await addReport(parts(), incoming(report))
    expect(known).toBe(false)
    await runHunts()
    expect(await latestHunt(test.database, tenant, id)).toMatchObject({
      state: 'done',
      scanned: 20,
      total: 20,
      hits: 1,
    })
    expect(await sightingsOf(test.database, tenant, id, 10)).toMatchObject([
      { type: 'ipv4', value: '203.0.113.9', agentName: 'web-01', caseTitle: expect.any(String) },
    ])
    expect(await mentionsOf(test.database, tenant, id)).toMatchObject([
      { value: '203.0.113.9', role: 'command-and-control', sightingCount: 1 },
      { value: 'evil-c2.com', defanged: true, sightingCount: 0 },
    ])
    expect(await listReports(test.database, tenant, undefined, 10)).toMatchObject([
      { id, title: 'Bear report', sightingCount: 1, trust: 'B' },
    ])
  })

  it('counts techniques over reports and over alerts', async () => {
    expect(await techniqueCounts(test.database, tenant)).toContainEqual({ id: 'T1053.005', reports: 1 })
    expect(await alertTechniqueCounts(test.database, tenant)).toEqual([])
  })

  it('takes the same text from another feed for the same report', async () => {
    const { id } = await addReport(parts(), incoming(report))
    expect(await addReport(parts(), incoming(report.replaceAll('\n', '\r\n')))).toEqual({
      id,
      known: true,
      revised: false,
    })
  })

  it('a hunt that was interrupted goes on and finds nothing twice', async () => {
    const { id } = await addReport(parts(), incoming(`${report} Second edition.`))
    const [job] = await claim(test.database, 'intel-hunt', { limit: 1, leaseMs: 600_000, nowMs: clock.now() })
    if (job === undefined) throw new Error('no hunt was queued')
    await expect(handleHunt(parts(), job, AbortSignal.abort())).rejects.toMatchObject({ retryable: true })
    expect(await latestHunt(test.database, tenant, id)).toMatchObject({ state: 'running', scanned: 0 })
    await handleHunt(parts(), job, new AbortController().signal)
    await handleHunt(parts(), job, new AbortController().signal)
    expect(await latestHunt(test.database, tenant, id)).toMatchObject({ state: 'done', scanned: 20 })
    expect(await sightingsOf(test.database, tenant, id, 10)).toHaveLength(1)
  })

  it('watches alerts to come, from where it stands', async () => {
    const find = sightingFinder([{ type: 'ipv4', value: '203.0.113.9' }])
    clock.advance(1000)
    expect(await watchOnce({ ...parts() }, find)).toBe(true)
    clock.advance(60_000)
    await receive(3, 500, '203.0.113.9')
    clock.advance(60_000)
    expect(await watchOnce({ ...parts() }, find)).toBe(false)
    expect(await readHunt(test.database, tenant, 'watch')).toMatchObject({
      scanned: 3,
      hits: 1,
      state: 'running',
    })
  })

  it('watches an alert too that was read before others and stored after them', async () => {
    const find = sightingFinder([{ type: 'ipv4', value: '203.0.113.9' }])
    const before = Promise.withResolvers<void>()
    const slow = receive(1, 700, '203.0.113.9', before.promise)
    clock.advance(1000)
    await receive(1, 800, '192.0.2.7')
    clock.advance(60_000)
    const seen = async () => (await readHunt(test.database, tenant, 'watch'))?.hits ?? 0
    const hits = await seen()
    await watchOnce({ ...parts() }, find)
    expect(await seen()).toBe(hits)
    before.resolve()
    await slow
    clock.advance(60_000)
    await watchOnce({ ...parts() }, find)
    expect(await seen()).toBe(hits + 1)
  })

  it('a false positive is no longer seen, and says who and why', async () => {
    await setIndicatorStatus(test.database, tenant, {
      id: 'feedback_1',
      type: 'ipv4',
      value: '203.0.113.9',
      status: 'false-positive',
      reason: 'our scanner',
      by: 'user_1',
      atMs: start,
    })
    const { id } = await addReport(parts(), incoming(`${report} Third edition.`))
    await runHunts()
    expect(await sightingsOf(test.database, tenant, id, 10)).toEqual([])
    expect((await mentionsOf(test.database, tenant, id))[0]).toMatchObject({
      status: 'false-positive',
      statusReason: 'our scanner',
      sightingCount: 0,
    })
  })

  it('an indicator ages until it is no longer looked for, and lives on where it is seen', async () => {
    const find = async (afterDays: number) =>
      (await huntedIndicators(test.database, tenant, null, ageing, start + afterDays * 86_400_000)).map(
        ({ value }) => value,
      )
    const { id } = await addReport(
      parts(),
      incoming('C2: 198.51.100.200, C2: 198.51.100.201, file d41d8cd98f00b204e9800998ecf8427f00000000'),
    )
    expect(await mentionsOf(test.database, tenant, id)).toHaveLength(3)
    expect(await find(20)).toEqual(expect.arrayContaining(['198.51.100.200', '198.51.100.201']))
    await insertSightings(
      test.database,
      tenant,
      [
        {
          ...{ type: 'ipv4', value: '198.51.100.201', alertKey: 'a', caseId: 'c', agentName: 'web-01' },
          alertMs: start + 100 * 86_400_000,
        },
      ],
      start,
    )
    const later = await find(130)
    expect(later).not.toContain('198.51.100.200')
    expect(later).toEqual(
      expect.arrayContaining(['198.51.100.201', 'd41d8cd98f00b204e9800998ecf8427f00000000']),
    )
  })

  it('deleting a report takes its mentions with it', async () => {
    const { id } = await addReport(parts(), incoming('Only here: lonely-domain[.]com'))
    expect(await readReport(test.database, tenant, id)).toMatchObject({
      text: 'Only here: lonely-domain[.]com',
    })
    expect(await deleteReport(test.database, tenant, id)).toBe(true)
    expect(await readReport(test.database, tenant, id)).toBeUndefined()
    const left = await test.database.query(`select 1 from intel_indicators where value = 'lonely-domain.com'`)
    expect(left).toEqual([])
  })
})
