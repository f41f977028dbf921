import { describe, expect, it } from 'vitest'
import { gateBench } from '../../../test/support/gate-bench.ts'
import { openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { listMoves, setProfileState } from '../../store/model-profiles.ts'
import { insertShadowBrief } from '../../store/shadow-briefs.ts'
import { keepRecord } from '../keep-record.ts'
import { gateSetting } from './gate-settings.ts'
import { rollBack } from './move-profile.ts'
import { watchProfiles } from './watch-profiles.ts'

const bench = gateBench()
const { tenant, set, stateOf, move, register, evaluated, called, decidedAgainst } = bench
const dayMs = 86_400_000
const open = { enforced: true, suites: {}, shadowAnswers: 0 }

describe('the way up', () => {
  it('goes one step at a time, by named people, and a second one at the end', async () => {
    await set(open)
    const id = await register('m')
    await expect(move(id, 'active', 'alice')).rejects.toMatchObject({ code: 'conflict' })
    await expect(move(id, 'shadow', null)).rejects.toMatchObject({ code: 'forbidden' })
    await move(id, 'shadow', 'alice')
    await move(id, 'canary', 'alice')
    await expect(move(id, 'active', 'alice')).rejects.toThrow(/second person/)
    await move(id, 'active', 'bob')
    const log = await listMoves(bench.database, tenant, 10, id)
    expect(log.map(({ to, byId }) => [to, byId])).toEqual([
      ['active', 'bob'],
      ['canary', 'alice'],
      ['shadow', 'alice'],
      ['candidate', null],
    ])
    const last = await openDatabaseLedger(bench.database, bench.clock).last()
    expect(last).toMatchObject({ kind: 'config-change', actor: 'user:bob', subject: id })
  })

  it('takes a passed evaluation of exactly this profile, young enough, in every task', async () => {
    await set({ ...open, suites: { triage: 0.7 } })
    const id = await register('m')
    const other = await register('n')
    await move(id, 'shadow', 'alice')
    const canary = () => move(id, 'canary', 'alice')
    await expect(canary()).rejects.toThrow(/has not been run/)
    await evaluated(other, 'triage', 0.9)
    await expect(canary()).rejects.toThrow(/has not been run/)
    await evaluated(id, 'triage', 0.95, bench.clock.now() - 91 * dayMs)
    await expect(canary()).rejects.toThrow(/91 days old/)
    await evaluated(id, 'triage', 0.69, bench.clock.now() - 2)
    await expect(canary()).rejects.toThrow(/lower bound 0.69/)
    await evaluated(id, 'triage', 0.9, bench.clock.now() - 1, { triage: 0.3 })
    await expect(canary()).rejects.toThrow(/task triage scores 0.30/)
    await evaluated(id, 'triage', 0.71)
    await canary()
  })

  it('takes enough real cases in the shadow, with claims that held, and no worse verdicts than those in use', async () => {
    await set({ ...open, shadowAnswers: 8 })
    const id = await register('m')
    await move(id, 'shadow', 'alice')
    const answer = async (number: number, verdict: string, struck: number) => {
      await bench.database.query(
        `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
           created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, verdict)
         values ('default', $1, 't', 0, 5, 1, 1, 1, 1, 1, 1, 1, '{}', '{}', '{}', '{}', '{}', 'true_positive') on conflict do nothing`,
        [`case-${number}`],
      )
      await insertShadowBrief(bench.database, tenant, {
        id: bench.parts.ids.next('shadow'),
        caseId: `case-${number}`,
        revision: 1,
        profileId: id,
        status: 'answered',
        verdict,
        confidence: 0.9,
        shownVerdict: 'true_positive',
        claims: 5,
        struck,
        costUsd: 0,
        latencyMs: 1,
        atMs: bench.clock.now(),
      })
    }
    await expect(move(id, 'canary', 'alice')).rejects.toThrow(/0 real cases answered/)
    for (let number = 0; number < 8; number++) await answer(number, 'false_positive', 3)
    await expect(move(id, 'canary', 'alice')).rejects.toThrow(
      /40 % of 40 claims.*right on 0 of 8 decided cases, the one in use on 8/s,
    )
    await bench.database.query('truncate shadow_briefs')
    for (let number = 0; number < 8; number++) await answer(number, 'true_positive', 0)
    await move(id, 'canary', 'alice')
  })

  it('takes a reviewed supplier for a model that is not local', async () => {
    await set(open)
    const id = await register('m', 'contracted')
    await expect(move(id, 'shadow', 'alice')).rejects.toThrow(/not in the supplier register/)
    const supplier = {
      name: 'A provider',
      provider: 'openai',
      licence: 'proprietary',
      terms: 'DPA of 2026',
      region: 'EU',
      retention: '30 days',
      trainingUse: 'no',
      zone: 'contracted',
      reviewDue: '2026-05-01',
      notes: '',
    }
    const record = await keepRecord(
      bench.parts,
      tenant,
      { kind: 'supplier', content: supplier, before: 0 },
      'carol',
    )
    await expect(move(id, 'shadow', 'alice')).rejects.toThrow(/31 days overdue/)
    const renewed = {
      kind: 'supplier',
      id: record,
      content: { ...supplier, reviewDue: '2027-05-01' },
      before: 1,
    } as const
    await keepRecord(bench.parts, tenant, renewed, 'carol')
    await move(id, 'shadow', 'alice')
    await expect(keepRecord(bench.parts, tenant, renewed, 'dora')).rejects.toMatchObject({ code: 'conflict' })
    const wrong = { ...supplier, trainingUse: 'sometimes' }
    await expect(
      keepRecord(bench.parts, tenant, { kind: 'supplier', content: wrong, before: 0 }, 'carol'),
    ).rejects.toThrow(/trainingUse/)
  })
})

describe('the way down', () => {
  /** An active profile, and the one whose place it took. */
  async function replaced() {
    const before = await register('before')
    await set(open)
    const after = await register('after')
    await move(after, 'shadow', 'alice')
    await move(after, 'canary', 'alice')
    await move(after, 'active', 'bob', { replaces: before })
    return { before, after }
  }

  it('a rollback brings back what was replaced, in one step', async () => {
    const { before, after } = await replaced()
    expect(await stateOf(before)).toBe('retired')
    expect(await rollBack(bench.parts, { tenant, profileId: after, by: 'carol', reason: 'worse' })).toBe(
      before,
    )
    expect([await stateOf(before), await stateOf(after)]).toEqual(['active', 'shadow'])
    expect(
      await rollBack(bench.parts, { tenant, profileId: before, by: 'carol', reason: 'again' }),
    ).toBeUndefined()
  })

  const bad = [
    { name: 'fails', status: 'failed', ms: 1000, costUsd: 0, why: /100 % of 20 calls failed/ },
    { name: 'breaks the schema', status: 'invalid', ms: 1000, costUsd: 0, why: /failed or broke the schema/ },
    { name: 'is not borne out', status: 'unsupported', ms: 1000, costUsd: 0, why: /not borne out/ },
    { name: 'is slow', status: 'answered', ms: 200_000, costUsd: 0, why: /longer than 200 s/ },
    { name: 'is dear', status: 'answered', ms: 1000, costUsd: 2, why: /cost 2.000 US dollars/ },
  ] as const
  it.each(bad)(
    'a canary that $name goes back into the shadow by itself, and says why',
    async ({ status, ms, costUsd, why }) => {
      const id = await register('m')
      await setProfileState(bench.database, tenant, id, 'canary', bench.clock.now())
      for (let call = 0; call < 19; call++) await called(id, 'canary', status, ms, costUsd)
      bench.clock.advance(3_600_000)
      expect(await watchProfiles(bench.parts, tenant)).toEqual([])
      await called(id, 'canary', status, ms, costUsd)
      bench.clock.advance(300_000)
      expect(await watchProfiles(bench.parts, tenant)).toMatchObject([{ profileId: id, done: 'demoted' }])
      expect(await stateOf(id)).toBe('shadow')
      const [log] = await listMoves(bench.database, tenant, 1, id)
      expect(log).toMatchObject({ byId: null })
      expect(log?.reason).toMatch(why)
    },
  )

  it('an active one is rolled back by itself under enforced gates, and only told of without', async () => {
    const { before, after } = await replaced()
    for (let call = 0; call < 20; call++) await called(after, 'active', 'failed')
    bench.clock.advance(3_600_000)
    await set({ ...open, enforced: false })
    expect(await watchProfiles(bench.parts, tenant)).toMatchObject([{ done: null }])
    expect(await stateOf(after)).toBe('active')
    await set(open)
    expect(await watchProfiles(bench.parts, tenant)).toMatchObject([{ done: 'rolled-back' }])
    expect([await stateOf(before), await stateOf(after)]).toEqual(['active', 'shadow'])
  })

  it('an active one that is slow or dear brings back no model of a laxer zone, of no known supplier or that a person moved since', async () => {
    const replaced = async (name: string, zone: string) => {
      await set({ ...open, enforced: false })
      const before = await register(`${name} before`, zone)
      await set(open)
      const after = await register(name)
      await move(after, 'shadow', 'alice')
      await move(after, 'canary', 'alice')
      await move(after, 'active', 'bob', { replaces: before })
      for (let call = 0; call < 20; call++) await called(after, 'active', 'answered', 200_000)
      return { before, after }
    }
    const lax = await replaced('a', 'public')
    const moved = await replaced('b', 'local')
    await move(moved.before, 'candidate', 'alice')
    await move(moved.before, 'retired', 'alice')
    bench.clock.advance(3_600_000)
    expect(await watchProfiles(bench.parts, tenant)).toMatchObject([{ done: 'demoted' }, { done: 'demoted' }])
    for (const { before, after } of [lax, moved])
      expect([await stateOf(before), await stateOf(after)]).toEqual(['retired', 'shadow'])
  })

  it('a model that no longer passes an evaluation of its gate is taken out by itself', async () => {
    const id = await register('m')
    await set({ ...open, suites: { triage: 0.7 } })
    await evaluated(id, 'triage', 0.2) // Of before it came into use.
    bench.clock.advance(1000)
    await setProfileState(bench.database, tenant, id, 'active', bench.clock.now())
    bench.clock.advance(1000)
    await evaluated(id, 'mail', 0.1) // No gate asks for it.
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
    await evaluated(id, 'triage', 0.75)
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
    bench.clock.advance(1000)
    await evaluated(id, 'triage', 0.6)
    expect(await watchProfiles(bench.parts, tenant, { regression: false })).toEqual([])
    expect(await watchProfiles(bench.parts, tenant)).toMatchObject([
      {
        profileId: id,
        done: 'demoted',
        why: 'it does not pass evaluation triage any more: lower bound 0.60, least 0.70',
      },
    ])
    expect(await stateOf(id)).toBe('shadow')
  })

  it('a model that people contradict more than the one before it gives way to that one by itself', async () => {
    const before = await register('before')
    await set({ ...open, limits: { ...gateSetting.initial.limits, leastCalls: 1000 } })
    await decidedAgainst(before, 40, 3)
    bench.clock.advance(20 * dayMs)
    const after = await register('after')
    await move(after, 'shadow', 'alice')
    await move(after, 'canary', 'alice')
    await move(after, 'active', 'bob', { replaces: before })
    bench.clock.advance(dayMs)
    // Too few, however bad; then enough, and no worse than the one before.
    await decidedAgainst(after, 19, 4)
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
    await decidedAgainst(after, 11, 0)
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
    await decidedAgainst(after, 20, 14)
    expect(await watchProfiles(bench.parts, tenant)).toMatchObject([
      {
        profileId: after,
        done: 'rolled-back',
        why: expect.stringMatching(
          /otherwise than 36 % of 50 of its verdicts, than 8 % of 40 of those before/,
        ),
      },
    ])
    expect([await stateOf(before), await stateOf(after)]).toEqual(['active', 'shadow'])
    // What came back is not blamed for what the other one said.
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
  })

  it('does not judge a model by calls from before its last change of state', async () => {
    const id = await register('m')
    for (let call = 0; call < 20; call++) await called(id, 'canary', 'failed')
    bench.clock.advance(60_000)
    await setProfileState(bench.database, tenant, id, 'canary', bench.clock.now())
    expect(await watchProfiles(bench.parts, tenant)).toEqual([])
  })
})
