import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readQuestion } from '../../src/chat/answer-question.ts'
import { indexDocuments } from '../../src/chat/documents/document-index.ts'
import { runQuery } from '../../src/chat/search/indexer-query.ts'
import { questionToQuery } from '../../src/chat/search/question-to-query.ts'
import { assistantTools } from '../../src/chat/tools/assistant-tools.ts'
import { runTool, type Tool } from '../../src/chat/tools/tool.ts'
import { rankTechniques } from '../../src/intel/rank-techniques.ts'
import type { Json } from '../../src/lib/canonical-json.ts'
import { normalizeLine } from '../../src/normalize/normalize-line.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, indexAlerts, type OpenSearchNode, startOpenSearch } from '../support/opensearch.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// Questions as searches of a real OpenSearch: what is understood, shown and run finds what code counts in the same alerts.

const timeoutMs = 600_000
const signal = AbortSignal.timeout(timeoutMs)
const nowMs = Date.parse('2026-06-28T12:00:00Z')

const lines = ['web-01', 'web-02', 'db-01'].flatMap((host, index) => [
  ...Array.from({ length: 4 + index * 3 }, (_, n) =>
    wazuhLine({
      id: `${1_780_000_000 + index * 1000 + n}.1`,
      atMs: nowMs - (n + 1) * 3_600_000,
      host,
      rule: ['5760', 5, 'sshd: authentication failed.', ['sshd', 'authentication_failed']],
      techniques: ['T1110.001'],
      data: { srcip: `203.0.113.${10 + index}`, dstuser: n % 2 === 0 ? 'root' : 'alice' },
      log: `Failed password for root from 203.0.113.${10 + index} port 4000 ssh2`,
    }),
  ),
  ...Array.from({ length: 2 + index }, (_, n) =>
    wazuhLine({
      id: `${1_781_000_000 + index * 1000 + n}.1`,
      atMs: nowMs - (n + 1) * 60_000,
      host,
      rule: ['550', 7, 'Integrity checksum changed.', ['ossec', 'syscheck']],
      syscheck: { path: `/etc/app/${n}.conf`, event: 'modified' },
    }),
  ),
  wazuhLine({
    id: `${1_782_000_000 + index}.1`,
    atMs: nowMs - 30_000,
    host,
    rule: ['92213', 15, 'Executable dropped', ['sysmon']],
  }),
])
const alerts = lines
  .flatMap(line => {
    const read = normalizeLine(Buffer.from(line), { where: 'test', receivedAtMs: nowMs })
    return read.kind === 'quarantined' ? [] : [read.alert]
  })
  .toSorted((a, b) => a.timestampMs - b.timestampMs)
const data = { alerts, rankTechniques, nowMs }

const weakness = (host: string, id: string, cve: string, severity: string, base: number) => ({
  agent: { id, name: host },
  package: { name: 'openssl', version: '3.0.2' },
  vulnerability: { id: cve, severity, score: { base }, detected_at: '2026-06-01T00:00:00Z' },
})

let node: OpenSearchNode | undefined
let indexer: Indexer
let tools: Tool[]

beforeAll(async () => {
  node = await startOpenSearch()
  if (node === undefined) return
  indexer = await connectIndexer(node, signal)
  await indexAlerts(indexer, lines, signal)
  const states = [
    weakness('web-01', '001', 'CVE-2026-1111', 'Critical', 9.8),
    weakness('web-01', '001', 'CVE-2026-2222', 'Medium', 5.1),
    weakness('db-01', '003', 'CVE-2026-1111', 'Critical', 9.8),
  ]
  for (const [index, state] of states.entries())
    await indexer.request(
      'PUT',
      `/wazuh-states-vulnerabilities-test/_doc/${index}?refresh=true`,
      state,
      signal,
    )
  const packages = { agent: { name: 'web-01' }, package: { name: 'sudo', version: '1.9.5' } }
  await indexer.request('PUT', '/wazuh-states-inventory-packages-test/_doc/1?refresh=true', packages, signal)
  // A secret that no search of the assistant may reach.
  await indexer.request('PUT', '/tocsin-private/_doc/1?refresh=true', { secret: 'yes' }, signal)
  tools = assistantTools({
    alerts: { current: async () => alerts, ofCase: async () => [] },
    rankTechniques,
    documents: indexDocuments([]),
    indexer,
  })
}, timeoutMs)
afterAll(() => node?.close())

