import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GateSettings, gateSetting } from '../../src/governance/model-gates/gate-settings.ts'
import { rollBack } from '../../src/governance/model-gates/move-profile.ts'
import { watchProfiles } from '../../src/governance/model-gates/watch-profiles.ts'
import { changeSetting } from '../../src/governance/setting.ts'
import { listBackupTables } from '../../src/store/backup-tables.ts'
import { listMoves } from '../../src/store/model-profiles.ts'
import { shadowRecords } from '../../src/store/shadow-briefs.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { startGatedModels } from '../support/gated-models.ts'

// The life of a model from the shadow to use and back, with two models that answer over their real wire protocol, and the jobs
// that a worker runs. The tests build on each other.

const tenant = 'default'
const shadowWords = 'Quokkas were seen near the server room.'
/** The time of day, put forward where the test does not wait for what takes its time. */
let aheadMs = 0
const clock = { now: () => Date.now() + aheadMs }
let bench: Awaited<ReturnType<typeof startGatedModels>>
const gates: GateSettings = {
  ...gateSetting.initial,
  enforced: true,
  suites: {},
  shadowAnswers: 4,
  leastClaimsHeld: 0.5,
  canaryPercent: 50,
  limits: { ...gateSetting.initial.limits, leastCalls: 3, failedShare: 0.5 },
}

beforeAll(async () => {
  bench = await startGatedModels(clock)
  bench.house.always({ kind: 'answer', text: prompt => citingAnswer(prompt) })
  bench.fresh.always({ kind: 'answer', text: prompt => citingAnswer(prompt, [shadowWords]) })
})
afterAll(() => bench?.close())

describe('a new model beside the one in use', () => {
  it('is asked about real cases in the shadow, and nobody is shown a word of it', async () => {
    await bench.move('fresh', 'shadow', 'alice')
    await changeSetting(bench.test.database, tenant, gateSetting, gates, 'admin', clock.now())
    await expect.poll(bench.newCase).toBe('house')
    await expect
      .poll(async () => {
        await bench.newCase()
        return (await shadowRecords(bench.test.database, tenant, 0))[0]?.answers ?? 0
      })
      .toBeGreaterThanOrEqual(4)
    expect(bench.fresh.requests.length).toBeGreaterThanOrEqual(4)
    const [record] = await shadowRecords(bench.test.database, tenant, 0)
    expect(record).toMatchObject({ profileId: bench.profile('fresh') })
    expect(record?.claims).toBeGreaterThan(0)
    // Nowhere in the database in clear, whoever asks for what: not as a brief, not in a history, not in the ledger.
    for (const { name } of await listBackupTables(bench.test.database)) {
      const rows = await bench.test.database.query(
        `select from ${name} t where t::text like '%Quokkas%' limit 1`,
      )
      expect([name, rows.length]).toEqual([name, 0])
    }
    const shown = await bench.test.database.query<{ model: string }>(
      `select distinct brief -> 'origin' ->> 'model' as model from briefs where origin = 'model'`,
    )
    expect(shown).toEqual([{ model: 'house' }])
  })

  it('is held against what people decided', async () => {
    await bench.test.database.query(
      `update cases set verdict = 'true_positive', verdict_by = 'ann', verdict_ms = last_seen_ms, status = 'closed'`,
    )
    const [record] = await shadowRecords(bench.test.database, tenant, 0)
    expect(record?.decided).toBeGreaterThanOrEqual(4)
    expect(record?.shadowRight).toBe(record?.decided)
  })

  it('answers its share as a canary, shown like any other', async () => {
    await bench.move('fresh', 'canary', 'alice')
    const shown = new Set<string>()
    await expect.poll(async () => shown.add(await bench.newCase()).size).toBe(2)
    expect([...shown].sort()).toEqual(['fresh', 'house'])
  })

  it('that begins to fail costs no case its brief, and is taken out by itself', async () => {
    bench.fresh.always({ kind: 'status', status: 500 })
    const failedBefore = bench.fresh.requests.length
    await expect
      .poll(
        async () => {
          // The one in use answers in its place.
          expect(await bench.newCase()).toBe('house')
          return (await watchProfiles(bench.parts, tenant)).map(({ done }) => done)
        },
        { timeout: 180_000 },
      )
      .toEqual(['demoted'])
    expect(bench.fresh.requests.length).toBeGreaterThan(failedBefore)
    expect(await bench.stateOf('fresh')).toBe('shadow')
    const [last] = await listMoves(bench.test.database, tenant, 1, bench.profile('fresh'))
    expect(last).toMatchObject({ byId: null, reason: expect.stringContaining('failed or broke the schema') })
    const [notice] = await bench.test.database.query<{ count: number }>(
      `select count(*) as count from model_moves where by_id is null and reason like 'by itself: %'`,
    )
    expect(notice?.count).toBe(1)
  })

  it('in use, and rolled back, gives way to the earlier one in well under a minute', async () => {
    bench.fresh.always({ kind: 'answer', text: prompt => citingAnswer(prompt) })
    await bench.move('fresh', 'canary', 'alice')
    await expect(
      bench.move('fresh', 'active', 'alice', { replaces: bench.profile('house') }),
    ).rejects.toThrow(/second person/)
    await bench.move('fresh', 'active', 'bob', { replaces: bench.profile('house') })
    await expect.poll(bench.newCase).toBe('fresh')
    expect(
      await rollBack(bench.parts, {
        tenant,
        profileId: bench.profile('fresh'),
        by: 'carol',
        reason: 'it invents',
      }),
    ).toBe(bench.profile('house'))
    aheadMs += 6_000 // Every process reads the states anew after five seconds.
    expect(await bench.newCase()).toBe('house')
    expect([await bench.stateOf('fresh'), await bench.stateOf('house')]).toEqual(['shadow', 'active'])
  })
})
