import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { alertsOnHosts, alertsToRead } from './case-surroundings.ts'

const atMs = 1_780_000_000_000
const around = {
  caseId: 'case_own',
  agentNames: ['web-01'],
  firstSeenMs: atMs,
  lastSeenMs: atMs + 1000,
  windowMs: 3_600_000,
  limit: 40,
}

describe('alerts around a case', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())

  /** `count` alerts of a level, a millisecond apart. */
  async function store(
    name: string,
    count: number,
    level: number,
    fromMs: number,
    caseId = 'case_other',
    rule = '1',
  ) {
    await test.database.query(
      `insert into alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id, level,
         description, agent_id, agent_name, location, techniques, raw)
       select 'default', $1 || n, n::text, $2, 'why', 'test', 4, $3::bigint + n, $3, $6, $4, 'd', '001', 'web-01', 'l', '{}', $1 || n
       from generate_series(1, $5::int) as n`,
      [name, caseId, fromMs, level, count, rule],
    )
  }

  it('cannot be hidden by a flood of lesser ones, on either side or by the case itself', async () => {
    await store('quiet-', 2, 12, atMs - 3_000_000)
    await store('loud-', 3000, 7, atMs - 2_000_000)
    await store('late-', 3000, 7, atMs + 2000)
    await store('own-', 3000, 12, atMs - 1_000_000, 'case_own')
    const found = (await alertsOnHosts(test.database, 'default', around)).map(({ raw }) => raw)
    expect(found).toHaveLength(40)
    expect(found.slice(0, 2)).toEqual(['quiet-1', 'quiet-2'])
    expect(found.some(raw => raw.startsWith('own-'))).toBe(false)
  })

  it('are those of the window, the gravest first', async () => {
    await store('outside-', 1, 15, atMs - 4_000_000)
    await store('low-', 1, 3, atMs - 10)
    const few = { ...around, limit: 7000 }
    const found = (await alertsOnHosts(test.database, 'default', few)).map(({ raw }) => raw)
    expect(found).not.toContain('outside-1')
    expect(found).toContain('low-1')
    expect(found.at(-1)).toBe('low-1')
  })

  it('of a case hold one of each grave kind, whatever stands before and after it', async () => {
    const own = 'case_flooded'
    await store('before-', 300, 10, atMs, own, '5712')
    await store('shell-', 1, 15, atMs + 1000, own, '92653')
    await store('other-', 1, 10, atMs + 1001, own, '5503')
    await store('after-', 300, 10, atMs + 2000, own, '5712')
    for (let kind = 0; kind < 60; kind++)
      await store(`kind${kind}-`, 1, 7, atMs + 1500 + kind, own, `6${kind}`)
    const read = (await alertsToRead(test.database, 'default', own, 100)).map(({ raw }) => raw)
    expect(read).toContain('shell-1')
    expect(read).toContain('other-1')
    expect(read.slice(0, 1)).toEqual(['before-1'])
    expect(read.at(-1)).toBe('after-300')
    // What is read stays bounded, however many kinds there are.
    expect(read.length).toBeGreaterThan(120)
    expect(read.length).toBeLessThanOrEqual(130)
  })
})
