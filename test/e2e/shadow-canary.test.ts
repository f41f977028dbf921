import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { investigateJob, modelBriefJob, shadowBriefJob } from '../../src/domain/job-kinds.ts'
import { modelSelectionSchema } from '../../src/domain/model-selection.ts'
import type { ModelState } from '../../src/domain/model-state.ts'
import { type GateSettings, gateSetting } from '../../src/governance/model-gates/gate-settings.ts'
import { moveProfile, rollBack } from '../../src/governance/model-gates/move-profile.ts'
import { watchProfiles } from '../../src/governance/model-gates/watch-profiles.ts'
import { changeSetting } from '../../src/governance/setting.ts'
import { handleInvestigate, handleModelBrief } from '../../src/investigate/investigation-jobs.ts'
import { handleShadowBrief } from '../../src/investigate/shadow-brief.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { openModelsOnline } from '../../src/main/open-models-for.ts'
import { shadowProfiles } from '../../src/main/route-models.ts'
import { claim, complete } from '../../src/queue/jobs.ts'
import { listBackupTables } from '../../src/store/backup-tables.ts'
import { listMoves, listProfiles } from '../../src/store/model-profiles.ts'
import { shadowRecords } from '../../src/store/shadow-briefs.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { newIngest } from '../support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { intrusion } from '../support/sample-alerts.ts'

// The life of a model from the shadow to use and back, with two models that answer over their real wire protocol, and the jobs
// that a worker runs. The tests build on each other.

const tenant = 'default'
const shadowWords = 'Quokkas were seen near the server room.'
const signal = AbortSignal.timeout(400_000)
let test: TestDatabase
let folder: string
let house: ProviderServer
let fresh: ProviderServer
let models: Awaited<ReturnType<typeof openModelsOnline>>
let parts: {
  database: TestDatabase['database']
  clock: typeof systemClock
  ids: ReturnType<typeof randomIds>
}
let take: ReturnType<typeof newIngest>

const model = (name: string, url: string) =>
  `  - { name: ${name}, provider: openai-compatible, model: ${name}-1, zone: contracted, baseUrl: '${url}/v1', plainHttp: true, addresses: [127.0.0.1/32], key: { env: TOCSIN_STUB_KEY }, timeoutMs: 20000 }\n`
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
  vi.stubEnv('TOCSIN_STUB_KEY', 'test-key')
  ;[test, house, fresh] = await Promise.all([
    openTestDatabase(),
    startProviderServer(openaiCompatible, 'test-key'),
    startProviderServer(openaiCompatible, 'test-key'),
  ])
  folder = await mkdtemp(join(tmpdir(), 'tocsin-shadow-'))
  const modelsFile = join(folder, 'models.yaml')
  await writeFile(modelsFile, `models:\n${model('house', house.url)}${model('fresh', fresh.url)}`)
  parts = { database: test.database, clock: systemClock, ids: randomIds() }
  models = await openModelsOnline({ ...readConfig(), dataDir: folder, modelsFile }, { ...parts, tenant })
  take = newIngest(test.database, systemClock)
  house.always({ kind: 'answer', text: prompt => citingAnswer(prompt) })
  fresh.always({ kind: 'answer', text: prompt => citingAnswer(prompt, [shadowWords]) })
  const supplier = {
    name: 'x',
    provider: 'openai-compatible',
    licence: '',
    terms: '',
    region: '',
    retention: '',
  }
  await test.database.query(
    `insert into governance_records values ($1, 'supplier-1', 'supplier', $2, 1, 'carol', 1, 'carol', 1)`,
    [
      tenant,
      JSON.stringify({
        ...supplier,
        trainingUse: 'no',
        zone: 'contracted',
        reviewDue: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10),
        notes: '',
      }),
    ],
  )
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await models?.close()
  await Promise.all([house?.close(), fresh?.close(), test?.close()])
  await rm(folder, { recursive: true, force: true })
})

const profile = (name: string) => models.profileIds.get(name) ?? ''
const stateOf = async (name: string) =>
  (await listProfiles(test.database, tenant)).find(({ id }) => id === profile(name))?.state
const move = (name: string, to: ModelState, by: string, more: object = {}) =>
  moveProfile(parts, { tenant, profileId: profile(name), to, by, reason: 'a test', ...more })

/** Does what a worker does, until nothing is left to do. */
async function work(): Promise<void> {
  const investigation = {
    ...parts,
    lookUpAgents: async () => [],
    ask: models.ask,
    selection: modelSelectionSchema.parse({ minLevel: 3 }),
    publishes: false,
    slaMinutes: [1440, 480, 120, 30],
    shadows: (of: string) => shadowProfiles(test.database, of, models.profileIds),
  }
  const handlers = {
    [investigateJob]: handleInvestigate,
    [modelBriefJob]: handleModelBrief,
    [shadowBriefJob]: handleShadowBrief,
  }
  for (let idle = false; !idle; ) {
    idle = true
    for (const [kind, handle] of Object.entries(handlers)) {
      const jobs = await claim(test.database, kind, { limit: 5, leaseMs: 300_000, nowMs: systemClock.now() })
      for (const job of jobs) {
        idle = false
        await handle(investigation, job, signal)
        await complete(test.database, [job])
      }
    }
  }
}

