import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/postgres.ts'
import type { ModelState } from '../../domain/model-state.ts'
import { appendEntries, openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { fixedClock } from '../../lib/clock.ts'
import { countingIds, randomIds } from '../../lib/ids.ts'
import { insertRun } from '../../store/evaluation-runs.ts'
import { listMoves, listProfiles, type ProfileContent, setProfileState } from '../../store/model-profiles.ts'
import { insertShadowBrief } from '../../store/shadow-briefs.ts'
import { keepRecord } from '../keep-record.ts'
import { changeSetting } from '../setting.ts'
import { chooseProfiles } from './choose-profile.ts'
import { type GateSettings, gateSetting } from './gate-settings.ts'
import { type GateParts, moveProfile, rollBack } from './move-profile.ts'
import { profileIdOf, registerProfiles, whatChanged } from './register-profiles.ts'
import { watchProfiles } from './watch-profiles.ts'

const tenant = 'default'
const dayMs = 86_400_000
let test: TestDatabase
let clock: ReturnType<typeof fixedClock>
let parts: GateParts

const content = (model: string, zone = 'local', more: Partial<ProfileContent> = {}): ProfileContent => ({
  provider: 'openai',
  model,
  zone,
  settings: { temperature: 0 },
  prompts: { 'case-brief': 'case-brief-1' },
  policy: 'p1',
  knowledge: 'k1',
  ...more,
})
const set = (over: Partial<GateSettings>) =>
  changeSetting(test.database, tenant, gateSetting, { ...gateSetting.initial, ...over }, 'admin', clock.now())
const stateOf = async (id: string) =>
  (await listProfiles(test.database, tenant)).find(each => each.id === id)?.state
const move = (profileId: string, to: ModelState, by: string | null, more: object = {}) =>
  moveProfile(parts, { tenant, profileId, to, by, reason: 'a test', ...more })
const open = { enforced: true, suites: {}, shadowAnswers: 0 }

async function register(model: string, zone = 'local'): Promise<string> {
  const ids = await registerProfiles(parts, tenant, [{ name: model, content: content(model, zone) }])
  return ids.get(model) ?? ''
}

async function evaluated(
  profileId: string,
  suite: string,
  low: number,
  atMs = clock.now(),
  live = { triage: 0.9 },
) {
  await insertRun(test.database, tenant, {
    id: parts.ids.next('run'),
    suite,
    model: 'm',
    profileId,
    report: {
      metrics: {
        score: 0.9,
        ...Object.fromEntries(Object.entries(live).map(([task, value]) => [`live_${task}`, value])),
      },
      ci95: { score: [low, 1], score_model: [low, 1] },
    },
    document: '{}',
    signature: '',
    key: '',
    createdBy: null,
    createdMs: atMs,
  })
}

/** A call that ended so many milliseconds after it began. */
async function called(profile: string, role: string, status: string, ms = 1000, costUsd = 0.001) {
  await test.database.transaction(async sql => {
    const base = { tenant, actor: 'task:case-brief', subject: 'case-1' }
    const body = { task: 'case-brief', model: 'm', profile, role }
    const [intent] = await appendEntries(sql, [{ ...base, kind: 'model-intent', body }], clock.now())
    const end = {
      ...body,
      intent_seq: intent?.seq ?? 0,
      status,
      cost_usd: costUsd,
      input_tokens: 10,
      output_tokens: 5,
    }
    await appendEntries(sql, [{ ...base, kind: 'model-outcome', body: end }], clock.now() + ms)
  })
}

/** Cases that a profile's brief called false positives, of which people decided so many otherwise. */
async function decidedAgainst(profile: string, count: number, otherwise: number) {
  const { database } = test
  for (let n = 0; n < count; n++) {
    const id = parts.ids.next('case')
    await called(profile, 'active', 'answered')
    await database.query(
      `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
         created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, status, verdict, verdict_by, verdict_ms,
         verdict_reason)
       values ($1, $2, 'a case', 1, 5, 1, 1, $3, $3, $3, $3, $3, '{}', '{}', '{}', '{}', '{}', 'closed', $4, 'ann', $3, '')`,
      [tenant, id, clock.now(), n < otherwise ? 'true_positive' : 'false_positive'],
    )
    await database.query(
      `insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review)
       values ($1, $2, $2, 1, 'model', $3, json_build_object('verdict', 'false_positive', 'origin',
         json_build_object('kind', 'model', 'ledgerSeq', (select max(seq) from ledger))), '[]', 'waiting')`,
      [tenant, id, clock.now()],
    )
  }
}

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.query(
    `alter table ledger disable trigger all; truncate ledger, model_profiles, model_moves, evaluation_runs,
       shadow_briefs, governance_settings, governance_records, governance_record_versions, cases, briefs;
     alter table ledger enable trigger all`,
  )
  clock = fixedClock(Date.UTC(2026, 5, 1))
  parts = { database: test.database, clock, ids: randomIds() }
})

