import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { localPoller } from '../../test/support/local-poller.ts'
import { fixedClock } from '../lib/clock.ts'

// An indexer over HTTP that searches what it is given; a real OpenSearch does the same in test/integration/indexer.test.ts.

const startMs = Date.parse('2026-11-28T12:00:00Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs

interface Range {
  readonly gte: number
  readonly lt: number
}

interface Search {
  readonly size: number
  readonly query: { bool: { filter: [{ bool: { should: { range: { timestamp: Range } }[] } }] } }
  readonly search_after?: readonly [number, string]
  readonly aggs?: { time: { date_histogram: { fixed_interval: string } } }
}

/** Documents by id and when they say they happened. `refuses` answers 400 to such a search. */
async function openWorld() {
  const documents = new Map<string, number>()
  const world = { refuses: (_search: Search): boolean => false, searches: 0 }
  const answer = (search: Search) => {
    const ranges = search.query.bool.filter[0].bool.should.map(({ range }) => range.timestamp)
    const found = [...documents].filter(([, atMs]) => ranges.some(({ gte, lt }) => atMs >= gte && atMs < lt))
    if (search.aggs !== undefined) {
      const interval = Number.parseInt(search.aggs.time.date_histogram.fixed_interval, 10)
      const buckets = Map.groupBy(found, ([, atMs]) => Math.floor(atMs / interval) * interval)
      return {
        hits: { hits: [] },
        aggregations: {
          time: { buckets: [...buckets].map(([key, list]) => ({ key, doc_count: list.length })) },
        },
      }
    }
    const sorted = found.sort(([a, aMs], [b, bMs]) => aMs - bMs || (a < b ? -1 : 1))
    const [afterMs, afterId] = search.search_after ?? [Number.NEGATIVE_INFINITY, '']
    const rest = sorted.filter(([id, atMs]) => atMs > afterMs || (atMs === afterMs && id > afterId))
    return {
      hits: {
        hits: rest
          .slice(0, search.size)
          .map(([_id, atMs]) => ({ _index: 'i', _id, _source: { at: atMs }, sort: [atMs, _id] })),
      },
    }
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const isSearch = request.url?.endsWith('/_search') === true
    const search = isSearch ? (JSON.parse(text) as Search) : undefined
    if (isSearch) world.searches++
    if (search !== undefined && world.refuses(search)) {
      response.writeHead(400).end('{"error":{"reason":"too_many_buckets_exception"}}')
      return
    }
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(search === undefined ? { pit_id: 'view' } : answer(search)))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { world, documents, server }
}

let server: Server | undefined
afterEach(() => server?.close())

/** A poller that is run for some polls at a time, and starts again from its checkpoint as another process would. */
async function openReader() {
  const opened = await openWorld()
  server = opened.server
  const { port } = opened.server.address() as AddressInfo // It listens on TCP.
  const clock = fixedClock(startMs)
  let checkpoint: unknown
  let said = ''
  const delivered: string[] = []
  const poll = async (polls = 1) => {
    const stop = new AbortController()
    delivered.length = 0
    let left = polls
    await localPoller(port, {
      clock,
      timeoutMs: 60_000,
      intervalMs: 1,
      overlapMs: 60_000,
      lateMs: 3 * dayMs,
      firstLookBackMs: dayMs,
    }).run(
      checkpoint,
      async (records, reached) => {
        const ids = records.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString())._id as string)
        delivered.push(...ids)
        checkpoint = JSON.parse(JSON.stringify(reached))
      },
      state => {
        said = `${state.kind}: ${state.detail}`
        left--
        if (left <= 0) stop.abort()
      },
      AbortSignal.any([stop.signal, AbortSignal.timeout(300_000)]),
    )
    return [...delivered].sort()
  }
  return {
    ...opened,
    clock,
    poll,
    said: () => said,
    setCheckpoint: (to: unknown) => {
      checkpoint = to
    },
    throughMs: () => (checkpoint as { throughMs: number }).throughMs,
  }
}