const search = (query: unknown) => tool('search_indexer', { query: JSON.stringify(query) })
const tool = (name: string, input: object) =>
  runTool(tools, name, input, { asker: { tenant: 'default', role: 'viewer' }, nowMs, signal })
async function found(name: string, input: object) {
  const outcome = await tool(name, input)
  if (outcome.kind === 'failed') throw new Error(`${outcome.code}: ${outcome.reason}`)
  return outcome.finding
}

describe('a question as a search', { timeout: timeoutMs }, () => {
  it.each([
    ['all alerts', alerts.length],
    ['alerts on web-02', alerts.filter(alert => alert.agent.name === 'web-02').length],
    ['alerts on WEB-02', alerts.filter(alert => alert.agent.name === 'web-02').length],
    ['failed logins on db-01', 10],
    ['files changed on web-01', 2],
    ['alerts of level 12 or more', 3],
    ['alerts of level 7', 2 + 3 + 4],
    ['alerts of rule 5760', 4 + 7 + 10],
    ['alerts with technique T1110', 4 + 7 + 10],
    ['alerts from 203.0.113.11', 7],
    ['alerts from 198.51.100.9', 0],
    ['alerts of alice', 2 + 3 + 5],
    ['alerts in the last 3 hours', alerts.filter(each => each.timestampMs >= nowMs - 3 * 3_600_000).length],
    ['failed logins on web-01 in the last 2 hours', 2],
  ])('%s finds %i', async (text, expected) => {
    if (node === undefined) return
    const { query } = questionToQuery(readQuestion(text), data)
    expect((await runQuery(query, indexer, signal)).total).toBe(expected)
  })

  it.each([
    [
      'top 2 source addresses',
      [
        ['203.0.113.12', 10],
        ['203.0.113.11', 7],
      ],
    ],
    [
      'which rules fire most? top 3 rules',
      [
        ['5760', 21],
        ['550', 9],
        ['92213', 3],
      ],
    ],
    [
      'top 5 hosts of rule 550',
      [
        ['db-01', 4],
        ['web-02', 3],
        ['web-01', 2],
      ],
    ],
  ] as const)('%s counts as code does', async (text, expected) => {
    if (node === undefined) return
    const { query } = questionToQuery(readQuestion(text), data)
    const { rows } = await found('search_indexer', { query: JSON.stringify(query) })
    expect(rows.map(row => [row.value, row.documents])).toEqual(expected)
  })

  it('counts over time in buckets that add up', async () => {
    if (node === undefined) return
    const { query } = questionToQuery(readQuestion('failed logins on web-01 per hour'), data)
    const { rows } = await found('search_indexer', { query: JSON.stringify(query) })
    const hours = rows.filter(row => row.by === 'over_time')
    expect(hours.length).toBeGreaterThan(1)
    expect(hours.reduce((sum, row) => sum + Number(row.documents), 0)).toBe(4)
  })

  it('is edited by a person, checked again, and told with evidence', async () => {
    if (node === undefined) return
    const { query } = questionToQuery(readQuestion('alerts on web-01'), data)
    const edited = { ...query, body: { ...query.body, size: 2, _source: ['agent.name', 'rule.id'] } }
    const finding = await found('search_indexer', { query: JSON.stringify(edited) })
    expect(finding.rows).toHaveLength(2)
    expect(finding.total).toBe(7)
    expect(finding.summary).toContain('7 documents')
    expect(finding.evidence.filter(item => item.trust === 'attacker-controlled')).toHaveLength(2)
  })
})

