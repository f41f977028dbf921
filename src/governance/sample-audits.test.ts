import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { auditSums, listAudits } from '../store/output-audits.ts'
import { drawAudits, drawSample, judgeOutput } from './sample-audits.ts'

const tenant = 'default'
const dayMs = 86_400_000
const clock = fixedClock(Date.UTC(2026, 5, 1))
let test: TestDatabase
const parts = () => ({ database: test.database, clock, ids: randomIds() })

beforeAll(async () => {
  test = await openTestDatabase()
  await test.database.query(
    `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
       created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, verdict_by)
     select $1, 'case-' || n, 'a case', 1, 5, 1, 1, 1, 1, 1, 1, 1, '{}', '{}', '{}', '{}', '{}', 'ann'
     from generate_series(1, 40) as n`,
    [tenant],
  )
  await test.database.query(
    `insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review, reviewed_by)
     select $1, 'brief-' || n, 'case-' || n, 1, case when n <= 30 then 'model' else 'computed' end,
       $2::bigint - (case when n <= 20 then 1 else 60 end) * ${dayMs}::bigint,
       '{"origin":{"kind":"model","model":"house"}}', '[]', 'validated', 'bob'
     from generate_series(1, 40) as n`,
    [tenant, clock.now()],
  )
})
afterAll(() => test.close())

describe('a sample of outputs', () => {
  it('is drawn by the ledger’s hash: anybody can draw it again, and another hash draws another', async () => {
    expect(await drawAudits(parts(), tenant, { days: 7, count: 6, by: 'lead' })).toBe(6)
    const audits = await listAudits(test.database, tenant)
    const seed = audits[0]?.seed ?? ''
    const all = Array.from({ length: 20 }, (_, n) => ({
      briefId: `brief-${n + 1}`,
      caseId: '',
      model: '',
      involved: [],
    }))
    const again = drawSample(all, seed, 6).map(({ briefId }) => briefId)
    expect(audits.map(({ briefId }) => briefId).sort()).toEqual(again.toSorted())
    expect(drawSample(all.toReversed(), seed, 6).map(({ briefId }) => briefId)).toEqual(again)
    expect(drawSample(all, 'f'.repeat(64), 6).map(({ briefId }) => briefId)).not.toEqual(again)
  })

  it('holds only briefs of models in the time asked for, each once', async () => {
    expect(await drawAudits(parts(), tenant, { days: 7, count: 50, by: 'lead' })).toBe(14)
    expect(await drawAudits(parts(), tenant, { days: 7, count: 50, by: 'lead' })).toBe(0)
    const drawn = (await listAudits(test.database, tenant)).map(({ briefId }) =>
      Number(briefId.split('-')[1]),
    )
    expect(drawn.every(number => number <= 20)).toBe(true)
    expect(new Set(drawn).size).toBe(20)
  })

  it('is judged once, by somebody who had no part in the case', async () => {
    const [first, second] = await listAudits(test.database, tenant)
    const judge = (by: string, id = first?.id ?? '') =>
      judgeOutput(parts(), tenant, id, {
        result: 'wrong',
        findings: 'the third sentence names another host',
        by,
      })
    await expect(judge('ann')).rejects.toThrow(/you decided on this case/)
    await expect(judge('bob')).rejects.toThrow(/you decided on this case/)
    await judge('eve')
    await expect(judge('eve')).rejects.toThrow(/judged it already/)
    await judgeOutput(parts(), tenant, second?.id ?? '', {
      result: 'sound',
      findings: 'all holds',
      by: 'eve',
    })
    expect(await auditSums(test.database, tenant, 0)).toEqual([
      { model: 'house', judged: 2, sound: 1, minor: 0, wrong: 1, harmful: 0 },
    ])
    const entries = await test.database.query<{ text: string }>(
      `select body::text as text from ledger where body ->> 'setting' = 'output-audit' order by seq`,
    )
    expect(entries.at(-2)?.text).toContain('"wrong"')
    expect(entries.map(({ text }) => text).join()).not.toContain('third sentence')
  })
})
