import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { FeedState } from '../../store/intel-feeds.ts'
import { type Feed, parseFeeds } from './feed-settings.ts'
import { fetchFeed } from './fetch-feed.ts'

// Feeds whose clocks are wrong, or that want to be the last that is read.

const nowMs = Date.parse('2026-11-28T12:00:00Z')
const nowSeconds = nowMs / 1000
const in2099 = Date.parse('2099-06-01T00:00:00Z') / 1000
const fresh = (place: string | null = null): FeedState => ({
  id: 'feed',
  etag: null,
  lastModified: null,
  place,
  nextMs: 0,
  failures: 0,
  lastError: null,
  lastOkMs: null,
})

let server: Server | undefined
afterEach(() => server?.close())

/** Reads a feed of a server again and again, each time from where it got; returns what came each time. */
async function open(kind: string, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  server = createServer(answer)
  await new Promise<void>(done => server?.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  const [feed] = parseFeeds(`feeds: [{id: feed, kind: ${kind}, url: "http://127.0.0.1:${port}/x"}]`, 'f')
  return openFeed(feed)
}

function openFeed(feed: Feed | undefined, startMs = nowMs) {
  if (feed === undefined) throw new Error('no feed')
  let state = fresh()
  let atMs = startMs
  return {
    state: () => state,
    from: (place: string) => {
      state = fresh(place)
    },
    async read() {
      atMs += 3_600_000
      const reading = await fetchFeed(feed, state, atMs, new AbortController().signal)
      state = { ...state, ...reading.state }
      return reading.items.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString()}`)
    },
  }
}

const uuidOf = (n: number) => `5f3c8f3e-0000-4000-8000-${String(n).padStart(12, '0')}`

describe('a feed whose clock is wrong', () => {
  /** Event number and its time in seconds. */
  const misp = (events: Map<number, number>) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/x/manifest.json') {
      const manifest = [...events].map(([n, timestamp]) => [uuidOf(n), { timestamp: String(timestamp) }])
      response.end(JSON.stringify(Object.fromEntries(manifest)))
    } else response.end(request.url)
  }

  it('MISP: an event of 2099 is read and hides none that comes after it', async () => {
    const events = new Map([
      [1, nowSeconds - 100],
      [2, in2099],
    ])
    const { read, state } = await open('misp', misp(events))
    expect(await read()).toHaveLength(2)
    events.set(3, nowSeconds + 1_000)
    events.set(4, in2099 - 5_000)
    const then = (await read()).join()
    expect(then).toContain(uuidOf(3))
    // Before the one that was read, and also still to come: with the next turn.
    expect(then + (await read()).join()).toContain(uuidOf(4))
    expect(Number(state().place?.split('/')[0])).toBe(nowSeconds + 1_000)
    events.set(5, nowSeconds + 3_600)
    expect((await read()).join()).toContain(uuidOf(5))
  })

  it('MISP: thousands of events of 2099 keep none of today waiting, and all of them are read', async () => {
    const events = new Map(Array.from({ length: 120 }, (_, n) => [n, in2099 + n]))
    const { read } = await open('misp', misp(events))
    const seen = new Set<string>()
    for (let turn = 0; turn < 4; turn++) {
      events.set(1_000 + turn, nowSeconds + turn)
      const items = await read()
      expect(items.join()).toContain(uuidOf(1_000 + turn))
      for (const item of items) seen.add(item.slice(0, 36))
    }
    expect(seen.size).toBe(124)
  })

  it('MISP: all events of one second are read, however many', async () => {
    const events = new Map(Array.from({ length: 120 }, (_, n) => [n, nowSeconds - 50]))
    const { read } = await open('misp', misp(events))
    expect(await read()).toHaveLength(120)
    expect(await read()).toHaveLength(0)
  })

  it("MISP's API: an event of 2099 hides none that comes after it", async () => {
    const events = [
      [1, nowSeconds - 100],
      [2, in2099],
    ]
    const { read, state } = await open('misp-api', async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const { timestamp } = JSON.parse(text)
      const found = events.filter(([, at = 0]) => at >= timestamp)
      const list = found.map(([n = 0, at]) => ({ Event: { uuid: uuidOf(n), timestamp: String(at) } }))
      response.end(JSON.stringify({ response: list }))
    })
    expect(await read()).toHaveLength(2)
    expect(state().place).toBe(String(nowSeconds - 100))
    events.push([3, nowSeconds + 10])
    expect((await read()).join()).toContain(uuidOf(3))
  })

  const taxii =
    (objects: Map<string, number>, header: (addedMs: number) => string | undefined) =>
    (request: IncomingMessage, response: ServerResponse) => {
      const after = new URL(request.url ?? '/', 'http://x').searchParams.get('added_after')
      const found = [...objects].filter(([, at]) => after === null || at > Date.parse(after))
      const last = header(Math.max(0, ...found.map(([, at]) => at)))
      if (last !== undefined && found.length > 0) response.setHeader('x-taxii-date-added-last', last)
      response.end(JSON.stringify({ objects: found.map(([id]) => ({ type: 'indicator', id })) }))
    }

  it.each([
    ['of 2099', (atMs: number) => new Date(atMs).toISOString()],
    ['that is no date', () => 'soon'],
    ['that is missing', () => undefined],
  ])('TAXII: a last date %s hides nothing that is added later', async (_what, header) => {
    const objects = new Map([
      ['indicator--a', nowMs - 1_000],
      ['indicator--b', in2099 * 1000],
    ])
    const { read, state } = await open('taxii', taxii(objects, header))
    expect((await read()).join()).toMatch(/indicator--a.*indicator--b/)
    expect(Date.parse(state().place ?? '')).toBeLessThanOrEqual(nowMs + 3_600_000)
    objects.set('indicator--c', nowMs + 3_600_000 + 5_000)
    expect((await read()).join()).toContain('indicator--c')
  })

  it('a document dated 2099 is asked for again without that date', async () => {
    const asked: unknown[] = []
    const { read } = await open('file', (request, response) => {
      asked.push(request.headers['if-modified-since'])
      // As Apache compares: not modified since then.
      if (request.headers['if-modified-since'] !== undefined) response.writeHead(304).end()
      else
        response
          .setHeader('last-modified', 'Mon, 01 Jun 2099 00:00:00 GMT')
          .end(`list ${String(asked.length)}`)
    })
    expect(await read()).toEqual(['x list 1'])
    expect(await read()).toEqual(['x list 2'])
    expect(asked).toEqual([undefined, undefined])
  })

  it('a place that a clock of ours wrote that was ahead is not kept', async () => {
    const misp1 = await open('misp', misp(new Map([[1, nowSeconds - 100]])))
    misp1.from(String(in2099))
    expect(await misp1.read()).toHaveLength(1)
    server?.close()
    const taxii1 = await open(
      'taxii',
      taxii(new Map([['indicator--a', nowMs]]), () => undefined),
    )
    taxii1.from('2099-01-01T00:00:00.000Z')
    expect(await taxii1.read()).toHaveLength(1)
  })

  it('a folder: a file dated 2099 hides none, and one that was moved in with a date of 1980 is read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-feed-'))
    const outside = mkdtempSync(join(tmpdir(), 'tocsin-outside-'))
    try {
      const put = (name: string, seconds: number) => {
        writeFileSync(join(outside, name), name)
        utimesSync(join(outside, name), seconds, seconds)
        renameSync(join(outside, name), join(folder, name))
      }
      const [feed] = parseFeeds(`feeds: [{id: feed, kind: folder, path: "${folder}"}]`, 'f')
      // The file system has the real time.
      const { read } = openFeed(feed, Date.now() - 3_600_000)
      put('new', in2099)
      expect((await read()).join()).toContain('new')
      put('old', 315_532_800)
      expect((await read()).join()).toContain('old')
    } finally {
      rmSync(folder, { recursive: true })
      rmSync(outside, { recursive: true })
    }
  })
})
