import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../test/support/wazuh-server.ts'
import type { DraftCase, RuleKind } from '../domain/rule-draft.ts'
import { fixedClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import { countingIds } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { openRuleFiles } from '../wazuh/rule-files.ts'
import { openWazuhApi } from '../wazuh/server-api.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { deployDraft, rollBackDraft } from './draft-deployment.ts'
import { createDraft, decideDraft, submitDraft } from './draft-life.ts'
import { measureDraft } from './draft-measurement.ts'
import type { DraftLifePorts, StepResult, StoredDraft } from './draft-store.ts'
import { requestDrafting } from './drafting-job.ts'
import { type MeasureQuestion, measureInWorker } from './measure-draft.ts'

// What rules stand on goes the same way as rules: measured, approved by a second person, deployed, rolled back. The manager
// is a stand-in that keeps files of decoders and lists as the real one does.

const tenant = 'default'
const signal = AbortSignal.timeout(300_000)
const base: RulesetFiles = {
  decoders: [{ name: 'd.xml', text: '<decoder name="door"><program_name>^door</program_name></decoder>' }],
  rules: [
    {
      name: 'r.xml',
      text: `<group name="door,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>all</description></rule>
        <rule id="10" level="5"><decoded_as>door</decoded_as><description>door</description></rule></group>`,
    },
  ],
  lists: [],
}
const decoders = `<decoder name="gate">
  <program_name>^gate$</program_name>
</decoder>
<decoder name="gate-fields">
  <parent>gate</parent>
  <regex type="pcre2">opened by (\\S+) from (\\S+)</regex>
  <order>srcuser, srcip</order>
</decoder>`
const gateLog = 'Jan  7 12:00:00 host gate[1]: opened by ann from 10.0.0.7'
const doorLog = 'Jan  7 12:00:00 host door[1]: opened'
const logs: readonly DraftCase[] = [
  { log: gateLog, fires: true },
  { log: doorLog, fires: false },
]

let db: TestDatabase
let wazuh: WazuhStandIn
let egress: EgressClient
let ports: DraftLifePorts

beforeAll(async () => {
  db = await openTestDatabase()
  wazuh = await startWazuhServer()
  egress = createEgressFetch({
    rules: [{ host: '127.0.0.1', port: Number(new URL(wazuh.url).port), addresses: ['127.0.0.1'] }],
  })
  const api = openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(standInUser.password),
    fetch: egress.fetch,
    clock: fixedClock(1_800_000_000_000),
    timeoutMs: 20_000,
  })
  ports = {
    database: db.database,
    clock: { now: () => 1_800_000_000_000 },
    ids: countingIds(),
    base: () => base,
    measure: measureInWorker,
    targets: {
      wazuh: openRuleFiles(api, 'rules'),
      decoders: openRuleFiles(api, 'decoders'),
      lists: openRuleFiles(api, 'lists'),
    },
    logtest: undefined,
    deployment: { healthChecks: 1, wait: async () => {} },
  }
})
afterAll(async () => {
  await egress?.close()
  await wazuh?.close()
  await db?.close()
})

async function done(result: Promise<StepResult>): Promise<StoredDraft> {
  const settled = await result
  if (settled.kind === 'refused') throw new Error(settled.reason)
  return settled.draft
}

async function measured(kind: RuleKind, text: string, cases: readonly DraftCase[]): Promise<StoredDraft> {
  const { id } = await done(
    createDraft(ports, tenant, { kind, title: `My ${kind}`, text, cases, origin: null }, 'ann'),
  )
  return done(measureDraft(ports, tenant, id, signal))
}

async function deployed(kind: RuleKind, text: string, cases: readonly DraftCase[]): Promise<StoredDraft> {
  const { id } = await measured(kind, text, cases)
  const { digest } = await done(submitDraft(ports, tenant, id, 'ann', 'needed'))
  const decision = { digest: digest ?? '', decision: 'approve', reason: '' } as const
  expect(await decideDraft(ports, tenant, id, { ...decision, person: 'ann' })).toMatchObject({
    code: 'forbidden',
  })
  await done(decideDraft(ports, tenant, id, { ...decision, person: 'bob' }))
  return done(deployDraft(ports, tenant, id, 'bob', signal))
}

const rolledBack = (draft: StoredDraft) => done(rollBackDraft(ports, tenant, draft.id, 'bob', signal))

function measure(kind: 'decoders' | 'lists', text: string, rest: Partial<MeasureQuestion> = {}) {
  const fileName = kind === 'lists' ? 'tocsin_x' : 'tocsin_x.xml'
  return measureInWorker(
    {
      kind,
      text,
      fileName,
      origin: 'person',
      cases: [],
      base,
      takenIds: [],
      past: [],
      samples: [],
      deep: true,
      budgetMs: 60_000,
      ...rest,
    },
    signal,
  )
}

