import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelSelectionSchema } from '../../src/domain/model-selection.ts'
import { defaultGrouping } from '../../src/group/grouping-options.ts'
import { GroupingMemory } from '../../src/ingest/grouping-memory.ts'
import { createIngest } from '../../src/ingest/ingest.ts'
import { addReport } from '../../src/intel/add-report.ts'
import { handleHistoryHunt, reachedBack } from '../../src/intel/hunt-history.ts'
import { handleInvestigate } from '../../src/investigate/investigation-jobs.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { claim, complete, fail } from '../../src/queue/jobs.ts'
import { historyCounts, latestHistoryHunt } from '../../src/store/intel-history.ts'
import { mentionsOf } from '../../src/store/intel-reports.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, indexAlerts, type OpenSearchNode, startOpenSearch } from '../support/opensearch.ts'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

const nowMs = Date.parse('2026-11-24T12:00:00Z')
const dayMs = 86_400_000
const tenant = 'default'
const signal = AbortSignal.timeout(600_000)

/** What a report lists, and lines of logs that hold it, or look as if they did. */
const listed = [
  '198.51.100.7',
  '203.0.113.64/26',
  'evil-c2.example.org',
  'bad99.net',
  'http://drop.example.net/Load/er.php',
  '2001:db8:dead::17',
  'ops@phish-mail.com',
  '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
]
const hits: readonly (readonly [log: string, data: object])[] = [
  ['blocked src=198.51.100.7 port 22', {}],
  ['', { srcip: '198.51.100.7' }],
  ['', { dstip: '203.0.113.77' }],
  ['dns query for www.evil-c2.example.org.', {}],
  ['', { dns: { question: { name: 'CDN.Evil-C2.example.org' } } }],
  ['GET http://a.b.bad99.net/index', {}],
  ['', { url: 'https://drop.example.net/Load/er.php?x=1' }],
  ['', { srcip: '2001:db8:dead:0:0:0:0:17' }],
  ['', { srcip: '2001:db8:dead::17' }],
  ['from=<ops@phish-mail.com> to=<x@example.com>', {}],
  ['', { win: { eventdata: { hashes: `SHA1=AB,SHA256=${(listed[7] ?? '').toUpperCase()},MD5=1` } } }],
]
type Line = readonly [log: string, data: object, location?: string]
const misses: readonly Line[] = [
  ['src=198.51.100.70', { srcip: '198.51.100.71' }],
  ['', { dstip: '203.0.113.12' }],
  ['dns query for notevil-c2.example.org', {}],
  ['', { url: 'https://drop.example.net/load' }],
  ['bad99.network', { domain: 'xbad99.net' }],
  [
    '',
    { integration: 'custom-tocsin', tocsin: { headline: 'known indicator 198.51.100.7' } },
    'custom-tocsin',
  ],
]

/** Of Wazuh 5: older than every alert, and with no time but that of ECS. */
const finding = {
  '@timestamp': new Date(nowMs - 120 * dayMs).toISOString(),
  wazuh: {
    rule: { id: '0b1c7d9e-3a52-4f60-9c11-2f7a5d8e9b10', title: 'Connection to a listed host', level: 'high' },
    agent: { id: '003', name: 'pc-1' },
  },
  destination: { ip: '203.0.113.99' },
}

const alertLine = (number: number, [log, data, location]: Line, daysAgo: number) =>
  wazuhLine({
    id: `17${String(number).padStart(8, '0')}.${number}`,
    atMs: nowMs - daysAgo * dayMs - number * 1000,
    host: `pc-${number % 3}`,
    rule: ['100100', 5, 'Proxy line', ['proxy']],
    data,
    ...(log === '' ? {} : { log }),
    ...(location && { location }),
  })

