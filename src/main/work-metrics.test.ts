import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { fixedClock } from '../lib/clock.ts'
import { claim, complete, enqueue } from '../queue/jobs.ts'
import { insertQuarantined } from '../store/quarantine.ts'
import { registerWorkMetrics } from './work-metrics.ts'

const tenant = 'default'
const nowMs = Date.UTC(2026, 5, 1)
let test: TestDatabase
let registry: Registry

beforeAll(async () => {
  test = await openTestDatabase()
  registry = new Registry()
  registerWorkMetrics(registry, test.database, tenant, fixedClock(nowMs))
})
afterAll(() => test.close())

async function called(status: string, costUsd: number, of = tenant): Promise<void> {
  const numbers = { input_tokens: 100, output_tokens: 20, cached_tokens: 60, cost_usd: costUsd }
  const body = {
    task: 'chat',
    model: 'small',
    status,
    intent_seq: 1,
    ...(status === 'failed' ? {} : numbers),
  }
  await test.database.transaction(sql =>
    appendEntries(
      sql,
      [{ kind: 'model-outcome', tenant: of, actor: 'task:chat', subject: 'chat-1', body }],
      nowMs,
    ),
  )
}

/** `name{labels} value` of each series whose name begins so. */
async function series(prefix: string): Promise<string[]> {
  const text = await registry.metrics()
  return text.split('\n').filter(line => line.startsWith(prefix))
}

it('calls, tokens and cost are counted from the ledger, each call once, and of this tenant only', async () => {
  await called('answered', 9) // Before anybody asked.
  expect(await series('tocsin_model_calls_total')).toEqual([])
  await called('answered', 0.25)
  await called('failed', 0)
  await called('answered', 7, 'another-tenant')
  const counted = [
    'tocsin_model_cached_tokens_total{task="chat",model="small"} 60',
    'tocsin_model_calls_total{task="chat",model="small",status="answered"} 1',
    'tocsin_model_calls_total{task="chat",model="small",status="failed"} 1',
    'tocsin_model_cost_usd_total{task="chat",model="small"} 0.25',
    'tocsin_model_tokens_total{task="chat",model="small",type="input"} 100',
    'tocsin_model_tokens_total{task="chat",model="small",type="output"} 20',
  ]
  expect((await series('tocsin_model_')).sort()).toEqual(counted)
  // Asked again, and by two at once: nothing is counted twice.
  await Promise.all([registry.metrics(), registry.metrics()])
  expect((await series('tocsin_model_')).sort()).toEqual(counted)
  await called('answered', 0.5)
  expect(await series('tocsin_model_cost_usd_total')).toEqual([
    'tocsin_model_cost_usd_total{task="chat",model="small"} 0.75',
  ])
})

it('the queue is told by kind and state, and an emptied kind stays at nothing', async () => {
  const { database } = test
  await database.transaction(sql =>
    enqueue(
      sql,
      tenant,
      ['a', 'b', 'c'].map(key => ({ kind: 'case-brief', key, payload: {} })),
      nowMs,
    ),
  )
  expect(await series('tocsin_jobs')).toEqual(['tocsin_jobs{kind="case-brief",state="ready"} 3'])
  const jobs = await claim(database, 'case-brief', { limit: 1, leaseMs: 600_000, nowMs })
  expect(await series('tocsin_jobs')).toEqual([
    'tocsin_jobs{kind="case-brief",state="ready"} 2',
    'tocsin_jobs{kind="case-brief",state="running"} 1',
  ])
  await complete(database, jobs)
  expect(await series('tocsin_jobs')).toEqual([
    'tocsin_jobs{kind="case-brief",state="ready"} 2',
    'tocsin_jobs{kind="case-brief",state="running"} 0',
  ])
})

it('records that could not be read are told by source and reason, for a day, and those of this tenant only', async () => {
  const { database } = test
  const put = (id: string, code: string, atMs: number, of = tenant) =>
    insertQuarantined(database, of, 'webhook', atMs, [
      { id, code, message: 'x', where: 'line 1', bytes: Buffer.from('x') },
    ])
  expect(await series('tocsin_quarantined')).toEqual([])
  await put('q1', 'not-json', nowMs - 1000)
  await put('q2', 'not-json', nowMs - 86_400_000)
  await put('q3', 'too-large', nowMs - 1000)
  await put('q4', 'not-json', nowMs - 86_400_001)
  await put('q5', 'not-json', nowMs, 'another-tenant')
  expect(await series('tocsin_quarantined')).toEqual([
    'tocsin_quarantined{source="webhook",code="not-json"} 2',
    'tocsin_quarantined{source="webhook",code="too-large"} 1',
  ])
})
