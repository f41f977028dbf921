import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { rowsRead } from '../../test/support/rows-read.ts'
import type { Sql } from '../lib/database.ts'
import { caseEntities, caseTimeline, listCaseAlerts } from './case-read.ts'
import { alertsFromSources, alertsOnHosts, alertsToRead, hostsWithFile } from './case-surroundings.ts'

const atMs = 1_780_000_000_000
const alerts = 60_000
/** Most of what a page or a brief reads of one case, however many alerts that has. */
const mostRead = 20_000

describe('a case of very many alerts', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
    await store('case_large', alerts, atMs)
    await store('case_small', 3, atMs + 500)
    await test.database.query('analyze alerts')
    await test.database.query('analyze case_entities')
  })
  afterAll(() => test.close())

  /** A second apart and of two rules in turn, so that no two alerts are one line. */
  async function store(id: string, count: number, fromMs: number, host = 'web-01'): Promise<void> {
    await test.database.query(
      `insert into cases (tenant_id, id, title, headline, severity, max_level, status, alert_count, revision, first_seen_ms,
         last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping)
       values ('default', $1, 'Flood', 'Flood', 2, 12, 'open', $2, 1, $3, $3, $3, $3, $3, '{web-01}', '{}', '{}', '{}', '{}')`,
      [id, count, fromMs],
    )
    await test.database.query(
      `insert into alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id, level,
         description, agent_id, agent_name, location, techniques, raw)
       select 'default', $1 || n, n::text, $1, 'why', 'test', 4, $3::bigint + n * 1000, $3, case when n % 2 = 0 then '1' else '2' end,
         12, 'd', '001', $4, 'l', '{}', 'text ' || n from generate_series(1, $2::int) as n`,
      [id, count, fromMs, host],
    )
    await test.database.query(
      `insert into case_entities values ('default', $1, 'address', '203.0.113.9', '{source}', 1),
         ('default', $1, 'hash', 'abc', '{}', 1)`,
      [id],
    )
  }

  it('is told by how it began and how it ended, and says how many are left out', async () => {
    const { entries, gap } = await caseTimeline(test.database, 'default', 'case_large', 500)
    expect(entries).toHaveLength(500)
    expect([entries[0]?.atMs, entries.at(-1)?.atMs]).toEqual([atMs + 1000, atMs + alerts * 1000])
    expect(gap).toEqual({ after: 250, alerts: alerts - 500 })
    const few = await caseTimeline(test.database, 'default', 'case_small', 500)
    expect([few.entries.length, few.gap]).toEqual([3, null])
  })

  it('counts a run that goes on where the reading ends as one', async () => {
    await store('case_even', 4000, atMs, 'db-02')
    await test.database.query(`update alerts set rule_id = '1' where case_id = 'case_even'`)
    const { entries, gap } = await caseTimeline(test.database, 'default', 'case_even', 500)
    expect([entries.map(({ count }) => count), gap]).toEqual([[4000], null])
  })

  const around = {
    caseId: 'case_large',
    firstSeenMs: atMs + 1000,
    lastSeenMs: atMs + alerts * 1000,
    windowMs: 3_600_000,
    limit: 40,
  }
  const byHost = (caseId: string) => (sql: Sql) =>
    alertsOnHosts(sql, 'default', { ...around, caseId, agentNames: ['web-01'] })
  const bySource = (caseId: string) => (sql: Sql) =>
    alertsFromSources(sql, 'default', {
      ...{ caseId, addresses: ['203.0.113.9'], limit: 40 },
      ...{ fromMs: atMs - 1, toMs: atMs + alerts * 1000 },
    })
  it.each<[string, (sql: Sql) => Promise<unknown>]>([
    ['its timeline', sql => caseTimeline(sql, 'default', 'case_large', 500)],
    ['its list of alerts', sql => listCaseAlerts(sql, 'default', 'case_large', undefined, 101)],
    ['its entities', sql => caseEntities(sql, 'default', 'case_large', 300)],
    ['its brief, of itself', sql => alertsToRead(sql, 'default', 'case_large', 100)],
    ['its brief, of its hosts', byHost('case_large')],
    ['a brief on the same host', byHost('case_small')],
    ['a brief of the same source', bySource('case_small')],
    ['a brief of the same file', sql => hostsWithFile(sql, 'default', 'abc')],
  ])('is read in part for %s', async (_, read) => {
    expect(await rowsRead(test.database, 'alerts', read)).toBeLessThan(mostRead)
  })

  it('hides no graver alert of another case on its host, and none of the same level near its beginning', async () => {
    await test.database.query(`update alerts set level = 15 where key = 'case_small2'`)
    const found = await byHost('case_large')(test.database)
    expect((found as { raw: string }[]).map(({ raw }) => raw).sort()).toEqual(['text 1', 'text 2', 'text 3'])
  })

  it('lends its gravest alerts to a brief of the same source', async () => {
    const found = (await bySource('case_small')(test.database)) as { raw: string }[]
    expect(found).toHaveLength(40)
  })
})