describe('a profile', () => {
  it('is exactly one combination: another model, prompt, policy or knowledge is another one', () => {
    const all = [
      content('a'),
      content('b'),
      content('a', 'public'),
      content('a', 'local', { prompts: { 'case-brief': 'case-brief-2' } }),
      content('a', 'local', { policy: 'p2' }),
      content('a', 'local', { knowledge: 'k2' }),
      content('a', 'local', { settings: { temperature: 1 } }),
    ]
    expect(new Set(all.map(profileIdOf)).size).toBe(all.length)
    expect(profileIdOf(content('a'))).toBe(profileIdOf({ ...content('a') }))
  })

  it('the change log says what makes it another one', () => {
    const changed = content('b', 'public', { prompts: { 'case-brief': 'case-brief-2', chat: 'chat-1' } })
    expect(whatChanged(content('a'), changed)).toBe(
      'prompt case-brief case-brief-1 → case-brief-2, prompt chat none → chat-1, model a → b, zone local → public',
    )
  })

  it('starts active without gates, as candidate under them; what stood under its name is retired', async () => {
    const first = await register('m')
    expect(await stateOf(first)).toBe('active')
    await set(open)
    const ids = await registerProfiles(parts, tenant, [
      { name: 'm', content: content('m', 'local', { policy: 'p2' }) },
    ])
    expect(await stateOf(ids.get('m') ?? '')).toBe('candidate')
    expect(await stateOf(first)).toBe('retired')
    const moves = await listMoves(test.database, tenant, 10)
    expect(moves.map(({ reason }) => reason).join()).toContain('m is now another combination (policy)')
    await registerProfiles(parts, tenant, [{ name: 'm', content: content('m', 'local', { policy: 'p2' }) }])
    expect(await listMoves(test.database, tenant, 10)).toEqual(moves)
  })

  it('starts as candidate where the settings enforce the gates at first, until an admin opens them', async () => {
    const start = (name: string) => registerProfiles(parts, tenant, [{ name, content: content(name) }], true)
    expect(await stateOf((await start('first')).get('first') ?? '')).toBe('candidate')
    const last = await openDatabaseLedger(test.database, clock).last()
    expect(last?.kind).toBe('config-change')
    await set({ enforced: false })
    expect(await stateOf((await start('second')).get('second') ?? '')).toBe('active')
  })

  it('is registered once when several processes start at the same moment', async () => {
    const database = test.connect()
    const configured = [{ name: 'm', content: content('m') }]
    await Promise.all([1, 2, 3].map(() => registerProfiles({ ...parts, database }, tenant, configured)))
    expect(await listMoves(test.database, tenant, 10)).toHaveLength(1)
  })
})

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
    const log = await listMoves(test.database, tenant, 10, id)
    expect(log.map(({ to, byId }) => [to, byId])).toEqual([
      ['active', 'bob'],
      ['canary', 'alice'],
      ['shadow', 'alice'],
      ['candidate', null],
    ])
    const last = await openDatabaseLedger(test.database, clock).last()
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
    await evaluated(id, 'triage', 0.95, clock.now() - 91 * dayMs)
    await expect(canary()).rejects.toThrow(/91 days old/)
    await evaluated(id, 'triage', 0.69, clock.now() - 2)
    await expect(canary()).rejects.toThrow(/lower bound 0.69/)
    await evaluated(id, 'triage', 0.9, clock.now() - 1, { triage: 0.3 })
    await expect(canary()).rejects.toThrow(/task triage scores 0.30/)
    await evaluated(id, 'triage', 0.71)
    await canary()
  })

  it('takes enough real cases in the shadow, with claims that held, and no worse verdicts than those in use', async () => {
    await set({ ...open, shadowAnswers: 8 })
    const id = await register('m')
    await move(id, 'shadow', 'alice')
    const answer = async (number: number, verdict: string, struck: number) => {
      await test.database.query(
        `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
           created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, verdict)
         values ('default', $1, 't', 0, 5, 1, 1, 1, 1, 1, 1, 1, '{}', '{}', '{}', '{}', '{}', 'true_positive') on conflict do nothing`,
        [`case-${number}`],
      )
      await insertShadowBrief(test.database, tenant, {
        id: parts.ids.next('shadow'),
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
        atMs: clock.now(),
      })
    }
    await expect(move(id, 'canary', 'alice')).rejects.toThrow(/0 real cases answered/)
    for (let number = 0; number < 8; number++) await answer(number, 'false_positive', 3)
    await expect(move(id, 'canary', 'alice')).rejects.toThrow(
      /40 % of 40 claims.*right on 0 of 8 decided cases, the one in use on 8/s,
    )
    await test.database.query('truncate shadow_briefs')
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
      parts,
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
    await keepRecord(parts, tenant, renewed, 'carol')
    await move(id, 'shadow', 'alice')
    await expect(keepRecord(parts, tenant, renewed, 'dora')).rejects.toMatchObject({ code: 'conflict' })
    const wrong = { ...supplier, trainingUse: 'sometimes' }
    await expect(
      keepRecord(parts, tenant, { kind: 'supplier', content: wrong, before: 0 }, 'carol'),
    ).rejects.toThrow(/trainingUse/)
  })
})

