import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../src/lib/canonical-json.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { normalizeLine } from '../../src/normalize/normalize-line.ts'
import { updateDocuments } from '../../src/publish/update-documents.ts'
import { indexerPoller } from '../../src/sources/indexer-poller.ts'
import { openActiveResponseChannel } from '../../src/wazuh/active-response-channel.ts'
import { describeWazuh, openWhichWazuh } from '../../src/wazuh/generation.ts'
import { briefsIndex, indexSink } from '../../src/wazuh/index-sink.ts'
import type { Indexer } from '../../src/wazuh/indexer.ts'
import { connectIndexer, type OpenSearchNode, startOpenSearch, writeDocument } from '../support/opensearch.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

let node: OpenSearchNode | undefined
let indexer: Indexer
const signal = AbortSignal.timeout(300_000)
const nowMs = Date.parse('2026-11-24T12:00:00Z')

beforeAll(async () => {
  node = await startOpenSearch()
  if (node === undefined) return
  indexer = await connectIndexer(node, signal)
})
afterAll(() => node?.close())

const write = (
  id: string,
  document: { readonly [key: string]: Json },
  index = 'wazuh-alerts-4.x-2026.11.24',
) => writeDocument(indexer, index, id, document, signal)

/** Polls until `enough`, and returns the ids of what was delivered, duplicates included. */
async function collect(options: {
  clock?: { now(): number }
  checkpoint?: unknown
  enough: (ids: string[]) => boolean
  indexer?: Indexer
  pattern?: string
  timeField?: '@timestamp'
  onState?: () => Promise<void>
}) {
  const stop = new AbortController()
  const ids: string[] = []
  const lines: Uint8Array[] = []
  let position: unknown
  const source = indexerPoller({
    name: 'indexer',
    pattern: options.pattern ?? 'wazuh-alerts-4.x-*',
    timeField: options.timeField ?? 'timestamp',
    indexer: options.indexer ?? indexer,
    clock: options.clock ?? fixedClock(nowMs),
    intervalMs: 50,
    overlapMs: 30_000,
    lateMs: 86_400_000,
    firstLookBackMs: 86_400_000,
  })
  await source.run(
    options.checkpoint,
    async (records, checkpoint) => {
      ids.push(
        ...records.map(record => (JSON.parse(Buffer.from(record.bytes).toString()) as { _id: string })._id),
      )
      lines.push(...records.map(record => record.bytes))
      position = checkpoint
      if (options.enough(ids)) stop.abort()
    },
    () => void options.onState?.(),
    AbortSignal.any([signal, stop.signal]),
  )
  return { ids, lines, position }
}