describe('decoders', () => {
  const gateRule =
    '<group name="local,"><rule id="100000" level="8"><decoded_as>gate</decoded_as><srcip>10.0.0.0/8</srcip><description>Gate</description></rule></group>'

  it('are measured on their logs, deployed to their folder, and carry rules that are proven after them', async () => {
    // Before its decoder is there, the rule cannot be proven.
    const early = await measured('wazuh', gateRule, [{ log: gateLog, fires: true }])
    expect(early.proof).toMatchObject({ kind: 'refused', findings: [{ code: 'unknown-decoder' }] })

    const draft = await deployed('decoders', decoders, logs)
    expect(draft).toMatchObject({ state: 'deployed', outcome: 'Wazuh decodes with it' })
    expect(draft.proof).toMatchObject({
      proof: {
        cases: [
          {
            rule: 'gate',
            pass: true,
            fields: [
              { name: 'srcuser', value: 'ann' },
              { name: 'srcip', value: '10.0.0.7' },
            ],
          },
          { pass: true },
        ],
      },
    })
    expect(wazuh.files.get(`decoders/${draft.fileName}`)).toBe(draft.text)

    const rule = await done(measureDraft(ports, tenant, early.id, signal))
    expect(rule.proof).toMatchObject({ kind: 'proven', proof: { cases: [{ pass: true }] } })

    expect(await rolledBack(draft)).toMatchObject({ state: 'rolled-back' })
    expect(wazuh.files.size).toBe(0)
  })

  it('count as readers where they only add fields to a decoder that was there', async () => {
    const child =
      '<decoder name="more"><parent>door</parent><regex>(opened)</regex><order>action</order></decoder>'
    const { kind, ...rest } = await measure('decoders', child, { cases: [{ log: doorLog, fires: true }] })
    expect(kind).toBe('proven')
    expect(rest).toMatchObject({
      proof: { cases: [{ pass: true, rule: 'door', fields: [{ name: 'action', value: 'opened' }] }] },
    })
  })

  it('say which rules they silence; a model may silence none', async () => {
    const greedy =
      '<decoder name="door"><program_name>^door</program_name><prematch>^opened</prematch></decoder>'
    const thief = {
      ...base,
      decoders: [
        {
          name: 'd.xml',
          text: '<decoder name="door"><program_name>^door</program_name><prematch>^closed</prematch></decoder>',
        },
      ],
      rules: [
        {
          name: 'r.xml',
          text: (base.rules[0]?.text ?? '').replace('<decoded_as>door</decoded_as>', '<match>opened</match>'),
        },
        {
          name: 's.xml',
          text: '<group name="quiet,"><rule id="11" level="0"><decoded_as>door</decoded_as><match>opened</match><description>quiet</description></rule></group>',
        },
      ],
    }
    const past = [
      {
        raw: JSON.stringify({ full_log: doorLog, decoder: {}, timestamp: '2026-01-07T12:00:00Z' }),
        verdict: null,
      },
    ]
    const byPerson = await measure('decoders', greedy, { base: thief, past })
    expect(byPerson).toMatchObject({ kind: 'proven' })
    expect(byPerson.findings).toContainEqual(
      expect.objectContaining({
        code: 'hides-alerts',
        message: 'another rule fires on 1 past logs; 1 of them no longer alert: 10 → 11 (1)',
      }),
    )
    expect((await measure('decoders', greedy, { base: thief, past, origin: 'model' })).kind).toBe('refused')
  })

  it.each([
    ['rules', '<group name="x,"><rule id="100000" level="3"><description>d</description></rule></group>'],
    ['prose', 'Sure! Here is your decoder.'],
    ['a placeholder', '<decoder name="x"><prematch>[HOST-3]</prematch></decoder>'],
    ['a pattern that can explode', '<decoder name="x"><prematch type="pcre2">^(a+)+$</prematch></decoder>'],
    [
      'an unknown parent',
      '<decoder name="x"><parent>none</parent><regex>(x)</regex><order>id</order></decoder>',
    ],
    ['an XML bomb', `<!DOCTYPE l [<!ENTITY a "aaaa">]><decoder name="x"><prematch>&a;</prematch></decoder>`],
  ])('are refused with %s', async (_, text) => {
    const { kind, findings } = await measure('decoders', text, { origin: 'model' })
    expect(kind).toBe('refused')
    expect(findings[0]?.message).not.toBe('')
  })
})

describe('lists', () => {
  it('are looked up, deployed without an ending, and let rules look into them', async () => {
    const draft = await deployed('lists', '10.9.:lab\nbad.example:\n', [
      { log: '10.9.8.7', fires: true },
      { log: 'bad.example', fires: true },
      { log: '10.8.1.1', fires: false },
    ])
    expect(draft).toMatchObject({ state: 'deployed', outcome: expect.stringContaining('ossec.conf') })
    expect(draft.proof).toMatchObject({
      findings: [{ code: 'list-unused' }],
      proof: { cases: [{ rule: 'lab', pass: true }, { rule: 'no value', pass: true }, { pass: true }] },
    })
    expect(draft.fileName).toMatch(/^tocsin_my_lists_\w+$/)
    expect(wazuh.files.get(`lists/${draft.fileName}`)).toBe('10.9.:lab\nbad.example:\n')
    const rule = await measured(
      'wazuh',
      `<group name="local,"><rule id="100000" level="8"><if_sid>10</if_sid><list field="hostname" lookup="match_key">etc/lists/${draft.fileName}</list><description>x</description></rule></group>`,
      [{ log: doorLog.replace('host', 'bad.example'), fires: true }],
    )
    // The manager's own logs have its name, not the log's.
    expect(rule.proof).toMatchObject({ kind: 'proven' })
    expect(await rolledBack(draft)).toMatchObject({ state: 'rolled-back' })
    expect(wazuh.files.size).toBe(0)
  })

  it('are refused with lines that Wazuh leaves out, and never come from a model', async () => {
    expect(await measure('lists', 'key:value\nno colon\n')).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'list-line', where: 'line 2, column 1' }],
    })
    expect((await measure('lists', '')).kind).toBe('refused')
    expect((await measure('lists', 'a:b\n', { origin: 'model' })).kind).toBe('refused')
    const { id } = await measured('lists', 'a:b\n', [])
    expect(await requestDrafting(ports, tenant, id, 'bad hosts', 'ann')).toMatchObject({
      code: 'bad-request',
    })
  })
})
