import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWazuhIndexer, type WazuhIndexerStandIn } from '../../test/support/wazuh-indexer.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../test/support/wazuh-server.ts'
import { readConfig } from '../config.ts'
import { describeWazuh } from '../wazuh/generation.ts'
import { openWazuh } from './wazuh.ts'

let server: WazuhStandIn
let indexer: WazuhIndexerStandIn
const signal = AbortSignal.timeout(300_000)
let nowMs = 1_800_000_000_000
const clock = { now: () => nowMs }

beforeEach(async () => {
  server = await startWazuhServer([{ id: '001', name: 'web-01', status: 'active', activeResponse: true }])
  indexer = await startWazuhIndexer('2.19.5')
  vi.stubEnv('TOCSIN_WAZUH_QUEUE', '/nowhere/queue')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
  await indexer.close()
})

type Part = 'server' | 'indexer'

function open(parts: readonly Part[], set?: '4' | '5') {
  for (const [part, prefix, url] of [
    ['server', 'TOCSIN_WAZUH_API', server.url],
    ['indexer', 'TOCSIN_INDEXER', indexer.url],
  ] as const) {
    const connected = parts.includes(part)
    vi.stubEnv(`${prefix}_URL`, connected ? url : '')
    vi.stubEnv(`${prefix}_USER`, connected ? standInUser.username : '')
    vi.stubEnv(`${prefix}_PASSWORD`, connected ? standInUser.password : '')
  }
  vi.stubEnv('TOCSIN_WAZUH_GENERATION', set ?? 'auto')
  return openWazuh(readConfig(), clock, () => {})
}

const both: readonly Part[] = ['server', 'indexer']
const action = { agentId: '001', command: '!tocsin', arguments: ['add'], data: { action: 'block-address' } }
const event = {
  text: JSON.stringify({ integration: 'tocsin', tocsin: { event_id: 'e1', headline: 'x' } }),
  agent: { id: '001', name: 'web-01', ip: undefined },
}

/** Where an action, an event and rules go. */
async function ways(wazuh: ReturnType<typeof open>) {
  const { generation, indexed } = await wazuh.which.ask(signal)
  const sent = await wazuh.activeResponse?.send(action, signal)
  const taken = await wazuh.sink?.(event, signal)
  return {
    generation,
    indexed,
    sent: sent?.kind,
    taken: taken?.kind,
    throughApi: server.calls.map(({ method, path }) => `${method} ${path}`),
    throughIndexer: [...indexer.written.keys()],
    rules: Object.keys(wazuh.ruleTargets()),
    says: [wazuh.publishes(), wazuh.acts()],
  }
}

