import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type NotificationReceiver,
  startNotificationReceiver,
} from '../../test/support/notification-receiver.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { watchBench } from '../../test/support/watch-bench.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { fixedClock } from '../lib/clock.ts'
import { type WatchedModels, watchModels } from './watch-models.ts'

// Gates are not enforced (the setting's initial value): the watch may not take an active model out, so it has to tell.

const tenant = 'default'
const clock = fixedClock(Date.UTC(2026, 5, 1, 12))
let test: TestDatabase
let receiver: NotificationReceiver
let parts: WatchedModels
let deliver: () => Promise<void>

beforeAll(async () => {
  ;[test, receiver] = await Promise.all([openTestDatabase(), startNotificationReceiver()])
  const { database } = test
  ;({ parts, deliver } = await watchBench(test, receiver, clock, 'model-unwell'))
  for (const [id, name] of [
    ['mp_bad', 'bad'],
    ['mp_good', 'good'],
  ])
    await database.query(
      `insert into model_profiles (tenant_id, id, name, content, state, since_ms, created_ms, seen_ms)
       values ($1, $2, $3, '{}', 'active', $4, $4, $4)`,
      [tenant, id, name, clock.now() - 3_600_000],
    )
  for (let call = 0; call < 20; call++) {
    await called('mp_bad', 'failed')
    await called('mp_good', 'answered')
  }
  clock.advance(60_000)
})
afterAll(async () => {
  await receiver.close()
  await test.close()
})

async function called(profile: string, status: string): Promise<void> {
  await test.database.transaction(async sql => {
    const base = { tenant, actor: 'task:case-brief', subject: 'case-1' }
    const body = { task: 'case-brief', model: profile, profile, role: 'active' }
    const [intent] = await appendEntries(sql, [{ ...base, kind: 'model-intent', body }], clock.now())
    const end = { ...body, status, intent_seq: intent?.seq ?? 0, input_tokens: 1, output_tokens: 1 }
    await appendEntries(sql, [{ ...base, kind: 'model-outcome', body: end }], clock.now() + 1000)
  })
}

/** One round of the watch: it has ended when the watch gives its lease back. */
async function watchOnce(): Promise<void> {
  const stop = new AbortController()
  let warned = 0
  const logger = { warn: () => void warned++, error: parts.logger.error.bind(parts.logger) }
  const watching = watchModels({ ...parts, logger }, stop.signal)
  await expect.poll(() => warned, { interval: 50 }).toBeGreaterThan(0)
  stop.abort()
  await watching
}

it('an active model that does badly is told of, once a day, and stays in use', async () => {
  await watchOnce()
  await watchOnce()
  await deliver()
  expect(receiver.refusals).toEqual([])
  expect(receiver.taken).toHaveLength(1)
  expect(receiver.taken[0]?.body).toContain('A model in use does badly')
  expect(receiver.taken[0]?.body).toContain('https://tocsin.example.org/models')
  const [notice, ...more] = await test.database.query<{ subject: string }>('select subject from notices')
  expect([notice?.subject, more]).toEqual(['mp_bad', []])
  const states = await test.database.query<{ state: string }>('select distinct state from model_profiles')
  expect(states).toEqual([{ state: 'active' }])
  clock.advance(12 * 3_600_000)
  await watchOnce()
  await deliver()
  expect(receiver.taken).toHaveLength(2)
})
