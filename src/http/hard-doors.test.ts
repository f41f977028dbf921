import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { callerStands } from './authorize.ts'
import { createEventHub } from './event-hub.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// What a client that speaks odd HTTP, or too much of it, gets.

let server: TestServer
let base = ''
let port = 0

beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 10_000),
    ...eventRoutes(createEventHub(parts.database), 'default', new AbortController().signal, caller =>
      callerStands(parts, caller),
    ),
  ])
  base = await server.app.listen({ host: '127.0.0.1', port: 0 })
  port = Number(new URL(base).port)
})
afterAll(() => server.close())

/** The first line of what is answered to these very bytes. */
async function statusOf(request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', text => {
    answer += text
  })
  socket.end(request.replaceAll('\n', '\r\n'))
  await once(socket, 'close')
  return answer.split('\r\n')[0] ?? ''
}

const post = 'POST /api/session HTTP/1.1\nHost: a\nContent-Type: application/json\nConnection: close\n'

it.each([
  ['two lengths', `${post}Content-Length: 2\nContent-Length: 30\n\n{}GET /api/session HTTP/1.1\n`],
  ['a length and chunks', `${post}Content-Length: 2\nTransfer-Encoding: chunked\n\n0\n\nGET / HTTP/1.1\n\n`],
  ['chunks by another name', `${post}Transfer-Encoding: xchunked\n\n0\n\n`],
  ['a blank before the colon', `${post}Transfer-Encoding : chunked\n\n0\n\n`],
  ['two hosts', 'GET /api/session HTTP/1.1\nHost: a\nHost: b\nConnection: close\n\n'],
  ['no host', 'GET /api/session HTTP/1.1\nConnection: close\n\n'],
  ['a folded header', 'GET /api/session HTTP/1.1\nHost: a\nX: a\n b\nConnection: close\n\n'],
])('%s is refused: a proxy and we could read it differently', async (_, request) => {
  expect(await statusOf(request)).toMatch(/^HTTP\/1\.1 400 /)
})

it('waits for no request for ever', () => {
  expect(server.app.server.requestTimeout).toBeGreaterThan(0)
  expect(server.app.server.headersTimeout).toBeGreaterThan(0)
  expect(server.app.server.headersTimeout).toBeLessThanOrEqual(server.app.server.requestTimeout)
})

it('what it answers is kept by nobody', async () => {
  for (const path of ['/api/session', '/api/openapi.json', '/nowhere'])
    expect((await fetch(base + path)).headers.get('cache-control')).toBe('no-store')
})

it('one account opens no more streams than it can have use for, and others are not kept out', async () => {
  const [loud, other] = [await server.signIn('viewer', 'loud'), await server.signIn('viewer', 'other')]
  const stop = new AbortController()
  const open = ({ cookie }: { cookie: string }) =>
    fetch(`${base}/api/events`, { headers: { cookie }, signal: stop.signal })
  const answers = await Promise.all(Array.from({ length: 35 }, () => open(loud)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter(status => status === 200)).toHaveLength(30)
  expect(statuses.filter(status => status === 429)).toHaveLength(5)
  expect((await open(other)).status).toBe(200)
  stop.abort()
  // Once they are closed there is room again.
  await expect
    .poll(
      async () => {
        const again = new AbortController()
        const { status } = await fetch(`${base}/api/events`, {
          headers: { cookie: loud.cookie },
          signal: again.signal,
        })
        again.abort()
        return status
      },
      { timeout: 60_000 },
    )
    .toBe(200)
})

it('says in words what is missing where no console was built, and goes on answering the API in JSON', async () => {
  const get = async (path: string, accept: string) => {
    const answer = await fetch(`${base}${path}`, { headers: { accept } })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  for (const path of ['/', '/cases/case_1']) {
    const page = await get(path, 'text/html,application/xhtml+xml')
    expect(page).toMatchObject({ status: 404, type: 'text/html; charset=utf-8' })
    expect(page.text).toMatch(
      /<h1>The console of Tocsin is not built here<\/h1>.*npm start.*npx vite build console/s,
    )
    expect(page.text).not.toContain('case_1')
  }
  const plain = await get('/', '*/*')
  expect(plain).toMatchObject({ status: 404, type: 'text/plain; charset=utf-8' })
  expect(plain.text).toMatch(/^The console of Tocsin is not built here\.\n.*npm start/s)
  for (const [path, accept] of [
    ['/api/nowhere', 'text/html'],
    ['/nowhere', '*/*'],
  ] as const) {
    const missing = await get(path, accept)
    expect(missing).toMatchObject({ status: 404, type: 'application/json; charset=utf-8' })
    expect(JSON.parse(missing.text).error.message).toBe(`there is nothing at GET ${path}`)
  }
})
