import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventoryJob } from '../../src/domain/job-kinds.ts'
import { addReport } from '../../src/intel/add-report.ts'
import { handleInventoryLook } from '../../src/intel/look-in-inventory.ts'
import type { Json } from '../../src/lib/canonical-json.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { claim, complete } from '../../src/queue/jobs.ts'
import { readInventory } from '../../src/store/intel-inventory.ts'
import { digestReports } from '../../src/store/intel-reports.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, type OpenSearchNode, startOpenSearch } from '../support/opensearch.ts'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'

const nowMs = Date.parse('2026-11-24T12:00:00Z')
const tenant = 'default'
const signal = AbortSignal.timeout(600_000)

/** As Wazuh's vulnerability detection and inventory harvester write them (4.13). */
const agent = (name: string) => ({ id: name.slice(-3), name, version: 'v4.13.0' })
const weak = (host: string, cve: string, severity: string, name: string, version: string): Json => ({
  agent: agent(host),
  package: { name, version, type: 'deb', architecture: 'amd64' },
  vulnerability: {
    id: cve,
    severity,
    score: { base: 9.8, version: '3.1' },
    detected_at: '2026-11-20T08:00:00Z',
  },
  wazuh: { cluster: { name: 'wazuh' }, schema: { version: '1.0.0' } },
})
const installed = (host: string, name: string, version: string): Json => ({
  agent: agent(host),
  package: { name, version, type: 'deb' },
})
const documents: Readonly<Record<string, readonly Json[]>> = {
  'wazuh-states-vulnerabilities-wazuh': [
    weak('web-001', 'CVE-2026-11111', 'Critical', 'bear', '1.9.0'),
    weak('web-002', 'CVE-2026-11111', 'Critical', 'bear', '1.8.2'),
    weak('db-003', 'CVE-2020-00001', 'Low', 'otter', '0.1'),
    // Documents of other shapes are passed over.
    { agent: 'x', package: ['y'], vulnerability: { id: 'CVE-2026-11111', severity: { a: 1 } } },
  ],
  'wazuh-states-inventory-packages-wazuh': [
    installed('web-001', 'bear', '1.9.0'),
    installed('win-004', 'Bear (64-bit)', '2.1'),
    installed('db-003', 'bearings', '5'),
    installed('db-003', 'otter', '0.1'),
  ],
  'wazuh-states-inventory-networks-wazuh': [
    {
      agent: agent('mail-005'),
      network: { ip: '203.0.113.9', netmask: '255.255.255.0' },
      interface: { name: 'eth0' },
    },
    { agent: agent('web-001'), network: { ip: '203.0.113.90' } },
  ],
}

const report = `# Bear parser runs code

Affected: deb bear < 2.0.0

Addresses seen in the attacks: 203.0.113[.]9, 198.51.100[.]7. The vulnerability is CVE-2026-11111; an older one, CVE-2019-99999, is not used.
`

describe('what the inventory in a real OpenSearch says about a report', () => {
  let node: OpenSearchNode | undefined
  let indexer: Indexer
  let test: TestDatabase
  const clock = fixedClock(nowMs)

  beforeAll(async () => {
    node = await startOpenSearch()
    if (node === undefined) return
    indexer = await connectIndexer(node, signal)
    test = await openTestDatabase()
  })
  afterAll(async () => {
    await node?.close()
    await test?.close()
  })

  const parts = () => ({
    database: test.database,
    clock,
    ids: randomIds(),
    tenant,
    ownDomains: [],
    historyDays: 30,
  })
  const look = async () => {
    const [job] = await claim(test.database, inventoryJob, { limit: 1, leaseMs: 600_000, nowMs: clock.now() })
    if (job === undefined) throw new Error('no look into the inventory was queued')
    await handleInventoryLook({ database: test.database, clock, indexer }, job, signal)
    await complete(test.database, [job])
  }

  it('a Wazuh without inventory indices says nothing, and says that it was asked', async context => {
    if (node === undefined) return context.skip()
    const { id } = await addReport(parts(), {
      bytes: Buffer.from('CVE-2026-11111 is used.'),
      name: 'a.txt',
      source: 'upload',
      trust: 'F',
      by: null,
    })
    await look()
    expect(await readInventory(test.database, tenant, id, 9)).toEqual({
      lookedMs: nowMs,
      trouble: null,
      matches: [],
    })
  })

  it('hosts with the vulnerability, hosts with the product, and our own address in its list', async context => {
    if (node === undefined) return context.skip()
    for (const [index, all] of Object.entries(documents)) {
      for (const [at, document] of all.entries())
        await indexer.request('PUT', `/${index}/_doc/${at}`, document, signal).catch(() => undefined) // A mapping may refuse the odd one.
      await indexer.request('POST', `/${index}/_refresh`, undefined, signal)
    }
    const { id } = await addReport(parts(), {
      bytes: Buffer.from(report),
      name: 'bear.md',
      source: 'upload',
      trust: 'B',
      by: null,
    })
    await look()
    const { matches } = await readInventory(test.database, tenant, id, 99)
    expect(
      matches.map(({ kind, value, host, packageName, packageVersion }) => [
        kind,
        value,
        host,
        packageName,
        packageVersion,
      ]),
    ).toEqual([
      ['host', '203.0.113.9', 'mail-005', '', ''],
      ['vulnerability', 'CVE-2026-11111', 'web-001', 'bear', '1.9.0'],
      ['vulnerability', 'CVE-2026-11111', 'web-002', 'bear', '1.8.2'],
      ['package', 'bear', 'web-001', 'bear', '1.9.0'],
      ['package', 'bear', 'win-004', 'Bear (64-bit)', '2.1'],
    ])
    const digest = await digestReports(test.database, tenant, 0, [], 9)
    expect(digest.find(row => row.id === id)?.sharedVulnerabilities).toEqual(['CVE-2026-11111'])
  })

  it('an indexer that refuses is told on the report, and the look is tried again', async context => {
    if (node === undefined) return context.skip()
    const { id } = await addReport(parts(), {
      bytes: Buffer.from('CVE-2026-33333 is used.'),
      name: 'b.txt',
      source: 'upload',
      trust: 'F',
      by: null,
    })
    const refusing: Indexer = {
      ...indexer,
      request: (method, _path, body, stop) =>
        indexer.request(method, '/wazuh-states-*/_search?no_such_parameter=1', body, stop),
    }
    const [job] = await claim(test.database, inventoryJob, { limit: 1, leaseMs: 600_000, nowMs: clock.now() })
    if (job === undefined) throw new Error('no look into the inventory was queued')
    await expect(
      handleInventoryLook({ database: test.database, clock, indexer: refusing }, job, signal),
    ).rejects.toThrow(/400/)
    expect((await readInventory(test.database, tenant, id, 9)).trouble).toMatch(/400/)
  })
})
