import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { investigateJob, modelBriefJob, shadowBriefJob } from '../../src/domain/job-kinds.ts'
import { modelSelectionSchema } from '../../src/domain/model-selection.ts'
import type { ModelState } from '../../src/domain/model-state.ts'
import { moveProfile } from '../../src/governance/model-gates/move-profile.ts'
import { handleInvestigate, handleModelBrief } from '../../src/investigate/investigation-jobs.ts'
import { handleShadowBrief } from '../../src/investigate/shadow-brief.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { openModelsOnline } from '../../src/main/open-models-for.ts'
import { shadowProfiles } from '../../src/main/route-models.ts'
import { storeCatalogue } from '../../src/main/stored-knowledge.ts'
import { claim, complete } from '../../src/queue/jobs.ts'
import { listProfiles } from '../../src/store/model-profiles.ts'
import { newIngest } from './new-ingest.ts'
import { openTestDatabase } from './postgres.ts'
import { openaiCompatible } from './provider-servers/chat-completions.ts'
import { startProviderServer } from './provider-servers/start-server.ts'
import { intrusion } from './sample-alerts.ts'

const tenant = 'default'
const key = 'test-key'

/**
 * Two models, `house` and `fresh`, of a reviewed supplier, that answer over their real wire protocol, with a database and
 * the jobs that a worker runs. Both start active; what they answer is up to the test. `imported`: knowledge that was imported
 * before the start.
 */
export async function startGatedModels(clock: Clock, imported: Parameters<typeof storeCatalogue>[1][] = []) {
  vi.stubEnv('TOCSIN_STUB_KEY', key)
  const [test, house, fresh] = await Promise.all([
    openTestDatabase(),
    startProviderServer(openaiCompatible, key),
    startProviderServer(openaiCompatible, key),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-gated-'))
  const modelsFile = join(folder, 'models.yaml')
  const prices = ['house', 'fresh'].map(name => `  ${name}-1: { inputUsd: 1, outputUsd: 15 }\n`).join('')
  await writeFile(
    modelsFile,
    `models:\n${settingsOf('house', house.url)}${settingsOf('fresh', fresh.url)}prices:\n${prices}`,
  )
  for (const catalogue of imported) await storeCatalogue(folder, catalogue)
  const parts = { database: test.database, clock, ids: randomIds() }
  const config = { ...readConfig(), dataDir: folder, modelsFile }
  const models = await openModelsOnline(config, { ...parts, tenant })
  await keepSupplier(test.database, clock)
  const profile = (name: string) => models.profileIds.get(name) ?? ''
  const take = newIngest(test.database, clock)
  let hosts = 0

  /** Does what a worker does, until nothing is left to do. */
  async function work(): Promise<void> {
    const investigation = {
      ...parts,
      lookUpAgents: async () => [],
      ask: models.ask,
      selection: modelSelectionSchema.parse({ minLevel: 3 }),
      publishes: () => false,
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
        const jobs = await claim(test.database, kind, { limit: 5, leaseMs: 300_000, nowMs: clock.now() })
        for (const job of jobs) {
          idle = false
          await handle(investigation, job, AbortSignal.timeout(300_000))
          await complete(test.database, [job])
        }
      }
    }
  }

  return {
    test,
    config,
    house,
    fresh,
    parts,
    profile,
    stateOf: async (name: string) =>
      (await listProfiles(test.database, tenant)).find(({ id }) => id === profile(name))?.state,
    move: (name: string, to: ModelState, by: string, more: object = {}) =>
      moveProfile(parts, { tenant, profileId: profile(name), to, by, reason: 'a test', ...more }),
    /** A new case of an intrusion; returns which model's brief people are shown for it. */
    async newCase(): Promise<string> {
      hosts += 1
      const host = `web-${hosts}`
      const lines = intrusion(clock.now() - hosts * 7_200_000, host, `203.0.113.${hosts}`)
      await take(lines.split('\n').filter(line => line !== ''))
      await work()
      const [row] = await test.database.query<{ id: string; model: string | null }>(
        `select c.id, b.brief -> 'origin' ->> 'model' as model from cases c
         left join briefs b on b.tenant_id = c.tenant_id and b.case_id = c.id and b.origin = 'model'
         where $1 = any(c.hosts) order by b.created_ms desc nulls last limit 1`,
        [host],
      )
      return row?.model ?? `none for ${row?.id}`
    },
    async close(): Promise<void> {
      vi.unstubAllEnvs()
      await models.close()
      await Promise.all([house.close(), fresh.close(), test.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const settingsOf = (name: string, url: string) =>
  `  - { name: ${name}, provider: openai-compatible, model: ${name}-1, zone: contracted, baseUrl: '${url}/v1', plainHttp: true, addresses: [127.0.0.1/32], key: { env: TOCSIN_STUB_KEY }, timeoutMs: 20000 }\n`

async function keepSupplier(
  database: Awaited<ReturnType<typeof openTestDatabase>>['database'],
  clock: Clock,
): Promise<void> {
  const terms = { licence: '', terms: '', region: '', retention: '', trainingUse: 'no', notes: '' }
  const reviewDue = new Date(clock.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  const supplier = { name: 'x', provider: 'openai-compatible', zone: 'contracted', ...terms, reviewDue }
  await database.query(
    `insert into governance_records values ($1, 'supplier-1', 'supplier', $2, 1, 'carol', 1, 'carol', 1)`,
    [tenant, JSON.stringify(supplier)],
  )
}
