import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../test/support/postgres.ts'
import { intrusion } from '../../../test/support/sample-alerts.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../../test/support/wazuh-server.ts'
import { rankTechniques } from '../../intel/rank-techniques.ts'
import { systemClock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { normalizeLine } from '../../normalize/normalize-line.ts'
import { openAgentState } from '../../wazuh/agent-state.ts'
import { openWazuhApi } from '../../wazuh/server-api.ts'
import { indexDocuments } from '../documents/document-index.ts'
import { assistantTools } from './assistant-tools.ts'
import { describeTools } from './describe-tools.ts'
import { runTool, type Tool } from './tool.ts'

// The tools over real alerts, a real database and the stand-in of the Wazuh server API.

const nowMs = Date.UTC(2026, 5, 28, 12)
const alerts = intrusion(nowMs)
  .trimEnd()
  .split('\n')
  .flatMap(line => {
    const read = normalizeLine(Buffer.from(line), { where: 'test', receivedAtMs: nowMs })
    return read.kind === 'quarantined' ? [] : [read.alert]
  })

let test: TestDatabase
let wazuh: WazuhStandIn
let tools: Tool[]

beforeAll(async () => {
  ;[test, wazuh] = await Promise.all([
    openTestDatabase(),
    startWazuhServer([
      {
        id: '001',
        name: 'web-07',
        status: 'active',
        activeResponse: true,
        os: { platform: 'debian', name: 'Debian', version: '12' },
      },
      { id: '002', name: 'db-01', status: 'disconnected', activeResponse: false },
    ]),
  ])
  wazuh.states.set('/syscollector/001/packages', [
    { name: 'openssl', version: '3.0.2', format: 'deb' },
    { name: 'sudo', version: '1.9.5', format: 'deb' },
  ])
  wazuh.states.set('/sca/001', [
    { policy_id: 'cis_debian12', name: 'CIS Debian 12', score: 41, fail: 100, pass: 70 },
  ])
  wazuh.states.set('/sca/001/checks/cis_debian12', [
    { id: 1, title: 'Ensure auditd is installed', result: 'failed' },
    { id: 2, title: 'Ensure cron is enabled', result: 'passed' },
  ])
  wazuh.states.set('/syscheck/001', [
    { file: '/root/.ssh/authorized_keys', uname: 'root', sha256: 'ab'.repeat(32) },
  ])
  const api = openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(standInUser.password),
    fetch,
    clock: systemClock,
    timeoutMs: 60_000,
  })
  tools = assistantTools({
    alerts: { current: async () => alerts, ofCase: async () => [] },
    rankTechniques,
    documents: indexDocuments([
      {
        name: 'guide.md',
        text: '# Retention\n\nLedger entries are kept for two years.\n\n# Mail\n\nNothing here.',
      },
    ]),
    database: test.database,
    agents: openAgentState(api),
  })
})
afterAll(async () => {
  await wazuh.close()
  await test.close()
})

const check = (name: string, input: object, role: 'viewer' | 'admin' = 'viewer', signal?: AbortSignal) =>
  runTool(tools, name, input, {
    asker: { tenant: 'default', role },
    nowMs,
    signal: signal ?? new AbortController().signal,
  })

async function found(name: string, input: object) {
  const outcome = await check(name, input)
  if (outcome.kind === 'failed') throw new Error(`${outcome.code}: ${outcome.reason}`)
  return outcome.finding
}

describe('alerts', () => {
  it('searches, counts and pages', async () => {
    expect((await found('search_alerts', { host: 'web-07', level_at_least: 12 })).total).toBe(1)
    expect((await found('search_alerts', { entity: '203.0.113.77' })).total).toBe(13)
    const first = await found('search_alerts', { limit: 5 })
    expect([first.rows.length, first.nextOffset]).toEqual([5, 5])
    const counted = await found('count_alerts', { by: 'rule' })
    expect(counted.rows[0]).toEqual({ rule: expect.stringContaining('5712'), alerts: 12 })
    expect(counted.evidence[0]?.facts).toMatchObject({ alerts: 14 })
  })

  it('tells what happened with an entity in order of time', async () => {
    const { rows } = await found('entity_timeline', { value: '203.0.113.77' })
    const times = rows.map(row => String(row.time))
    expect(times).toEqual(times.toSorted())
  })

  it('marks what the attacker could have written', async () => {
    const { evidence } = await found('search_alerts', { limit: 1 })
    const log = evidence.find(item => item.pointer === '/full_log')
    expect(log?.trust).toBe('attacker-controlled')
  })
})

