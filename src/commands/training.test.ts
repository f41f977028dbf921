import { createPublicKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { registerProfiles } from '../governance/model-gates/register-profiles.ts'
import { changeSetting } from '../governance/setting.ts'
import { documentIsSigned } from '../governance/sign-document.ts'
import { trainingConsent } from '../governance/training/training-consent.ts'
import { type TrainingFormat, trainingFormatNames } from '../governance/training/training-formats.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { parseModelSettings } from '../llm/model-settings.ts'
import { configuredProfiles } from '../main/model-profiles.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { listProfiles } from '../store/model-profiles.ts'
import { setTrainingConsent } from '../store/training.ts'
import { exportTrainingSet } from './training/export-set.ts'

const tenant = 'default'
const dayMs = 86_400_000
const clock = fixedClock(Date.UTC(2026, 5, 1))
const inventory = { ...emptyInventory, hosts: ['fin-srv-03'], users: ['jsmith'] }
let test: TestDatabase
let folder: string

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-training-'))
  await test.database.query(`delete from cases`)
  await test.database.query(`delete from briefs`)
  await test.database.query(`delete from evaluation_cases`)
  await test.database.query(`delete from training_consents`)
  await test.database.query(`delete from governance_settings`)
  return () => rm(folder, { recursive: true, force: true })
})

const kinds = ['failed logon', 'new service', 'changed file', 'blocked mail', 'odd process']

async function decided(count: number, by: string, more: { quote?: string; reason?: string } = {}) {
  for (let n = 0; n < count; n++) {
    const id = `case-${by}-${n}`
    const what = `${kinds[n % kinds.length]} of kind ${'abcdefghijklmnopqrstuvwxyz'[n % 26]} ${'x'.repeat(Math.floor(n / 26))}`
    const evidence = [
      {
        id: 'E1',
        kind: 'alert-field',
        source: 'a',
        pointer: '/full_log',
        trust: 'attacker-controlled',
        label: 'Log line on fin-srv-03',
        quote:
          more.quote ?? `${what}: user jsmith from 10.1.2.${n} on fin-srv-03, password=hunter2-Passw0rd${n}`,
      },
      {
        id: 'E2',
        kind: 'past-verdict',
        source: 'b',
        pointer: '',
        trust: 'human',
        label: 'x',
        quote: 'decided false_positive',
      },
    ]
    await test.database.query(
      `insert into cases (tenant_id, id, title, severity, max_level, alert_count, revision, first_seen_ms, last_seen_ms,
         created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping, status, verdict, verdict_by, verdict_ms,
         verdict_reason)
       values ($1, $2, $3, 1, 5, 1, 1, $4, $4, $4, $4, $4, '{}', '{}', '{}', '{}', '{}', 'closed', $5, $6, $4, $7)`,
      [
        tenant,
        id,
        what,
        clock.now() - (count - n) * dayMs,
        n % 3 === 0 ? 'true_positive' : 'false_positive',
        by,
        more.reason ?? 'jsmith said so',
      ],
    )
    await test.database.query(
      `insert into briefs (tenant_id, id, case_id, revision, origin, created_ms, brief, evidence, review)
       values ($1, $2, $2, 1, 'computed', 1, '{}', $3, 'not-needed')`,
      [tenant, id, JSON.stringify(evidence)],
    )
  }
}

const allow = () =>
  changeSetting(
    test.database,
    tenant,
    trainingConsent,
    { allowed: true, basis: 'agreed with the works council on 12 May' },
    'olga',
    clock.now(),
  )
const agree = (userId: string) => setTrainingConsent(test.database, tenant, userId, true, clock.now())
const run = (format: TrainingFormat = 'openai', out = join(folder, 'set')) =>
  exportTrainingSet(
    {
      database: test.database,
      tenant,
      clock,
      inventory,
      policy: defaultPolicy,
      keyFile: join(folder, 'key.pem'),
    },
    { folder: out, format, licence: 'internal use only', fromMs: 0, toMs: clock.now() },
  )
const written = async (name: string, out = join(folder, 'set')) => readFile(join(out, name), 'utf8')
const records = async (name: string, out?: string) =>
  (await written(name, out))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

