import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { fixedClock } from '../lib/clock.ts'
import { countingIds } from '../lib/ids.ts'
import { insertReport } from '../store/intel-reports.ts'
import { noisyRules, verdictsOfRules } from '../store/rule-drafts.ts'
import type { DraftLifePorts } from './draft-store.ts'
import { type StartFrom, startDraft } from './start-draft.ts'

const nowMs = 1_770_000_000_000
const clock = fixedClock(nowMs)
const tenant = 'default'
const signal = new AbortController().signal
let db: TestDatabase
let ports: DraftLifePorts

const decoders =
  '<decoder name="door"><program_name>^door</program_name></decoder><decoder name="door-user"><parent>door</parent><regex>by (\\S+)</regex><order>srcuser</order></decoder>'
const rules =
  '<group name="door,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>all</description></rule><rule id="10" level="5"><decoded_as>door</decoded_as><description>door</description></rule></group>'

const opened = (second: number, user: string, host: string) =>
  wazuhLine({
    id: `${1_770_000_000 + second}.${second}`,
    atMs: nowMs + second * 1000,
    host,
    rule: ['10', 5, 'Door opened', ['door']],
    log: `Feb  2 02:40:00 ${host} door[1]: opened by ${user}`,
  })

beforeAll(async () => {
  db = await openTestDatabase()
  ports = {
    database: db.database,
    clock,
    ids: countingIds(),
    base: () => ({
      decoders: [{ name: 'd.xml', text: decoders }],
      rules: [{ name: 'r.xml', text: rules }],
      lists: [],
    }),
    measure: async () => ({ kind: 'refused', findings: [] }),
    targets: {},
    logtest: undefined,
    deployment: { healthChecks: 1, wait: async () => {} },
  }
  const take = newIngest(db.database, clock)
  await take([0, 1, 2, 3].map(second => opened(second, 'robot', 'gate-a')))
  await take([10, 11].map(second => opened(second, 'mallory', 'gate-b')))
})
afterAll(() => db.close())

const start = (kind: 'wazuh' | 'sigma' | 'yara', from: StartFrom) =>
  startDraft(ports, tenant, { kind, title: 'Doors', cases: [], from }, 'ann', signal)
const caseOf = async (host: string): Promise<string> => {
  const [row] = await db.database.query<{ id: string }>(
    'select case_id as id from alerts where agent_name = $1',
    [host],
  )
  return row?.id ?? ''
}

describe('starting a draft from what is there', () => {
  it('takes the logs of a case, or its alerts as events', async () => {
    const id = await caseOf('gate-b')
    const wazuh = await start('wazuh', { kind: 'case', id })
    expect(wazuh).toMatchObject({
      kind: 'done',
      draft: {
        kind: 'wazuh',
        fileName: expect.stringMatching(/\.xml$/),
        cases: [{ log: 'Feb  2 02:40:00 gate-b door[1]: opened by mallory', fires: true }],
        origin: { kind: 'case', id, material: [expect.stringContaining('rule 10: Door opened')] },
      },
    })
    const sigma = await start('sigma', { kind: 'case', id })
    expect(sigma.kind === 'done' && JSON.parse(sigma.draft.cases[0]?.log ?? '')).toMatchObject({
      rule: { id: '10' },
    })
    expect(await start('wazuh', { kind: 'case', id: 'no-such-case' })).toMatchObject({ code: 'not-found' })
  })

  it('takes passages of a report and the rule that it quotes, no further than its TLP lets it go', async () => {
    const yara = 'rule Quoted { condition: filesize < 10 }'
    await insertReport(db.database, tenant, {
      id: 'report_1',
      name: 'r.pdf',
      title: 'Doors of 2026',
      url: null,
      source: 'upload',
      trust: 'B',
      tlp: 'TLP:AMBER',
      format: 'text',
      sha256: 'a',
      textSha256: 'b',
      text: 'They force doors.',
      extract: {
        rules: [{ kind: 'yara', name: 'Quoted', text: yara }],
        techniques: [{ quotes: ['force doors'] }],
      },
      indicators: [],
      techniqueIds: [],
      addedBy: null,
      document: null,
      createdMs: nowMs,
    })
    expect(await start('yara', { kind: 'report', id: 'report_1' })).toMatchObject({
      kind: 'done',
      draft: {
        text: yara,
        origin: {
          title: 'Doors of 2026',
          material: ['They force doors.', 'force doors'],
          zones: ['local', 'on-prem'],
        },
      },
    })
  })

  it('draws an exception from the noise of a rule that hides nothing else, with its effect', async () => {
    const noisy = () => start('wazuh', { kind: 'noisy-rule', id: '10' })
    expect(await noisy()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('fewer than three'),
    })
    const id = await caseOf('gate-a')
    await db.database.query("update cases set verdict = 'false_positive' where id = $1", [id])
    expect(await noisyRules(db.database, tenant, 5)).toEqual([
      { ruleId: '10', description: 'Door opened', alerts: 6, noise: 4 },
    ])
    const tuned = await noisy()
    expect(tuned).toMatchObject({
      kind: 'done',
      draft: {
        origin: { title: 'It quiets 4 alerts that people called noise, leaves 0, and hides 0 others.' },
      },
    })
    expect(tuned.kind === 'done' && tuned.draft.cases.map(({ fires }) => fires)).toContain(false)
    expect(await start('sigma', { kind: 'noisy-rule', id: '10' })).toMatchObject({ code: 'bad-request' })
  })

  it('counts what came of a rule since it was deployed', async () => {
    const rows = await verdictsOfRules(db.database, tenant, ['10'], nowMs)
    expect(rows.toSorted((a, b) => b.alerts - a.alerts)).toEqual([
      { verdict: 'false_positive', alerts: 4 },
      { verdict: null, alerts: 2 },
    ])
    expect(await verdictsOfRules(db.database, tenant, ['10'], nowMs + 60_000)).toEqual([])
  })
})