describe('whatever is allowed', { timeout: timeoutMs }, () => {
  const leaf: Record<string, Json> = {
    match_all: {},
    match_none: {},
    term: { 'agent.name': 'web-01' },
    terms: { 'rule.id': ['550', '5760'] },
    range: { 'rule.level': { gte: 7 } },
    match: { full_log: 'password' },
    match_phrase: { full_log: 'Failed password' },
    match_phrase_prefix: { full_log: 'Failed pass' },
    multi_match: { query: 'root', fields: ['full_log'] },
    exists: { field: 'data.srcip' },
    prefix: { 'agent.name': 'web' },
    wildcard: { 'agent.name': 'web-*' },
    ids: { values: ['1780000000.1'] },
    simple_query_string: { query: '"Failed password"', fields: ['full_log'] },
    bool: { must: [{ match_all: {} }] },
  }
  it.each(Object.keys(leaf))('%s is taken by the indexer', async kind => {
    if (node === undefined) return
    const outcome = await search({ index: 'wazuh-alerts-*', body: { query: { [kind]: leaf[kind] ?? {} } } })
    expect(outcome).toMatchObject({ kind: 'found' })
  })

  it('is bounded: more rows than may be shown are not fetched', async () => {
    if (node === undefined) return
    const { rows, total } = await found('search_indexer', {
      query: JSON.stringify({ index: 'wazuh-*', body: { size: 1000 } }).replace('wazuh-*', 'wazuh-alerts-*'),
    })
    expect(total).toBe(alerts.length)
    expect(rows.length).toBeLessThanOrEqual(100)
  })

  it('says what the indexer says where it refuses', async () => {
    if (node === undefined) return
    const outcome = await search({
      index: 'wazuh-alerts-*',
      body: { query: { range: { timestamp: { gte: 'no date' } } } },
    })
    expect(outcome).toMatchObject({ kind: 'failed' })
    expect(outcome.kind === 'failed' && outcome.reason).toMatch(/no date|parse/i)
  })

  it.each([
    ['another index', { index: 'tocsin-private', body: {} }],
    ['a list with another index', { index: 'wazuh-alerts-*,tocsin-private', body: {} }],
    [
      'a lookup in another index',
      {
        index: 'wazuh-alerts-*',
        body: { query: { terms: { 'rule.id': { index: 'tocsin-private', id: '1', path: 'secret' } } } },
      },
    ],
    [
      'a page of hits in every bucket',
      {
        index: 'wazuh-alerts-*',
        body: {
          aggs: { a: { terms: { field: 'rule.id', size: 200 }, aggs: { b: { top_hits: { size: 100 } } } } },
        },
      },
    ],
  ])('is not %s', async (_what, query) => {
    if (node === undefined) return
    expect(await search(query)).toMatchObject({ kind: 'failed', code: 'bad-query' })
  })
})

describe('states in the indexer', { timeout: timeoutMs }, () => {
  it('tells vulnerabilities by host, CVE, package and severity, the gravest first', async () => {
    if (node === undefined) return
    const all = await found('host_vulnerabilities', {})
    expect(all.rows.map(row => row.score)).toEqual([9.8, 9.8, 5.1])
    const cves = async (input: object) => {
      const { rows } = await found('host_vulnerabilities', input)
      return rows.map(row => `${row.host} ${row.cve}`).toSorted()
    }
    expect(await cves({ agent: 'web-01' })).toEqual(['web-01 CVE-2026-1111', 'web-01 CVE-2026-2222'])
    expect(await cves({ agent: '003' })).toEqual(['db-01 CVE-2026-1111'])
    expect(await cves({ cve: 'cve-2026-1111' })).toEqual(['db-01 CVE-2026-1111', 'web-01 CVE-2026-1111'])
    expect(await cves({ severity: 'Medium' })).toEqual(['web-01 CVE-2026-2222'])
    expect(await cves({ package: 'bash' })).toEqual([])
    const paged = await found('host_vulnerabilities', { limit: 2 })
    expect([paged.rows.length, paged.total, paged.nextOffset]).toEqual([2, 3, 2])
  })

  it('tells what is installed where there is no server API', async () => {
    if (node === undefined) return
    const { rows } = await found('host_inventory', { agent: 'web-01', kind: 'packages' })
    expect(rows).toMatchObject([{ package: { name: 'sudo' } }])
    expect((await found('host_inventory', { agent: 'web-01', kind: 'ports' })).total).toBe(0)
  })
})