describe('which Wazuh this is', () => {
  it('is what its server API says: 4 acts, hears and takes rules through it', async () => {
    expect(await ways(open(both))).toEqual({
      generation: 4,
      indexed: [4],
      sent: 'sent',
      taken: 'taken',
      throughApi: ['PUT /active-response', 'POST /events'],
      throughIndexer: [],
      rules: ['wazuh', 'decoders', 'lists'],
      says: [true, true],
    })
  })

  it('is what its server API says: 5 acts, hears and takes rules through the indexer', async () => {
    server.version = '5.0.0'
    indexer.version = '3.6.0'
    expect(await ways(open(both))).toEqual({
      generation: 5,
      indexed: [5],
      sent: 'sent',
      taken: 'taken',
      throughApi: [],
      throughIndexer: ['wazuh-active-responses/0', 'wazuh-tocsin-briefs/e1'],
      rules: ['sigma'],
      says: [true, true],
    })
    expect(indexer.written.get('wazuh-tocsin-briefs/e1')).toEqual({
      '@timestamp': new Date(nowMs).toISOString(),
      integration: 'tocsin',
      tocsin: { event_id: 'e1', headline: 'x' },
      wazuh: { agent: { id: '001', name: 'web-01' } },
    })
    // The same event again is the same document.
    await open(both).sink?.(event, signal)
    expect(indexer.written.size).toBe(2)
  })

  it('is what the indexer says where no server is connected', async () => {
    indexer.version = '3.6.0'
    expect(await ways(open(['indexer']))).toMatchObject({ generation: 5, sent: 'sent', taken: 'taken' })
    indexer.version = '2.19.5'
    const four = open(['indexer'])
    expect(await ways(four)).toMatchObject({
      generation: 4,
      sent: 'not-sent',
      taken: 'failed',
      rules: [],
      says: [false, false],
    })
  })

  it('reads what lies in the indexer beside its own: an upgrade in its middle loses nothing', async () => {
    indexer.version = '3.6.0'
    indexer.indexed.add('wazuh-alerts-4.x-*')
    // The indexer is upgraded first; actions still go to the server that is there.
    expect(await ways(open(both))).toMatchObject({
      generation: 4,
      indexed: [4, 5],
      sent: 'sent',
      throughApi: ['PUT /active-response', 'POST /events'],
      throughIndexer: [],
    })
  })

  it('is asked again, so that an upgrade is noticed without a new start', async () => {
    const wazuh = open(both)
    expect((await ways(wazuh)).generation).toBe(4)
    server.version = '5.0.0'
    indexer.version = '3.6.0'
    expect((await wazuh.which.ask(signal)).generation).toBe(4)
    nowMs += 11 * 60_000
    expect((await wazuh.which.ask(signal)).generation).toBe(5)
    expect(Object.keys(wazuh.ruleTargets())).toEqual(['sigma'])
  })

  it('is not guessed where nobody says: everything is looked for, and nothing is written where it may be wrong', async () => {
    server.version = '6.0.0'
    indexer.version = undefined
    const wazuh = open(both)
    const found = await wazuh.which.ask(signal)
    expect(found).toMatchObject({ generation: undefined, indexed: [4, 5] })
    expect(describeWazuh(found)).toMatch(/^not known whether Wazuh 4 or 5: .*6\.0\.0.*cluster:monitor/)
    expect(await wazuh.sink?.(event, signal)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('TOCSIN_WAZUH_GENERATION'),
    })
    expect(indexer.written.size).toBe(0)
    // A server that is away is asked again after half a minute.
    server.version = '4.14.7'
    nowMs += 31_000
    expect((await wazuh.which.ask(signal)).generation).toBe(4)
  })

  it('says what to connect where the server is Wazuh 5 and no indexer is connected', async () => {
    server.version = '5.banana'
    const odd = open(['server'])
    expect((await odd.which.ask(signal)).generation).toBe(5)
    expect(await odd.activeResponse?.send(action, signal)).toMatchObject({
      kind: 'not-sent',
      reason: expect.stringContaining('TOCSIN_INDEXER_URL'),
      retryable: false,
    })
    expect(server.calls).toEqual([])
  })

  it('is what an admin sets, whatever it says, and is then not asked', async () => {
    indexer.version = '3.6.0'
    const wazuh = open(both, '4')
    const found = await wazuh.which.ask(signal)
    expect(found).toMatchObject({ generation: 4, indexed: [4], setBy: 'setting' })
    expect(describeWazuh(found)).toBe('Wazuh 4, as TOCSIN_WAZUH_GENERATION says')
    expect(indexer.calls).toEqual([])
  })

  it('says that nothing is connected where nothing is', async () => {
    const found = await open([]).which.ask(signal)
    expect(found.generation).toBeUndefined()
    expect(describeWazuh(found)).toMatch(/^neither a server API nor an indexer is connected/)
  })

  it('prints no control characters of a version', async () => {
    server.version = '4.14.7\u001b[2J\u202e'
    expect(describeWazuh(await open(['server']).which.ask(signal))).toBe(
      'Wazuh 4: the server API is 4.14.7??2J?',
    )
  })
})
