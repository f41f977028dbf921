// `npm run bench queue`: the queue page of the API with 100,000 cases, over real HTTP with a real session. Reference in the
// same run: GET /readyz, the least that a request with one database round trip takes.
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { caseRoutes } from '../src/http/routes/case-routes.ts'
import { healthRoutes } from '../src/http/routes/health-routes.ts'
import { sessionRoutes } from '../src/http/routes/session-routes.ts'
import { WorkerPulse } from '../src/queue/worker-pulse.ts'
import { fillCases } from '../test/support/many-cases.ts'
import { startTestServer } from '../test/support/test-server.ts'

const rounds = 100

const server = await startTestServer(accounts => [
  ...healthRoutes(accounts.database, new Registry(), new WorkerPulse()),
  ...sessionRoutes(accounts, false),
  ...caseRoutes({ ...accounts, modelConfigured: false }),
])
try {
  await fillCases(server.test.database, 100_000)
  const person = await server.signIn('analyst')
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo // It listens on TCP.
  const get = (path: string) => timed(port, path, person.cookie)
  const reference = await measure(() => get('/readyz'))
  print('one round trip (GET /readyz)', reference, reference)
  const { nextCursor } = JSON.parse((await get('/api/cases?status=open,in-progress&limit=100')).body)
  const pages: Record<string, string> = {
    'open cases by priority': '/api/cases?status=open,in-progress&limit=100',
    'the next page': `/api/cases?status=open,in-progress&limit=100&cursor=${nextCursor}`,
    'by severity alone': '/api/cases?status=open,in-progress&sort=severity&limit=100',
    'high and critical': '/api/cases?status=open,in-progress&severity=high,critical&limit=100',
    newest: '/api/cases?status=open,in-progress&sort=newest&limit=100',
    'due first': '/api/cases?status=open,in-progress&sort=due&limit=100',
    'closed ones': '/api/cases?status=closed&limit=100',
    everything: '/api/cases?limit=100',
    'of one host': '/api/cases?status=open,in-progress&host=host-77&limit=100',
    'by a word': '/api/cases?status=open,in-progress&text=powershell&limit=100',
    'by an address': '/api/cases?text=203.0.113.7&limit=100',
    mine: '/api/cases?assignee=me&limit=100',
  }
  for (const [name, path] of Object.entries(pages)) print(name, await measure(() => get(path)), reference)
} finally {
  await server.close()
}

interface Measured {
  readonly p50: number
  readonly p99: number
}

async function measure(call: () => Promise<{ ms: number }>): Promise<Measured> {
  for (let warm = 0; warm < 20; warm++) await call()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push((await call()).ms)
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(rounds * 0.5)] ?? 0, p99: times[Math.floor(rounds * 0.99)] ?? 0 }
}

function print(name: string, { p50, p99 }: Measured, reference: Measured): void {
  console.log(
    `${name.padEnd(30)} p50 ${p50.toFixed(1).padStart(6)} ms   p99 ${p99.toFixed(1).padStart(6)} ms   ${(p50 / reference.p50).toFixed(1)} times one round trip`,
  )
}

async function timed(port: number, path: string, cookie: string): Promise<{ ms: number; body: string }> {
  const start = performance.now()
  const call = request({ host: '127.0.0.1', port, path, headers: { cookie } }).end()
  const [response] = await once(call, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`)
  return { ms: performance.now() - start, body }
}
