import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { localPoller } from '../../test/support/local-poller.ts'
import { fixedClock } from '../lib/clock.ts'
import type { SourceState } from './source.ts'

// An indexer that answers what no OpenSearch would. What a real one answers is tested in test/integration/indexer.test.ts.

const nowMs = Date.parse('2026-11-28T12:00:00Z')
const pageOf = (length: number, hit: (n: number) => unknown) => ({
  hits: { hits: Array.from({ length }, (_, n) => hit(n)) },
})
const goodHit = (n: number) => ({
  _index: 'i',
  _id: `d${n}`,
  _source: { rule: {} },
  sort: [nowMs - 60_000 + n, `d${n}`],
})

let server: Server | undefined
afterEach(() => server?.close())

/**
 * What the poller says of an indexer that answers every search like this, and how many documents it handed on. It is
 * stopped once it says something of this kind.
 */
async function pollOf(
  search: (body: { aggs?: unknown; search_after?: unknown }) => unknown,
  until: SourceState['kind'] | undefined = undefined,
) {
  server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const reply = request.url?.endsWith('/_search')
      ? search(body as { aggs?: unknown; search_after?: unknown })
      : { pit_id: 'view' }
    response
      .setHeader('content-type', 'application/json')
      .end(typeof reply === 'string' ? reply : JSON.stringify(reply))
  })
  await new Promise<void>(done => server?.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const stop = new AbortController()
  let delivered = 0
  const checkpoints: unknown[] = []
  let said = ''
  await localPoller(port, {
    clock: fixedClock(nowMs),
    timeoutMs: 20_000,
    intervalMs: 10,
    overlapMs: 30_000,
    lateMs: 3_600_000,
    firstLookBackMs: 3_600_000,
  }).run(
    { throughMs: nowMs - 600_000, sinceMs: nowMs - 3_600_000 },
    async (records, checkpoint) => {
      delivered += records.length
      checkpoints.push(checkpoint)
    },
    state => {
      said += `${state.kind}: ${state.detail}\n`
      if (until === undefined || state.kind === until) stop.abort()
    },
    AbortSignal.any([stop.signal, AbortSignal.timeout(300_000)]),
  )
  return { said, delivered, checkpoints }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : JSON.parse(text)
}

const noCounts = { hits: { hits: [] }, aggregations: { time: { buckets: [] } } }
const firstCounts = (page: unknown) => (body: { aggs?: unknown }) =>
  body.aggs === undefined ? page : noCounts

describe('an indexer that is not what it says', () => {
  it('gives the same page for ever: said, and what it gave is kept', async () => {
    const { said, delivered } = await pollOf(firstCounts(pageOf(1000, goodHit)))
    expect(said).toMatch(/^failing: .*(out of the order of time|again instead of the next)/)
    expect(delivered).toBe(1000)
  })

  it('gives the last document of the page before for ever', async () => {
    const { said } = await pollOf(firstCounts(pageOf(1000, () => goodHit(0))))
    expect(said).toMatch(/^failing: .*a page of wazuh-alerts-4\.x-\* again/)
  })

  it.each([
    ['no sort values', { ...goodHit(1), sort: undefined }, /without a time/],
    ['a time that is no number', { ...goodHit(1), sort: ['soon', 'x'] }, /without a time/],
    ['a text for a document', 'document', /another shape/],
    ['a list for a source', { ...goodHit(1), _source: [] }, /another shape/],
    ['a number for an id', { ...goodHit(1), _id: 7 }, /another shape/],
  ])('sorts by time and gives %s', async (_what, hit, complaint) => {
    const { said, checkpoints } = await pollOf(firstCounts({ hits: { hits: [hit] } }))
    expect(said).toMatch(/^failing/)
    expect(said).toMatch(complaint)
    expect(checkpoints).toEqual([])
  })

  it('goes back in time', async () => {
    const { said } = await pollOf(firstCounts(pageOf(5, n => goodHit(5 - n))))
    expect(said).toMatch(/out of the order of time/)
  })

  it('sends more than was asked for', async () => {
    const { said, delivered } = await pollOf(firstCounts(pageOf(1001, goodHit)))
    expect(said).toMatch(/1001 documents for a page of 1000/)
    expect(delivered).toBe(0)
  })

  it('counts spans of time without end', async () => {
    const buckets = Array.from({ length: 50_000 }, (_, n) => ({ key: n * 300_000, doc_count: 1 }))
    const { said } = await pollOf(() => ({ hits: { hits: [] }, aggregations: { time: { buckets } } }))
    expect(said).toMatch(/^failing: .*50000 spans of time/)
  })

  it.each(['', 'no JSON', '[]', 'null', '{"hits":null}'])('answers %j', async reply => {
    expect((await pollOf(() => reply)).said).toMatch(/^failing: /)
  })
})

it('says what is wrong, and goes on when it is right again', async () => {
  let answers = 0
  const { said, delivered } = await pollOf(body => {
    answers++
    if (answers === 1) return 'a proxy that has nothing behind it'
    return firstCounts(pageOf(3, goodHit))(body)
  }, 'connected')
  expect(said).toMatch(/^failing: .*\nconnected: /)
  expect(delivered).toBe(3)
})