describe('retro-hunt in the history of a real OpenSearch', () => {
  const clock = fixedClock(nowMs)
  const ids = randomIds()
  let node: OpenSearchNode | undefined
  let indexer: Indexer
  let test: TestDatabase

  beforeAll(async () => {
    node = await startOpenSearch()
    if (node === undefined) return
    indexer = await connectIndexer(node, signal)
    test = await openTestDatabase()
    const lines = [...hits, ...misses].map((entry, index) => alertLine(index, entry, 3 + (index % 3) * 37))
    const noise = Array.from({ length: 40 }, (_, index) =>
      alertLine(
        500 + index,
        [`session ${index} opened`, { srcip: `192.0.2.${index}` }],
        3 + (index % 3) * 37,
      ),
    )
    await indexAlerts(indexer, [...lines, ...noise], signal)
    await indexer.request('PUT', '/wazuh-findings-v5-network-000001/_doc/f1?refresh=true', finding, signal)
  })
  afterAll(async () => {
    await test?.close()
    await node?.close()
  })

  const parts = () => ({ database: test.database, clock, ids, tenant, ownDomains: [], historyDays: 365 })
  const ingest = () =>
    createIngest({
      database: test.database,
      clock,
      ids,
      memory: new GroupingMemory(defaultGrouping, ids, clock),
      slaMinutes: [1440, 480, 120, 30],
    })
  const report = (text: string) => ({
    bytes: Buffer.from(text),
    name: 'bear.txt',
    source: 'upload',
    trust: 'B',
    by: null,
  })

  /** Runs the queued hunt turn by turn; `limit` pages a turn, then the worker is killed in the middle of its work. */
  async function work(options: { turns?: number; indexer?: Indexer; turnMs?: number } = {}) {
    const takeIn = ingest()
    let turns = 0
    for (; turns < (options.turns ?? 100); turns++) {
      const [job] = await claim(test.database, 'intel-history', {
        limit: 1,
        leaseMs: 600_000,
        nowMs: clock.now(),
      })
      if (job === undefined) return turns
      const hunting = handleHistoryHunt(
        {
          database: test.database,
          clock,
          indexer: options.indexer ?? indexer,
          takeIn: lines => takeIn({ tenant, source: 'retro-hunt', sample: false, lines }),
          ...(options.turnMs === undefined ? {} : { turnMs: options.turnMs }),
        },
        job,
        signal,
      )
      const error = await hunting.then(
        () => undefined,
        (reason: unknown) => String(reason),
      )
      if (error === undefined) await complete(test.database, [job])
      else await fail(test.database, job, { kind: 'retry', runAtMs: clock.now(), error })
    }
    return turns
  }

  it('finds exactly what the matcher would find in every document, and takes those alerts in', async context => {
    if (node === undefined) return context.skip()
    const { id } = await addReport(parts(), report(`# Bear\n\nC2 servers:\n${listed.join('\n')}\n`))
    const values = (await mentionsOf(test.database, tenant, id)).map(({ value }) => value)
    expect(values).toEqual(expect.arrayContaining([...listed]))
    await work()
    const hunt = await latestHistoryHunt(test.database, tenant, id)
    expect(hunt).toMatchObject({ state: 'done', trouble: null })
    expect(hunt?.step).toBe(hunt?.steps)
    expect(hunt && reachedBack(hunt)).toBe(hunt?.fromMs)
    // Candidates that were none: look-alikes, and Tocsin's own enrichment.
    expect(hunt?.candidates).toBeGreaterThan(hits.length)
    const counts = await historyCounts(test.database, tenant, hunt?.id ?? '')
    expect(Object.fromEntries(counts.map(({ value, alerts }) => [value, alerts]))).toEqual({
      '198.51.100.7': 2,
      '2001:db8:dead::17': 2,
      'evil-c2.example.org': 2,
      'drop.example.net': 2,
      '203.0.113.64/26': 2,
      'bad99.net': 1,
      'http://drop.example.net/Load/er.php': 1,
      'ops@phish-mail.com': 1,
      'phish-mail.com': 1,
      [listed[7] ?? '']: 1,
    })
    const [stored] = await test.database.query<{ count: number }>('select count(*) as count from alerts')
    // The other path on the listed host is a hit of the host's name; and the finding of Wazuh 5.
    expect(stored?.count).toBe(hits.length + 2)
  })

  it('the case says which report names what, with evidence, and calls for a person', async context => {
    if (node === undefined) return context.skip()
    const jobs = await claim(test.database, 'case-investigate', {
      limit: 50,
      leaseMs: 600_000,
      nowMs: nowMs * 2,
    })
    expect(jobs.length).toBeGreaterThan(0)
    for (const job of jobs)
      await handleInvestigate(
        {
          database: test.database,
          clock,
          ids,
          lookUpAgents: async () => [],
          ask: undefined,
          selection: modelSelectionSchema.parse({}),
          publishes: () => false,
          shadows: async () => [],
          slaMinutes: [1440, 480, 120, 30],
        },
        job,
      )
    const briefs = await test.database.query<{ brief: string; evidence: string; verdict: string }>(
      `select b.brief::text, b.evidence::text, c.proposed_verdict as verdict from briefs b join cases c on c.id = b.case_id
       where b.evidence::text like '%evil-c2.example.org%'`,
    )
    expect(briefs.length).toBeGreaterThan(0)
    for (const { brief, evidence, verdict } of briefs) {
      expect(evidence).toContain('The threat report «Bear»')
      expect(brief).toContain('lists evil-c2.example.org as command and control')
      expect(verdict).toBe('true_positive')
    }
  })

  it('goes on where it was after each kill, and counts nothing twice', async context => {
    if (node === undefined) return context.skip()
    await work()
    let calls = 0
    // Dies at every second request after the first page.
    const mortal: Indexer = {
      ...indexer,
      page: async (...args) => {
        if (++calls % 2 === 0) throw new Error('killed')
        return indexer.page(...args)
      },
    }
    const { id } = await addReport(parts(), report(`# Bear again\n\nC2: 198.51.100.7, 203.0.113.64/26`))
    expect(await work({ indexer: mortal, turns: 1 })).toBe(1)
    expect(await latestHistoryHunt(test.database, tenant, id)).toMatchObject({
      state: 'running',
      trouble: 'killed',
    })
    expect(await work({ indexer: mortal })).toBeGreaterThan(1)
    const hunt = await latestHistoryHunt(test.database, tenant, id)
    expect(hunt).toMatchObject({ state: 'done', hits: 4, trouble: null })
  })

  it('looks no further back than it may, whatever time the indexer names', async context => {
    if (node === undefined) return context.skip()
    const lying: Indexer = {
      ...indexer,
      request: async (method, path, body, ...rest) =>
        path.includes('/_search?size=1')
          ? { hits: { hits: [{ sort: [-1e300] }] } }
          : indexer.request(method, path, body, ...rest),
    }
    const { id } = await addReport(parts(), report('# Bear of old\n\nC2: 198.51.100.7'))
    await work({ indexer: lying, turns: 3 })
    const hunt = await latestHistoryHunt(test.database, tenant, id)
    expect(hunt).toMatchObject({ trouble: null })
    expect(hunt?.fromMs).toBeGreaterThanOrEqual(nowMs - 366 * dayMs)
    expect(hunt?.steps).toBeLessThan(1000)
    await work()
    expect(await latestHistoryHunt(test.database, tenant, id)).toMatchObject({ state: 'done' })
  })

  it('without any history, or without anything to hunt, it is done at once', async context => {
    if (node === undefined) return context.skip()
    const { id } = await addReport(
      parts(),
      report('# Nothing\n\nNothing in here is an indicator of anything.'),
    )
    await work()
    expect(await latestHistoryHunt(test.database, tenant, id)).toMatchObject({ state: 'done', steps: 0 })
  })
})