let hosts = 0
/** A new case of an intrusion; returns which model's brief people are shown for it. */
async function newCase(): Promise<string> {
  hosts += 1
  const host = `web-${hosts}`
  const lines = intrusion(systemClock.now() - hosts * 7_200_000, host, `203.0.113.${hosts}`)
  await take(lines.split('\n').filter(line => line !== ''))
  await work()
  const [row] = await test.database.query<{ id: string; model: string | null }>(
    `select c.id, b.brief -> 'origin' ->> 'model' as model from cases c
     left join briefs b on b.tenant_id = c.tenant_id and b.case_id = c.id and b.origin = 'model'
     where $1 = any(c.hosts) order by b.created_ms desc nulls last limit 1`,
    [host],
  )
  return row?.model ?? `none for ${row?.id}`
}

describe('a new model beside the one in use', () => {
  it('is asked about real cases in the shadow, and nobody is shown a word of it', async () => {
    await move('fresh', 'shadow', 'alice')
    await changeSetting(test.database, tenant, gateSetting, gates, 'admin', systemClock.now())
    await expect.poll(newCase, { timeout: 60_000 }).toBe('house')
    await expect
      .poll(
        async () => {
          await newCase()
          return (await shadowRecords(test.database, tenant, 0))[0]?.answers ?? 0
        },
        { timeout: 120_000 },
      )
      .toBeGreaterThanOrEqual(4)
    expect(fresh.requests.length).toBeGreaterThanOrEqual(4)
    const [record] = await shadowRecords(test.database, tenant, 0)
    expect(record).toMatchObject({ profileId: profile('fresh') })
    expect(record?.claims).toBeGreaterThan(0)
    // Nowhere in the database in clear, whoever asks for what: not as a brief, not in a history, not in the ledger.
    for (const { name } of await listBackupTables(test.database)) {
      const rows = await test.database.query(`select from ${name} t where t::text like '%Quokkas%' limit 1`)
      expect([name, rows.length]).toEqual([name, 0])
    }
    const shown = await test.database.query<{ model: string }>(
      `select distinct brief -> 'origin' ->> 'model' as model from briefs where origin = 'model'`,
    )
    expect(shown).toEqual([{ model: 'house' }])
  })

  it('is held against what people decided', async () => {
    await test.database.query(
      `update cases set verdict = 'true_positive', verdict_by = 'ann', verdict_ms = last_seen_ms, status = 'closed'`,
    )
    const [record] = await shadowRecords(test.database, tenant, 0)
    expect(record?.decided).toBeGreaterThanOrEqual(4)
    expect(record?.shadowRight).toBe(record?.decided)
  })

  it('answers its share as a canary, shown like any other', async () => {
    await move('fresh', 'canary', 'alice')
    const shown = new Set<string>()
    await expect.poll(async () => shown.add(await newCase()).size, { timeout: 120_000 }).toBe(2)
    expect([...shown].sort()).toEqual(['fresh', 'house'])
  })

  it('that begins to fail costs no case its brief, and is taken out by itself', async () => {
    fresh.always({ kind: 'status', status: 500 })
    const failedBefore = fresh.requests.length
    await expect
      .poll(
        async () => {
          // The one in use answers in its place.
          expect(await newCase()).toBe('house')
          return (await watchProfiles(parts, tenant)).map(({ done }) => done)
        },
        { timeout: 180_000 },
      )
      .toEqual(['demoted'])
    expect(fresh.requests.length).toBeGreaterThan(failedBefore)
    expect(await stateOf('fresh')).toBe('shadow')
    const [last] = await listMoves(test.database, tenant, 1, profile('fresh'))
    expect(last).toMatchObject({ byId: null, reason: expect.stringContaining('failed or broke the schema') })
    const [notice] = await test.database.query<{ count: number }>(
      `select count(*) as count from model_moves where by_id is null and reason like 'by itself: %'`,
    )
    expect(notice?.count).toBe(1)
  })

  it('in use, and rolled back, gives way to the earlier one in well under a minute', async () => {
    fresh.always({ kind: 'answer', text: prompt => citingAnswer(prompt) })
    await move('fresh', 'canary', 'alice')
    await expect(move('fresh', 'active', 'alice', { replaces: profile('house') })).rejects.toThrow(
      /second person/,
    )
    await move('fresh', 'active', 'bob', { replaces: profile('house') })
    await expect.poll(newCase, { timeout: 120_000 }).toBe('fresh')
    const startMs = performance.now()
    expect(
      await rollBack(parts, { tenant, profileId: profile('fresh'), by: 'carol', reason: 'it invents' }),
    ).toBe(profile('house'))
    await expect.poll(newCase, { timeout: 60_000 }).toBe('house')
    // The requirement, not a measure of speed: every process reads the states anew after five seconds.
    expect(performance.now() - startMs).toBeLessThan(60_000)
    expect([await stateOf('fresh'), await stateOf('house')]).toEqual(['shadow', 'active'])
  })
}, 400_000)
