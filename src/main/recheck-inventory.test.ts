import { pino } from 'pino'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { inventoryJob } from '../domain/job-kinds.ts'
import { addReport } from '../intel/add-report.ts'
import { lookAgain } from '../intel/look-in-inventory.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { claim, complete } from '../queue/jobs.ts'
import { writeInventory } from '../store/intel-inventory.ts'
import { recheckInventory } from './recheck-inventory.ts'

const tenant = 'default'
const hourMs = 60 * 60_000
const dayMs = 24 * hourMs
const clock = fixedClock(Date.UTC(2026, 10, 1))
let test: TestDatabase

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const parts = () => ({ database: test.database, clock })

/** The reports that wait to be asked about; asks the inventory about each of them, which has nothing. */
async function asked(): Promise<string[]> {
  const jobs = await claim(test.database, inventoryJob, { limit: 99, leaseMs: 600_000, nowMs: clock.now() })
  for (const { key } of jobs)
    await test.database.transaction(sql => writeInventory(sql, tenant, key, [], clock.now()))
  await complete(test.database, jobs)
  return jobs.map(({ key }) => key)
}

it('a live report is asked about anew each day, once, and an old one no longer', async () => {
  const adding = { ...parts(), ids: randomIds(), tenant, ownDomains: [], historyDays: 30 }
  const { id } = await addReport(adding, {
    bytes: Buffer.from('CVE-2026-11111 is used.'),
    name: 'a.txt',
    source: 'upload',
    trust: 'B',
    by: null,
  })
  expect(await asked()).toEqual([id])
  clock.advance(23 * hourMs)
  expect(await lookAgain(parts(), tenant)).toBe(0)
  clock.advance(hourMs)
  expect(await lookAgain(parts(), 'another')).toBe(0)
  expect(await lookAgain(parts(), tenant)).toBe(1)
  // The question still waits: it is not queued twice.
  await lookAgain(parts(), tenant)
  expect(await asked()).toEqual([id])
  expect(await lookAgain(parts(), tenant)).toBe(0)

  clock.advance(dayMs)
  const stop = new AbortController()
  const app = {
    clock,
    tenant,
    owner: 'test',
    store: { database: test.database },
    logger: pino({ level: 'silent' }),
  }
  const running = recheckInventory(app, stop.signal)
  await vi.waitFor(async () => expect(await asked()).toEqual([id]), { timeout: 300_000, interval: 50 })
  stop.abort()
  await running

  clock.advance(366 * dayMs)
  expect(await lookAgain(parts(), tenant)).toBe(0)
})