describe('a training set', () => {
  it('is made of what its people agreed to, and of nothing where the organisation did not', async () => {
    await decided(20, 'ann')
    await decided(5, 'bob')
    await expect(run()).rejects.toThrow(/nobody has allowed it/)
    await allow()
    await expect(run()).rejects.toThrow(/25 not-consented/)
    await agree('ann')
    await test.database.query(
      `insert into evaluation_cases values ($1, 'case:case-ann-1', 'case-ann-1', null, 'null', 'withdrawn', 'olga', 1, 'no')
       on conflict do nothing`,
      [tenant],
    )
    const card = await run()
    expect(card.leftOut).toMatchObject({ 'not-consented': 5, withdrawn: 1 })
    const lineage = await records('lineage.ndjson')
    expect(lineage).toHaveLength(19)
    expect(JSON.stringify(lineage)).not.toContain('case-')
  })

  it('names nobody and gives no answer away', async () => {
    await decided(20, 'ann')
    await agree('ann')
    await allow()
    await run()
    const all = (
      await Promise.all(['train', 'validation', 'test'].map(name => written(`${name}.jsonl`)))
    ).join('')
    for (const word of [
      'jsmith',
      'fin-srv-03',
      '10.1.2.',
      'hunter2',
      'decided false_positive',
      'past-verdict',
    ])
      expect(all).not.toContain(word)
    expect(all).toContain('[USER-1]')
  })

  it('stops before a byte is written where the scan finds what redaction left', async () => {
    await decided(20, 'ann')
    // A made-up token in a spelling that redaction does not know, and the scan, which shares nothing with it, does.
    await decided(1, 'bob', { quote: `token GHP_${'a1'.repeat(18)} was used` })
    await agree('ann')
    await agree('bob')
    await allow()
    await expect(run()).rejects.toThrow(/nothing was written: .* still holds a known secret \(github-token/)
    expect(await readdir(folder)).toEqual([])
    const noted = await test.database.query(
      `select from ledger where body ->> 'setting' = 'training-export' and body ->> 'examples' = '21'`,
    )
    expect(noted).toEqual([])
  })

  it('holds each question once, and none that people answered both ways', async () => {
    await decided(12, 'ann')
    await decided(6, 'bob', { quote: 'the very same line 1 on fin-srv-03' })
    await agree('ann')
    await agree('bob')
    await allow()
    const card = await run()
    // Of bob's six, two were called true positive: all six say nothing.
    expect(card.leftOut).toMatchObject({ contradictory: 6, duplicate: 0 })
    expect(Object.values(card.splits).reduce((sum, { examples }) => sum + examples, 0)).toBe(12)
  })

  it('is split by time: no case of a later part is older than one of an earlier part', async () => {
    await decided(40, 'ann')
    await agree('ann')
    await allow()
    const card = await run()
    expect(Object.values(card.splits).map(({ examples }) => examples)).toEqual([32, 4, 4])
    const lineage = await records('lineage.ndjson')
    const times = (split: string) => lineage.filter(each => each.split === split).map(each => each.decided)
    expect(times('train').at(-1) < times('validation')[0]).toBe(true)
    expect(times('validation').at(-1) < times('test')[0]).toBe(true)
    expect(new Set(lineage.map(each => each.source)).size).toBe(40)
  })

  it('comes in the shape of each service', async () => {
    await decided(12, 'ann')
    await agree('ann')
    await allow()
    const first = new Map<string, object>()
    for (const format of trainingFormatNames) {
      const out = join(folder, format)
      await run(format, out)
      first.set(format, (await records('train.jsonl', out))[0])
    }
    const text = expect.any(String)
    const roles = (names: string[]) => names.map(role => ({ role, content: text }))
    expect(first.get('openai')).toEqual({ messages: roles(['system', 'user', 'assistant']) })
    expect(first.get('mistral')).toEqual({ messages: roles(['system', 'user', 'assistant']) })
    expect(first.get('alpaca')).toEqual({ instruction: text, input: text, output: text })
    expect(first.get('gemini')).toEqual({
      systemInstruction: { role: 'system', parts: [{ text }] },
      contents: [
        { role: 'user', parts: [{ text }] },
        { role: 'model', parts: [{ text }] },
      ],
    })
  })

  it('has a card that is signed, names licence, consent and lineage, and is in the ledger', async () => {
    await decided(12, 'ann')
    await agree('ann')
    await allow()
    const card = await run()
    expect((await readdir(join(folder, 'set'))).sort()).toEqual([
      'DATA-CARD.md',
      'data-card.json',
      'data-card.json.sig',
      'lineage.ndjson',
      'public-key.pem',
      'test.jsonl',
      'train.jsonl',
      'validation.jsonl',
    ])
    const document = await written('data-card.json')
    const signature = (await written('data-card.json.sig')).trim()
    const key = createPublicKey(await written('public-key.pem'))
    expect(documentIsSigned(document, signature, key)).toBe(true)
    expect(documentIsSigned(document.replace('internal', 'public'), signature, key)).toBe(false)
    expect(card).toMatchObject({
      licence: 'internal use only',
      consent: { basis: expect.stringContaining('works council') },
    })
    expect(await written('DATA-CARD.md')).toContain('| train | 9 |')
    const [entry] = await test.database.query<{ body: { card: string } }>(
      `select body from ledger where body ->> 'setting' = 'training-export' order by seq desc limit 1`,
    )
    expect(entry?.body.card).toMatch(/^[0-9a-f]{64}$/)
    await expect(run()).rejects.toThrow(/not empty/)
  })
})

describe('a model that was trained further', () => {
  it('is another profile than its base, and a candidate even where gates are not enforced', async () => {
    const digest = 'a'.repeat(64)
    const yaml = (more: string) =>
      `models:\n  - { name: house, provider: in-process, model: base, zone: local }\n${more}`
    const tuned = `  - { name: tuned, provider: in-process, model: base, zone: local, fineTuned: { weights: ${digest}, card: ${digest}, licence: internal, adapter: tuned } }\n`
    const profiles = configuredProfiles(parseModelSettings(yaml(tuned)), defaultPolicy, 'k1')
    const ids = await registerProfiles({ database: test.database, clock, ids: randomIds() }, tenant, profiles)
    const states = new Map((await listProfiles(test.database, tenant)).map(({ id, state }) => [id, state]))
    expect(states.get(ids.get('house') ?? '')).toBe('active')
    expect(states.get(ids.get('tuned') ?? '')).toBe('candidate')
    // The base is the same profile as before there was fine-tuning at all.
    expect(profiles[0]?.content.settings).not.toHaveProperty('fine_tuned')
  })
})
