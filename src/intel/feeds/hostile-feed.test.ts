import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FeedState } from '../../store/intel-feeds.ts'
import { parseFeeds } from './feed-settings.ts'
import { fetchFeed } from './fetch-feed.ts'

// A feed that was taken over: it cannot fill the memory, and leads to no other host.

const page = gzipSync(
  JSON.stringify({ more: true, next: 'x', objects: [{ type: 'note', content: 'a'.repeat(40_000_000) }] }),
)
const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, 'a'))
let server: Server
let base = ''
let pages = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    const packed = (body: Buffer) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body)
    if (request.url === '/bomb') return packed(bomb)
    if (request.url === '/away') return response.writeHead(302, { location: `${base}/bomb` }).end()
    pages++
    return packed(page)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A listening TCP server has an address with a port.
  base = `http://127.0.0.1:${port}`
})
afterAll(() => void server.close())

async function read(kind: string, path: string) {
  const [feed] = parseFeeds(
    `feeds:\n  - { id: hostile, kind: ${kind}, url: '${base}${path}' }\n`,
    'feeds.yaml',
  )
  if (feed === undefined) throw new Error('no feed')
  const state = { etag: null, lastModified: null, place: null } as FeedState // The members that are read.
  return fetchFeed(feed, state, 0, AbortSignal.timeout(300_000))
}

it('pages without end are cut off before they fill the memory', async () => {
  await expect(read('taxii', '/taxii/')).rejects.toMatchObject({ code: 'feed-too-large' })
  expect(pages).toBeLessThanOrEqual(4)
})

it('what unpacks to more than a feed has is cut off, and a redirect is not followed', async () => {
  await expect(read('file', '/bomb')).rejects.toThrow(/more than 67108864 bytes/)
  await expect(read('rss', '/away')).rejects.toMatchObject({ code: 'feed-refused' })
})