describe('the way down', () => {
  it('a rollback brings back what was replaced, in one step', async () => {
    const before = await register('before')
    await set(open)
    const after = await register('after')
    await move(after, 'shadow', 'alice')
    await move(after, 'canary', 'alice')
    await move(after, 'active', 'bob', { replaces: before })
    expect(await stateOf(before)).toBe('retired')
    expect(await rollBack(parts, { tenant, profileId: after, by: 'carol', reason: 'worse' })).toBe(before)
    expect([await stateOf(before), await stateOf(after)]).toEqual(['active', 'shadow'])
    expect(await rollBack(parts, { tenant, profileId: before, by: 'carol', reason: 'again' })).toBeUndefined()
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
      await setProfileState(test.database, tenant, id, 'canary', clock.now())
      for (let call = 0; call < 19; call++) await called(id, 'canary', status, ms, costUsd)
      clock.advance(3_600_000)
      expect(await watchProfiles(parts, tenant)).toEqual([])
      await called(id, 'canary', status, ms, costUsd)
      clock.advance(300_000)
      expect(await watchProfiles(parts, tenant)).toMatchObject([{ profileId: id, done: 'demoted' }])
      expect(await stateOf(id)).toBe('shadow')
      const [log] = await listMoves(test.database, tenant, 1, id)
      expect(log).toMatchObject({ byId: null })
      expect(log?.reason).toMatch(why)
    },
  )

  it('an active one is rolled back by itself under enforced gates, and only told of without', async () => {
    const before = await register('before')
    await set(open)
    const after = await register('after')
    await move(after, 'shadow', 'alice')
    await move(after, 'canary', 'alice')
    await move(after, 'active', 'bob', { replaces: before })
    for (let call = 0; call < 20; call++) await called(after, 'active', 'failed')
    clock.advance(3_600_000)
    await set({ ...open, enforced: false })
    expect(await watchProfiles(parts, tenant)).toMatchObject([{ done: null }])
    expect(await stateOf(after)).toBe('active')
    await set(open)
    expect(await watchProfiles(parts, tenant)).toMatchObject([{ done: 'rolled-back' }])
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
    clock.advance(3_600_000)
    expect(await watchProfiles(parts, tenant)).toMatchObject([{ done: 'demoted' }, { done: 'demoted' }])
    for (const { before, after } of [lax, moved])
      expect([await stateOf(before), await stateOf(after)]).toEqual(['retired', 'shadow'])
  })

  it('a model that no longer passes an evaluation of its gate is taken out by itself', async () => {
    const id = await register('m')
    await set({ ...open, suites: { triage: 0.7 } })
    await evaluated(id, 'triage', 0.2) // Of before it came into use.
    clock.advance(1000)
    await setProfileState(test.database, tenant, id, 'active', clock.now())
    clock.advance(1000)
    await evaluated(id, 'mail', 0.1) // No gate asks for it.
    expect(await watchProfiles(parts, tenant)).toEqual([])
    await evaluated(id, 'triage', 0.75)
    expect(await watchProfiles(parts, tenant)).toEqual([])
    clock.advance(1000)
    await evaluated(id, 'triage', 0.6)
    expect(await watchProfiles(parts, tenant, { regression: false })).toEqual([])
    expect(await watchProfiles(parts, tenant)).toMatchObject([
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
    clock.advance(20 * dayMs)
    const after = await register('after')
    await move(after, 'shadow', 'alice')
    await move(after, 'canary', 'alice')
    await move(after, 'active', 'bob', { replaces: before })
    clock.advance(dayMs)
    // Too few, however bad; then enough, and no worse than the one before.
    await decidedAgainst(after, 19, 4)
    expect(await watchProfiles(parts, tenant)).toEqual([])
    await decidedAgainst(after, 11, 0)
    expect(await watchProfiles(parts, tenant)).toEqual([])
    await decidedAgainst(after, 20, 14)
    expect(await watchProfiles(parts, tenant)).toMatchObject([
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
    expect(await watchProfiles(parts, tenant)).toEqual([])
  })

  it('does not judge a model by calls from before its last change of state', async () => {
    const id = await register('m')
    for (let call = 0; call < 20; call++) await called(id, 'canary', 'failed')
    clock.advance(60_000)
    await setProfileState(test.database, tenant, id, 'canary', clock.now())
    expect(await watchProfiles(parts, tenant)).toEqual([])
  })
})

describe('who is asked', () => {
  const models = [
    { name: 'a', profileId: 'pa', state: 'active' },
    { name: 'c', profileId: 'pc', state: 'canary' },
    { name: 's', profileId: 'ps', state: 'shadow' },
    { name: 'n', profileId: 'pn', state: 'candidate' },
    { name: 'r', profileId: 'pr', state: 'retired' },
  ] as const
  const ids = countingIds()
  const cases = Array.from({ length: 2000 }, () => ids.next('case'))

  it('a canary answers its share of the cases, always the same ones; nobody else is shown', () => {
    const first = cases.map(id => chooseProfiles(models, id, 10, undefined))
    const share = first.filter(chosen => chosen[0]?.name === 'c').length / cases.length
    expect(share).toBeGreaterThan(0.08)
    expect(share).toBeLessThan(0.12)
    expect(cases.map(id => chooseProfiles(models, id, 10, undefined))).toEqual(first)
    expect(new Set(first.flat().map(({ name }) => name))).toEqual(new Set(['a', 'c']))
  })

  it('a shadow is asked by its id alone, and no other can be', () => {
    expect(chooseProfiles(models, 'x', 10, 'ps')).toMatchObject([{ name: 's', role: 'shadow' }])
    for (const id of ['pa', 'pc', 'pn', 'pr', 'none']) expect(chooseProfiles(models, 'x', 10, id)).toEqual([])
  })
})