describe('documents dated far from now', () => {
  it('one of 2099 and one of 1970 are read, and hide nothing that comes after them', async () => {
    const { documents, poll, clock, throughMs } = await openReader()
    documents.set('first', startMs - hourMs)
    documents.set('history', startMs - 30 * dayMs)
    expect(await poll()).toEqual(['first'])
    documents.set('of 2099', Date.UTC(2099, 5, 1))
    documents.set('of 1970', 7_000)
    documents.set('of 1601', Date.UTC(1601, 0, 1))
    documents.set('of the year 1', Date.UTC(1, 0, 1) - 1900 * 365.2425 * dayMs)
    documents.set('of 9999', Date.UTC(9999, 11, 31))
    documents.set('a month late', startMs - 31 * dayMs)
    clock.advance(1_000)
    expect(await poll()).toEqual(
      expect.arrayContaining(['of 1601', 'of 1970', 'of 2099', 'of 9999', 'of the year 1', 'a month late']),
    )
    expect(throughMs()).toBeLessThan(startMs + 1_000)
    documents.set('in time', startMs + 2_000)
    documents.set('also of 2099', Date.UTC(2099, 5, 1) + 5)
    documents.set('also of 1970', 9_000)
    clock.advance(10_000)
    expect(await poll()).toEqual(expect.arrayContaining(['in time', 'also of 2099', 'also of 1970']))
    // Nothing new: nothing far is read again, but for the minute that is read again at each start.
    clock.advance(600_000)
    expect(await poll(3)).toEqual(['in time'])
  })

  it('a source whose clock is a year ahead, or a month behind, is read all the time', async () => {
    const { documents, poll, clock } = await openReader()
    expect(await poll()).toEqual([])
    for (let hour = 1; hour <= 30; hour++) {
      clock.advance(hourMs)
      const nowMs = clock.now()
      documents.set(`ahead ${hour}`, nowMs + 365 * dayMs)
      documents.set(`behind ${hour}`, nowMs - 30 * dayMs)
      documents.set(`right ${hour}`, nowMs - 1_000)
      expect(await poll()).toEqual(
        expect.arrayContaining([`ahead ${hour}`, `behind ${hour}`, `right ${hour}`]),
      )
    }
  })

  it('what was dated ahead is read also when its day has come, and what becomes old is not read again', async () => {
    const { documents, poll, clock } = await openReader()
    for (let hour = 0; hour < 20; hour++) documents.set(`past ${hour}`, startMs - hour * hourMs)
    await poll()
    documents.set('ahead', startMs + 2 * dayMs)
    await poll()
    clock.advance(2 * dayMs + hourMs)
    documents.set('now', clock.now())
    const then = await poll()
    expect(then).toContain('now')
    for (let day = 0; day < 6; day++) {
      clock.advance(dayMs)
      documents.set(`day ${day}`, clock.now() - 1_000)
      expect(await poll(2)).toEqual(expect.arrayContaining([`day ${day}`]))
      const again = await poll()
      expect(again.filter(id => id.startsWith('past'))).toEqual([])
    }
  })

  it('history is not read for what comes late to a large day of it; that is said', async () => {
    const { documents, poll, clock, said } = await openReader()
    const day = startMs - 90 * dayMs
    for (let n = 0; n <= 20_000; n++) documents.set(`old ${n}`, day + n)
    documents.set('new', startMs - 1)
    expect(await poll()).toEqual(['new'])
    documents.set('late', day + 5)
    clock.advance(1_000)
    documents.set('newer', clock.now())
    const got = await poll()
    expect(got).toContain('newer')
    expect(got.length).toBeLessThan(10)
    expect(said()).toContain('1 came late to 2026-08-30, before the first start, and are not read')
  })

  it('an indexer that cannot count what lies far away is read all the same', async () => {
    const { documents, poll, clock, world, said } = await openReader()
    documents.set('first', startMs - 1)
    await poll()
    world.refuses = ({ aggs }) => aggs?.time.date_histogram.fixed_interval === `${dayMs}ms`
    documents.set('second', startMs + 1)
    clock.advance(1_000)
    expect(await poll()).toContain('second')
    expect(said()).toMatch(/^connected: .*what is dated far from now is not read: .*too_many_buckets/)
  })

  it('documents dated by a day each, over 20 years, cost a few questions, and each is read', async () => {
    const { documents, poll, clock, world } = await openReader()
    await poll()
    for (let day = 0; day < 7_300; day += 2) documents.set(`day ${day}`, Date.UTC(1980, 0, 1) + day * dayMs)
    clock.advance(1_000)
    world.searches = 0
    expect(await poll()).toHaveLength(3_650)
    expect(world.searches).toBeLessThan(40)
  })

  it('a checkpoint of a clock that was ahead is set back', async () => {
    const { documents, poll, setCheckpoint, throughMs } = await openReader()
    setCheckpoint({ throughMs: startMs + 400 * dayMs, sinceMs: startMs + 399 * dayMs, counts: [] })
    documents.set('now', startMs - 1_000)
    expect(await poll()).toContain('now')
    expect(throughMs()).toBeLessThanOrEqual(startMs)
  })
})
