import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { openaiCompatible } from '../../test/support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../../test/support/provider-servers/start-server.ts'
import { badModel, strongModel } from '../../test/support/suite-models.ts'
import { runCli } from '../cli.ts'
import { readConfig } from '../config.ts'
import { gateSetting } from '../governance/model-gates/gate-settings.ts'
import { readGate } from '../governance/model-gates/move-profile.ts'
import { registerProfiles } from '../governance/model-gates/register-profiles.ts'
import { changeSetting } from '../governance/setting.ts'
import { systemClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { configuredProfiles } from '../main/model-profiles.ts'
import { readModelSettings } from '../main/open-models.ts'
import { readPolicyFile } from '../main/open-models-for.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import { listProfiles } from '../store/model-profiles.ts'

// Every suite that is shipped, with a model that knows the answers and one that is wrong, over the real wire protocol; their
// runs recorded, signed, and read by the gate that lets models into use.

const tenant = 'default'
/** Suites that a model answers, with the least lower bound that a gate asks for here. */
const asked = { triage: 0.9, summary: 0.9, injection: 0.9, chat: 0.9, mail: 0.9, rule: 0.9 } as const
const byCode = ['attack', 'intel', 'leakage'] as const

let folder: string
let test: TestDatabase
const servers = new Map<string, ProviderServer>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-suites-'))
  test = await openTestDatabase()
  for (const [name, behave] of [
    ['strong', strongModel()],
    ['bad', badModel()],
  ] as const) {
    const server = await startProviderServer(openaiCompatible, 'test-key')
    server.always(behave)
    servers.set(name, server)
  }
  const models = [...servers].map(
    ([name, { url }]) =>
      `  - { name: ${name}, provider: openai-compatible, model: ${name}-1, zone: local, baseUrl: '${url}/v1', plainHttp: true, addresses: [127.0.0.1/32], key: { env: TOCSIN_STUB_KEY } }\n`,
  )
  await writeFile(join(folder, 'models.yaml'), `models:\n${models.join('')}`)
  const { host, port, user, password, database } = test.connection as Record<string, string>
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  vi.stubEnv(
    'DATABASE_URL',
    `postgres://${user}${secret}@localhost:${port ?? 5432}/${database}?host=${encodeURIComponent(host ?? '')}`,
  )
  vi.stubEnv('TOCSIN_DATA', folder)
  vi.stubEnv('TOCSIN_MODELS', join(folder, 'models.yaml'))
  vi.stubEnv('TOCSIN_STUB_KEY', 'test-key')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([...servers.values()].map(server => server.close()))
  await test.close()
  await rm(folder, { recursive: true, force: true })
})

async function run(suite: string, model: string) {
  let stdout = ''
  let stderr = ''
  const code = await runCli(['eval', 'run', suite, '--model', model, '--record'], {
    stdin: Readable.from([]),
    stdout: text => {
      stdout += text
    },
    stderr: text => {
      stderr += text
    },
    signal: AbortSignal.timeout(400_000),
  })
  const records = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  return { code, stderr, items: records.slice(0, -1), summary: records.at(-1) }
}

describe('every suite that is shipped', () => {
  it.each(Object.keys(asked))('%s: a strong model is right, and a bad one is not', async suite => {
    const strong = await run(suite, 'strong')
    const wrong = strong.items.filter(({ score }) => score < 1)
    expect([wrong, strong.code, strong.stderr]).toEqual([[], 0, expect.stringMatching(/recorded as run/)])
    expect(strong.summary.ci95.score_model).toEqual([1, 1])
    expect(strong.summary.metrics.score_deterministic).toBeUndefined()
    const bad = await run(suite, 'bad')
    expect(bad.summary.metrics.score, JSON.stringify(bad.items.slice(0, 3))).toBeLessThan(0.2)
  })

  it.each(byCode)('%s is answered by code, whichever model is named: it lets none into use', async suite => {
    const before = [...servers.values()].map(({ requests }) => requests.length)
    const { code, summary } = await run(suite, 'strong')
    expect(code).toBe(0)
    expect(summary.metrics.score_model).toBeUndefined()
    expect(summary.metrics.score).toBe(summary.metrics.score_deterministic)
    expect([...servers.values()].map(({ requests }) => requests.length)).toEqual(before)
  })

  it('rule: the strong model mended what running its first draft showed', () => {
    const sent = servers.get('strong')?.requests.map(({ body }) => JSON.stringify(body.messages)) ?? []
    expect(sent.filter(text => text.includes('did not fire')).length).toBeGreaterThanOrEqual(5)
  })

  it('the gate passes the strong one in each, and no other; a suite by code passes nobody', async () => {
    const config = readConfig()
    const configured = configuredProfiles(
      await readModelSettings(config.modelsFile),
      await readPolicyFile(config),
      storedAttack(config.dataDir).versions,
    )
    const parts = { database: test.database, clock: systemClock, ids: randomIds() }
    const gates = {
      ...gateSetting.initial,
      enforced: true,
      suites: { ...asked, attack: 0.5 },
      shadowAnswers: 0,
    }
    await changeSetting(test.database, tenant, gateSetting, gates, 'admin', systemClock.now())
    const ids = await registerProfiles(parts, tenant, configured)
    const gateOf = async (name: string) => {
      const found = (await listProfiles(test.database, tenant)).find(({ id }) => id === ids.get(name))
      if (found === undefined) throw new Error(`there is no profile of ${name}`)
      const shadow = { ...found, state: 'shadow' as const }
      const checks = await readGate(test.database, systemClock, tenant, shadow, 'canary', 'alice')
      return new Map(checks.map(check => [check.name, check.passed]))
    }
    const [strong, bad] = [await gateOf('strong'), await gateOf('bad')]
    for (const suite of Object.keys(asked))
      expect([suite, strong.get(`evaluation ${suite}`), bad.get(`evaluation ${suite}`)]).toEqual([
        suite,
        true,
        false,
      ])
    expect(strong.get('evaluation attack')).toBe(false)
  })
})
