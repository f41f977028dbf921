// `npm run bench brief [--seconds N] [--rate N] [--warm N]`: from "this case is stored" to "its brief is ready" on an open
// console stream, in a whole `tocsin up` process, at a steady rate of alerts posted to the webhook. New cases of its first
// seconds (`--warm`), when nothing is compiled or cached yet, are told apart. Reference in the same run: the round trip of
// one empty request to the same process.
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startTocsin } from '../test/support/tocsin-process.ts'
import { realisticAlerts } from './server/realistic-alerts.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '500' },
    warm: { type: 'string', default: '5' },
  },
})
const [rate, warm] = [Number(values.rate), Number(values.warm)]
const seconds = Number(values.seconds) + warm
const batch = 25
/** A case of up to so many alerts is briefed as it grows; a larger one every other second (see `ingest/ingest.ts`). */
const smallCase = 20
const port = 17_412
const base = `http://127.0.0.1:${port}`

const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
chmodSync(folder, 0o755) // The embedded PostgreSQL runs as another account when we are root.
const tocsin = startTocsin(['up'], {
  TOCSIN_DATA: join(folder, 'data'),
  TOCSIN_PORT: String(port),
  TOCSIN_REQUESTS_PER_MINUTE: '1000000',
})
try {
  const [, password] = await tocsin.seen(/one-time password (\S+)/)
  await tocsin.seen(/ready on/)
  const headers = await signIn(password ?? '')
  const token = await ingestToken(headers)
  await measure(headers, token)
} finally {
  await tocsin.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

async function measure(headers: Record<string, string>, token: string): Promise<void> {
  const pings: number[] = []
  for (let round = 0; round < 200; round++) {
    const start = performance.now()
    await (await fetch(`${base}/healthz`)).text()
    pings.push(performance.now() - start)
  }
  const briefs = await openStream(headers)
  /** Since when a case waits for a brief, and which kind of case it is. */
  const waiting = new Map<string, { readonly since: number; readonly kind: keyof typeof delays }>()
  /** A hint of growth can come after the brief that covers it already. */
  const briefed = new Map<string, number>()
  const delays = {
    'new cases': [] as number[],
    'new cases while it warms up': [] as number[],
    'small grown cases': [] as number[],
    floods: [] as number[],
  }
  let warmFrom = Number.POSITIVE_INFINITY
  briefs.onEvent(event => {
    const waits = waiting.get(event.caseId)
    if (event.kind === 'brief-ready') {
      waiting.delete(event.caseId)
      briefed.set(event.caseId, event.revision)
      if (waits !== undefined) delays[waits.kind].push(performance.now() - waits.since)
      return
    }
    if (waits !== undefined || event.revision <= (briefed.get(event.caseId) ?? 0)) return
    const isNew = event.kind === 'case-created'
    const fresh = performance.now() < warmFrom ? 'new cases while it warms up' : 'new cases'
    const kind = isNew ? fresh : event.revision <= smallCase ? 'small grown cases' : 'floods'
    waiting.set(event.caseId, { since: performance.now(), kind })
  })
  const lines = realisticAlerts(seconds * rate, 2)
  const start = performance.now()
  warmFrom = start + warm * 1000
  const posts: Promise<unknown>[] = []
  for (let sent = 0; sent < seconds * rate; sent += batch) {
    const due = start + (sent / rate) * 1000
    const early = due - performance.now()
    if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
    posts.push(
      post(
        Array.from({ length: batch }, () => lines.next().value as string),
        token,
      ),
    ) // `count` is as many.
  }
  await Promise.all(posts)
  const took = (performance.now() - start) / 1000
  for (let round = 0; waiting.size > 0 && round < 200; round++)
    await new Promise(resolve => setTimeout(resolve, 50))
  briefs.close()
  const ping = quantile(pings, 0.5)
  console.log(
    `${((seconds * rate) / took).toFixed(0)} alerts/s; an empty request takes ${ping.toFixed(1)} ms; cases left without a brief: ${waiting.size}`,
  )
  for (const [name, times] of Object.entries(delays))
    console.log(
      `${name}: ${times.length} briefs on the stream, p50 ${quantile(times, 0.5).toFixed(0)} ms (${(quantile(times, 0.5) / ping).toFixed(0)} empty requests), p99 ${quantile(times, 0.99).toFixed(0)} ms after they were stored`,
    )
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

async function signIn(password: string): Promise<Record<string, string>> {
  const json = { 'content-type': 'application/json' }
  const first = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username: 'admin', password }),
  })
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  const { session } = (await first.json()) as { session: { csrfToken: string } } // Of our own contract.
  const headers = { ...json, cookie, 'x-csrf-token': session.csrfToken }
  const body = JSON.stringify({ current: password, next: 'a password of the bench' })
  await fetch(`${base}/api/session/password`, { method: 'POST', headers, body })
  return headers
}

async function ingestToken(headers: Record<string, string>): Promise<string> {
  const body = JSON.stringify({ name: 'bench', scopes: ['ingest'] })
  const reply = await fetch(`${base}/api/tokens`, { method: 'POST', headers, body })
  return ((await reply.json()) as { secret: string }).secret // Of our own contract.
}

async function post(lines: readonly string[], token: string): Promise<void> {
  const reply = await fetch(`${base}/api/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  })
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
  await reply.arrayBuffer()
}

async function openStream(headers: Record<string, string>) {
  const call = request(`${base}/api/events`, { headers: { cookie: headers.cookie ?? '' } }).end()
  const [response] = await once(call, 'response')
  let listener: (event: { kind: string; caseId: string; revision: number }) => void = () => {}
  let rest = ''
  response.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (data !== undefined) listener(JSON.parse(data))
    }
  })
  return {
    onEvent: (handle: typeof listener) => {
      listener = handle
    },
    close: () => call.destroy(),
  }
}