describe('the indexer poller on a real OpenSearch', () => {
  it('reads everything page by page in the order of time, then only what is new and what came late', async context => {
    if (node === undefined) return context.skip()
    const lines = Array.from({ length: 2500 }, (_, i) => [
      JSON.stringify({
        create: { _id: `a${i}`, _index: `wazuh-alerts-4.x-2026.11.${i % 2 === 0 ? '23' : '24'}` },
      }),
      JSON.stringify({ timestamp: new Date(nowMs - 3_600_000 + i * 1000).toISOString(), id: String(i) }),
    ]).flat()
    const bulk = await fetch(`${node.url}/_bulk?refresh=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    })
    expect(bulk.status).toBe(200)
    const first = await collect({ enough: ids => ids.length >= 2500 })
    expect(first.ids).toEqual(Array.from({ length: 2500 }, (_, i) => `a${i}`))
    // Indexed only now; the last poll ended at the time of a2499.
    const endMs = nowMs - 3_600_000 + 2499 * 1000
    await write('late by little', { timestamp: new Date(endMs - 10_000).toISOString() })
    await write('late by half an hour', { timestamp: new Date(endMs - 1_800_000).toISOString() })
    await write('late by a year', { timestamp: new Date(endMs - 365 * 86_400_000).toISOString() })
    await write('of 1970', { timestamp: '1970-01-01T00:00:07.000Z' })
    await write('of the year 1', { timestamp: '0001-01-01T00:00:00.000Z' })
    await write('of 2099', { timestamp: '2099-06-01T00:00:00.000Z' })
    await write('of the year 9999', { timestamp: '9999-12-31T23:59:59.000Z' })
    await write('ahead of its time', { timestamp: new Date(nowMs + 86_400_000).toISOString() })
    await write('new', { timestamp: new Date(endMs + 1000).toISOString() })
    const second = await collect({
      clock: fixedClock(nowMs + 5000),
      checkpoint: first.position,
      enough: ids => ids.includes('of the year 9999'),
    })
    expect(second.ids).toEqual(
      expect.arrayContaining([
        'late by little',
        'late by half an hour',
        'late by a year',
        'of 1970',
        'of the year 1',
        'new',
        'ahead of its time',
        'of 2099',
      ]),
    )
    // The five minutes around the late one, the half minute at the end and what is far from now, not everything.
    expect(second.ids.length).toBeLessThan(345)
    // What is ahead of its time does not hide what comes in time, and nothing is handed on again.
    await write('in time', { timestamp: new Date(endMs + 2000).toISOString() })
    const third = await collect({
      clock: fixedClock(nowMs + 6000),
      checkpoint: second.position,
      enough: ids => ids.includes('in time'),
    })
    expect(third.ids).toContain('in time')
    expect(third.ids.length).toBeLessThan(40)
  })

  it('hands nothing on twice while nothing changes, and finds what is late between two polls', async context => {
    if (node === undefined) return context.skip()
    let polls = 0
    const counted: Indexer = {
      ...indexer,
      openView: (...args) => {
        polls++
        return indexer.openView(...args)
      },
    }
    let written = false
    const { ids } = await collect({
      indexer: counted,
      enough: ids => ids.includes('late between polls'),
      onState: async () => {
        if (polls < 3 || written) return
        written = true
        await write('late between polls', {
          timestamp: new Date(nowMs - 3_600_000 + 2_400_000).toISOString(),
        })
      },
    })
    expect(polls).toBeGreaterThan(3)
    // All of it once, and the five minutes of the late one once more.
    expect(ids.length).toBeLessThan(2500 + 320)
  })

  it('reads findings of Wazuh 5, which have no time but that of ECS, as alerts; also late ones', async context => {
    if (node === undefined) return context.skip()
    const finding = (atMs: number) => ({
      '@timestamp': new Date(atMs).toISOString(),
      wazuh: {
        rule: { id: '0b1c7d9e-3a52-4f60-9c11-2f7a5d8e9b10', title: 'Suspicious PowerShell', level: 'high' },
        agent: { id: '003', name: 'pc-1' },
      },
      source: { ip: '203.0.113.9' },
    })
    const index = 'wazuh-findings-v5-windows-000001'
    const polled = { pattern: 'wazuh-findings-v5-*', timeField: '@timestamp' } as const
    let written = false
    const first = await collect({
      ...polled,
      enough: ids => ids.includes('f2'),
      // There is no such index at the first poll, and that is no failure.
      onState: async () => {
        if (written) return
        written = true
        await write('f1', finding(nowMs - 60_000), index)
        await write('f2', finding(nowMs - 1000), index)
      },
    })
    expect(first.ids).toEqual(['f1', 'f2'])
    const read = normalizeLine(first.lines[0] ?? Buffer.alloc(0), { where: 'f1', receivedAtMs: 0 })
    expect(read).toMatchObject({
      kind: 'alert',
      alert: { generation: 5, id: 'f1', timestampMs: nowMs - 60_000, rule: { level: 12 } },
    })
    await write('late', finding(nowMs - 3_600_000), index)
    const second = await collect({
      ...polled,
      checkpoint: first.position,
      enough: ids => ids.includes('late'),
    })
    expect(second.ids).toContain('late')
  })

  it('goes on from the page that was stored last', async context => {
    if (node === undefined) return context.skip()
    const half = await collect({ enough: ids => ids.length >= 1000 })
    const rest = await collect({ checkpoint: half.position, enough: ids => ids.includes('a2499') })
    expect(new Set([...half.ids, ...rest.ids]).size).toBeGreaterThanOrEqual(2500)
  })
})

describe('what Tocsin writes into a real OpenSearch', () => {
  it('puts an enrichment into the documents of a case and into no others', async context => {
    if (node === undefined) return context.skip()
    const index = 'wazuh-alerts-4.x-2026.11.20'
    const line = (id: string) =>
      wazuhLine({ id, atMs: Date.parse('2026-11-20T01:00:00Z'), rule: ['5710', 5, 'x', ['sshd']] })
    for (const id of ['1.1', '1.2', '1.3']) await write(id, JSON.parse(line(id)), index)
    const alerts = ['1.1', '1.3'].flatMap(id => {
      const read = normalizeLine(Buffer.from(line(id)), { where: id, receivedAtMs: 0 })
      return read.kind === 'quarantined' ? [] : [read.alert]
    })
    expect(
      await updateDocuments(indexer, alerts, { headline: 'a "b" \n', techniques: ['T1110'] }, signal),
    ).toBe(2)
    await indexer.request('POST', `/${index}/_refresh`, undefined, signal)
    const reply = (await indexer.request(
      'POST',
      `/${index}/_search`,
      { query: { exists: { field: 'tocsin.headline' } } },
      signal,
    )) as { hits: { hits: { _id: string; _source: { tocsin: unknown } }[] } }
    expect(reply.hits.hits.map(hit => hit._id).sort()).toEqual(['1.1', '1.3'])
    expect(reply.hits.hits[0]?._source.tocsin).toEqual({ headline: 'a "b" \n', techniques: ['T1110'] })
  })

  it('puts an enrichment into findings of Wazuh 5, which lie in a data stream', async context => {
    if (node === undefined) return context.skip()
    const stream = 'wazuh-findings-v5-enriched'
    await indexer.request(
      'PUT',
      '/_index_template/findings-stream',
      { index_patterns: [stream], data_stream: {}, priority: 200 },
      signal,
    )
    const finding = (id: string) => ({
      '@timestamp': new Date(nowMs).toISOString(),
      event: { id },
      wazuh: { rule: { id: '0b1c7d9e-3a52-4f60-9c11-2f7a5d8e9b10', title: 'x', level: 'high' } },
    })
    for (const id of ['w1', 'w2', 'w3'])
      await indexer.request('PUT', `/${stream}/_create/${id}?refresh=true`, finding(id), signal)
    const alerts = ['w1', 'w3', 'not there'].flatMap(id => {
      const hit = { _index: stream, _id: id, _source: finding(id) }
      const read = normalizeLine(Buffer.from(JSON.stringify(hit)), { where: id, receivedAtMs: 0 })
      return read.kind === 'quarantined' ? [] : [read.alert]
    })
    expect(alerts.map(({ generation }) => generation)).toEqual([5, 5, 5])
    expect(await updateDocuments(indexer, alerts, { headline: 'y' }, signal)).toBe(2)
    // Again, as after a crash between the write and the note of it.
    expect(await updateDocuments(indexer, alerts, { headline: 'y' }, signal)).toBe(2)
    await indexer.request('POST', `/${stream}/_refresh`, undefined, signal)
    const reply = (await indexer.request(
      'POST',
      `/${stream}/_search`,
      { query: { exists: { field: 'tocsin.headline' } } },
      signal,
    )) as { hits: { hits: { _id: string; _source: { event: unknown } }[] } }
    expect(reply.hits.hits.map(hit => hit._id).sort()).toEqual(['w1', 'w3'])
    expect(reply.hits.hits.map(hit => hit._source.event)).toEqual(
      expect.arrayContaining([{ id: 'w1' }, { id: 'w3' }]),
    )
    await indexer.request('DELETE', `/_data_stream/${stream}`, undefined, signal)
  })

  it('says itself what it is, and what else lies in it', async context => {
    if (node === undefined) return context.skip()
    const which = openWhichWazuh({
      api: undefined,
      indexer,
      socketHere: false,
      set: undefined,
      clock: fixedClock(nowMs),
    })
    const found = await which.ask(signal)
    expect(found).toMatchObject({ generation: 4, setBy: 'indexer', indexed: [4, 5] })
    expect(describeWazuh(found)).toMatch(/^Wazuh 4: the indexer is OpenSearch 2\.19\.\d+$/)
  })

  it('writes a brief beside the findings of Wazuh 5, once', async context => {
    if (node === undefined) return context.skip()
    const sink = indexSink(indexer, () => new Date(nowMs).toISOString())
    const text = JSON.stringify({ integration: 'tocsin', tocsin: { event_id: 'b1', headline: 'a "b" \n' } })
    for (let time = 0; time < 2; time++)
      expect(await sink({ text, agent: undefined }, signal)).toEqual({ kind: 'taken' })
    await indexer.request('POST', `/${briefsIndex}/_refresh`, undefined, signal)
    const reply = (await indexer.request('POST', `/${briefsIndex}/_search`, undefined, signal)) as {
      hits: { hits: { _id: string; _source: { tocsin: unknown } }[] }
    }
    expect(reply.hits.hits).toMatchObject([
      { _id: 'b1', _source: { tocsin: { event_id: 'b1', headline: 'a "b" \n' } } },
    ])
  })

  it('hands an action to the channel of Wazuh 5, and says when that was refused', async context => {
    if (node === undefined) return context.skip()
    await indexer.request(
      'PUT',
      '/_index_template/active-responses',
      { index_patterns: ['wazuh-active-responses'], data_stream: {}, priority: 200 },
      signal,
    )
    const channel = openActiveResponseChannel(indexer, () => '2026-11-24T12:00:00.000Z')
    const request = {
      agentId: '007',
      command: '!tocsin',
      arguments: ['add'],
      data: { action: 'block-address' },
    }
    expect(await channel.send(request, signal)).toEqual({ kind: 'sent' })
    await indexer.request('POST', '/wazuh-active-responses/_refresh', undefined, signal)
    const reply = (await indexer.request('POST', '/wazuh-active-responses/_search', undefined, signal)) as {
      hits: { hits: { _source: unknown }[] }
    }
    expect(reply.hits.hits).toHaveLength(1)
    expect(reply.hits.hits[0]?._source).toMatchObject({
      wazuh: { active_response: { executable: 'tocsin', location: 'defined-agent', agent_id: '007' } },
      data: { action: 'block-address' },
    })
    const wrong = openActiveResponseChannel(indexer, () => 'no time at all')
    expect(await wrong.send(request, signal)).toMatchObject({ kind: 'not-sent', retryable: false })
  })
})
