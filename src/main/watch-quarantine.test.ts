import { afterAll, beforeAll, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import {
  type NotificationReceiver,
  startNotificationReceiver,
} from '../../test/support/notification-receiver.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { watchBench } from '../../test/support/watch-bench.ts'
import { fixedClock } from '../lib/clock.ts'
import { findNotices } from '../notify/find-notices.ts'

// What comes in and cannot be read is kept; whoever wants to know is told of it once, by a real receiver, however much comes.

const clock = fixedClock(Date.UTC(2026, 5, 1, 12))
let test: TestDatabase
let receiver: NotificationReceiver
let bench: Awaited<ReturnType<typeof watchBench>>
let ingest: ReturnType<typeof newIngest>

beforeAll(async () => {
  ;[test, receiver] = await Promise.all([openTestDatabase(), startNotificationReceiver()])
  ingest = newIngest(test.database, clock)
  await ingest(['broken before anybody wanted to know'], { source: 'webhook' })
  clock.advance(1000)
  bench = await watchBench(test, receiver, clock, 'quarantine-grown')
})
afterAll(async () => {
  await receiver.close()
  await test.close()
})

/** Looks once, delivers, and says what was told since. */
async function told(): Promise<string[]> {
  const before = receiver.taken.length
  await findNotices(bench.parts.notify, 'default', 3_600_000)
  await bench.deliver()
  return receiver.taken.slice(before).map(({ body }) => body)
}

it('tells of records that could not be read, once a day for each source and reason', async () => {
  expect(await told()).toEqual([])
  const lines = Array.from({ length: 2500 }, (_, index) => `not json ${index} <@everyone>`)
  expect((await ingest(lines, { source: 'webhook' })).quarantined).toBe(2500)
  const [body, ...others] = await told()
  expect(others).toEqual([])
  expect(body).toContain('Records came in that cannot be read as alerts: they are kept in quarantine')
  expect(body).toContain('https://tocsin.example.org/settings?section=quarantine')
  // Nothing that a sender wrote leaves.
  expect(body).not.toMatch(/everyone|not json/)

  await ingest(['still not json'], { source: 'webhook' })
  expect(await told()).toEqual([])
  await ingest(['not json either'], { source: 'alerts-file' })
  await ingest([JSON.stringify({ of: 'another kind' })], { source: 'webhook' })
  expect(await told()).toHaveLength(2)
  expect(await told()).toEqual([])
  clock.advance(24 * 3_600_000)
  expect(await told()).toEqual([])
  await ingest(['not json, a day later'], { source: 'webhook' })
  expect(await told()).toHaveLength(1)
})