describe('hosts', () => {
  it('reads status, inventory, checks and files from Wazuh, by name or id', async () => {
    expect((await found('agent_status', { search: 'web-07' })).rows[0]).toMatchObject({
      status: 'active',
      os: 'Debian 12',
    })
    expect(
      (await found('host_inventory', { agent: 'web-07', kind: 'packages', search: 'openssl' })).rows,
    ).toEqual([{ name: 'openssl', version: '3.0.2', format: 'deb' }])
    const checks = await found('host_configuration', {
      agent: '001',
      policy: 'cis_debian12',
      result: 'failed',
    })
    expect(checks.rows).toMatchObject([{ id: 1 }])
    expect((await found('host_configuration', { agent: '001' })).rows[0]).toMatchObject({ score: 41 })
    expect((await found('host_files', { agent: 'web-07' })).total).toBe(1)
    expect(wazuh.calls).toEqual([]) // Calls that changed something.
  })

  it('says which agent it does not know', async () => {
    expect(await check('host_files', { agent: 'nowhere' })).toMatchObject({
      kind: 'failed',
      code: 'not-found',
    })
    expect(await check('host_files', { agent: '999' })).toMatchObject({
      kind: 'failed',
      code: 'wazuh-refused',
    })
    expect(await check('host_files', { agent: '001/../../security/users' })).toMatchObject({ kind: 'failed' })
  })
})

describe('knowledge', () => {
  it('finds techniques by words, countermeasures, and passages', async () => {
    expect((await found('attack_lookup', { text: 'obfuscation' })).rows[0]).toMatchObject({ id: 'T1027' })
    expect((await found('attack_lookup', { text: 'T9999' })).total).toBe(0)
    expect((await found('countermeasures', { technique: 'T1110.001' })).rows).toContainEqual(
      expect.objectContaining({ id: 'D3-MFA' }),
    )
    const { rows } = await found('search_documents', { text: 'how long are ledger entries kept?' })
    expect(rows[0]).toMatchObject({ document: 'guide.md', heading: 'Retention' })
  })
})

describe('imported knowledge', () => {
  const ics = {
    domain: 'ics-attack',
    version: '18.1',
    techniques: [
      {
        id: 'T0886',
        name: 'Remote Services',
        description: 'Own words.',
        tactics: ['lateral-movement'],
        platforms: ['None'],
        version: '1.1',
      },
    ],
    retired: [
      { id: 'T0810', name: 'Data Historian Compromise', why: 'revoked' as const, replacement: 'T0886' },
    ],
    objects: [],
  }
  const defence = {
    domain: 'd3fend' as const,
    version: 'unknown',
    countermeasures: { T1110: [{ id: 'AccountLocking', name: 'Account Locking', tactic: 'Evict' }] },
  }
  const knowledge = assistantTools({
    alerts: { current: async () => [], ofCase: async () => [] },
    rankTechniques,
    documents: indexDocuments([]),
    imported: { attack: [ics], defence },
  })
  const rowsOf = async (name: string, input: object) => {
    const outcome = await runTool(knowledge, name, input, {
      asker: { tenant: 'default', role: 'viewer' },
      nowMs,
      signal: new AbortController().signal,
    })
    return outcome.kind === 'failed' ? outcome : outcome.finding.rows
  }

  it('techniques of ICS with their catalogue, ids that it retired, and the countermeasures of D3FEND itself', async () => {
    expect(await rowsOf('attack_lookup', { text: 't0886' })).toMatchObject([
      { id: 'T0886', name: 'Remote Services', of: 'ics-attack 18.1' },
    ])
    expect(await rowsOf('attack_lookup', { text: 'T0810' })).toMatchObject([
      { retired: true, replaced_by: 'T0886' },
    ])
    expect(await rowsOf('countermeasures', { technique: 'T1110.001' })).toEqual([
      { id: 'AccountLocking', name: 'Account Locking', tactic: 'Evict' },
    ])
  })
})

describe('rights and bounds', () => {
  it('keeps roles', async () => {
    expect(await check('search_account_log', {})).toMatchObject({ kind: 'failed', code: 'not-allowed' })
    expect(await check('search_account_log', {}, 'admin')).toMatchObject({ kind: 'found' })
    const offered = describeTools(tools, { tenant: 'default', role: 'viewer' }).map(each => each.name)
    expect(offered).not.toContain('search_account_log')
    expect(offered).not.toContain('search_audit')
  })

  it('refuses what is not of the schema, and unknown tools', async () => {
    expect(await check('search_alerts', { limit: 5000 })).toMatchObject({ code: 'bad-arguments' })
    expect(await check('count_alerts', { by: 'rm -rf' })).toMatchObject({ code: 'bad-arguments' })
    expect(await check('delete_alerts', {})).toMatchObject({ code: 'unknown-tool' })
  })

  it('answers for each store tool on an empty database', async () => {
    for (const [name, input] of [
      ['search_cases', {}],
      ['search_indicators', { value: '203.0.113.77' }],
      ['search_mails', { text: 'invoice' }],
    ] as const)
      expect((await found(name, input)).total).toBe(0)
    expect(await check('read_case', { case_id: 'case_none' })).toMatchObject({ code: 'not-found' })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    wazuh.faults.push({ kind: 'hang' })
    const running = check('agent_status', {}, 'viewer', stop.signal)
    setTimeout(() => stop.abort(new Error('stopped')), 50)
    await expect(running).rejects.toThrow('stopped')
  })

  it('gives every tool a schema that programs can read', () => {
    for (const described of describeTools(tools, { tenant: 'default', role: 'admin' }))
      expect(described.inputSchema).toMatchObject({ type: 'object' })
  })
})
