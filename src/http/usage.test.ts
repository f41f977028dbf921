import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { ModelUsage } from './contract-usage.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { usageRoutes } from './routes/usage-routes.ts'

const dayMs = 86_400_000
let server: TestServer

/** One call of so much, that many days ago at noon. */
async function call(
  daysAgo: number,
  task: string,
  model: string,
  status: string,
  costUsd: number,
  tenant = 'default',
) {
  const atMs = server.clock.now() - daysAgo * dayMs
  await server.test.database.transaction(async sql => {
    const base = { tenant, actor: `task:${task}`, subject: 'case-1' }
    const [intent] = await appendEntries(
      sql,
      [{ ...base, kind: 'model-intent', body: { task, model } }],
      atMs,
    )
    const body = {
      task,
      model,
      status,
      cost_usd: costUsd,
      input_tokens: 100,
      output_tokens: 20,
      intent_seq: intent?.seq ?? 0,
    }
    await appendEntries(sql, [{ ...base, kind: 'model-outcome', body }], atMs + 4000)
  })
}

beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false),
    ...usageRoutes({
      ...parts,
      perDay: { costUsd: 1, tokens: 1_000_000 },
      perTaskPerDay: { chat: { calls: 1 } },
    }),
  ])
  server.clock.advance(12 * 3_600_000)
  await call(3, 'case-brief', 'big', 'answered', 0.2)
  await call(2, 'case-brief', 'big', 'failed', 0)
  await call(2, 'chat', 'small', 'unsupported', 0.01)
  await call(0, 'case-brief', 'big', 'answered', 0.6)
  await call(0, 'case-brief', 'big', 'answered', 5, 'another-tenant')
  await call(60, 'case-brief', 'big', 'answered', 9)
  server.clock.advance(60_000)
})
afterAll(() => server.close())

describe('what models cost', () => {
  it('is summed by task, day and case from the ledger, within the period and the tenant', async () => {
    const lead = await server.signIn('approver')
    const usage: ModelUsage = (await lead.call('GET', '/api/model-usage?days=30')).json()
    const brief = usage.byTask.find(({ task }) => task === 'case-brief')
    expect(brief).toMatchObject({ calls: 3, answered: 2, failed: 1, inputTokens: 300, medianMs: 4000 })
    expect(brief?.costUsd).toBeCloseTo(0.8)
    expect(usage.byDay.map(({ calls }) => calls)).toEqual([1, 2, 1])
    expect(usage.dearest).toMatchObject([{ caseId: 'case-1', calls: 4, tokens: 480 }])
    // Four days from the first call to the last.
    expect(usage.monthUsd).toBeCloseTo((0.81 / 4) * 30)
  })

  it('is held against the budgets, with what it comes to by midnight', async () => {
    const lead = await server.signIn('approver', 'second')
    const usage: ModelUsage = (await lead.call('GET', '/api/model-usage')).json()
    const day = usage.budgets.find(({ scope, unit }) => scope === 'day' && unit === 'costUsd')
    expect(day).toMatchObject({ limit: 1, spent: 0.6 })
    expect(day?.forecast).toBeCloseTo(1.2, 1)
    expect(usage.budgets.find(({ scope }) => scope === 'chat')).toMatchObject({ spent: 0 })
  })

  it('is not for everybody', async () => {
    const analyst = await server.signIn('analyst')
    expect((await analyst.call('GET', '/api/model-usage')).statusCode).toBe(403)
  })
})
