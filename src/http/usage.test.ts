import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { driftSetting } from '../governance/drift/drift-settings.ts'
import { changeSetting } from '../governance/setting.ts'
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
  { subject = 'case-1', cached }: { subject?: string; cached?: number } = {},
) {
  const atMs = server.clock.now() - daysAgo * dayMs
  await server.test.database.transaction(async sql => {
    const base = { tenant, actor: `task:${task}`, subject }
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
      ...(cached === undefined ? {} : { cached_tokens: cached }),
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

describe('calls by team, from prompt caches, and what grouping saved', () => {
  let usage: ModelUsage

  beforeAll(async () => {
    const { database } = server.test
    const [ana, bo] = [await server.signIn('analyst', 'ana'), await server.signIn('responder', 'bo')]
    const lead = await server.signIn('approver', 'third')
    const ms = server.clock.now()
    const addCase = (id: string, assignee: string | null) =>
      database.query(
        `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
           created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, assignee_id)
         values ('default', $1, 't', 1, 5, 9, 1, $2, $2, $2, $2, $2, '{}', '{}', '{}', '{}', '{}', $3)`,
        [id, ms, assignee],
      )
    await addCase('case-7', ana.id)
    await addCase('case-8', null)
    const addAlerts = (caseId: string, tenant: string, from: number, receivedMs: number, alerts: number) =>
      database.query(
        `insert into alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id, level,
           description, agent_id, agent_name, location, techniques, raw)
         select $1, k::text, k::text, $2, '', 's', 4, $3, $3, '1', 5, 'd', '1', 'h', 'l', '{}', '{}'
         from generate_series($4::int, $5::int) as k`,
        [tenant, caseId, receivedMs, from, from + alerts - 1],
      )
    await addAlerts('case-7', 'default', 1, ms, 40)
    await addAlerts('case-7', 'default', 100, ms - 5 * dayMs, 7) // Before the period.
    await addAlerts('case-8', 'default', 200, ms, 30) // No model was asked of it.
    await addAlerts('case-7', 'another-tenant', 1, ms, 90)
    await database.query(
      `insert into chats (tenant_id, id, owner_id, title, created_ms, changed_ms) values ('default', 'chat-1', $1, 't', $2, $2)`,
      [bo.id, ms],
    )
    const drift = { ...driftSetting.initial, groups: { [bo.id]: 'Night shift' } }
    await changeSetting(database, 'default', driftSetting, drift, 'third', ms)
    await call(0, 'case-brief', 'big', 'answered', 0.2, 'default', { subject: 'case-7', cached: 60 })
    await call(0, 'case-brief', 'big', 'answered', 0.2, 'default', { subject: 'case-7', cached: 0 })
    await call(0, 'chat', 'small', 'answered', 0.3, 'default', { subject: 'chat-1' })
    server.clock.advance(60_000)
    usage = (await lead.call('GET', '/api/model-usage?days=1')).json()
  })

  it('a team is the group of the person, else their role, else nobody', () => {
    expect(usage.byTeam.map(({ team, calls, tokens }) => [team, calls, tokens])).toEqual([
      ['', 1, 120],
      ['analyst', 2, 240],
      ['Night shift', 1, 120],
    ])
    expect(usage.byTeam.map(({ costUsd }) => Number(costUsd.toFixed(6)))).toEqual([0.6, 0.4, 0.3])
  })

  it('cached tokens are those that providers told of, held against the input of those calls only', () => {
    expect(usage.byTask.find(({ task }) => task === 'case-brief')).toMatchObject({
      inputTokens: 300,
      cachedTokens: 60,
      cacheableTokens: 200,
    })
    expect(usage.byTask.find(({ task }) => task === 'chat')).toMatchObject({
      cachedTokens: null,
      cacheableTokens: 0,
    })
  })

  it('one call an alert is counted for the alerts of cases that a model was asked about', () => {
    expect(usage.grouping).toMatchObject({ alerts: 70, askedAlerts: 40, calls: 3, savedCalls: 37 })
    expect(usage.grouping.savedUsd).toBeCloseTo((37 * 1.0) / 3)
  })
})
