import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase, type OpenDatabase } from '../../src/store/connect.ts'
import { freePort } from '../support/free-port.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// Two servers and two workers on one PostgreSQL server, all started in the same moment on an empty database, behave as one.

describe.skipIf(!databaseKinds.includes('server'))('several servers and workers', () => {
  let folder: string
  let server: PostgresServer
  let database: OpenDatabase
  let ports: readonly [number, number]
  let serves: readonly TocsinProcess[] = []
  let workers: readonly TocsinProcess[] = []
  const headers: Record<string, string> = {}

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-many-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    server = await startPostgresServer(mkdtempSync(join(folder, 'db-')), { maxConnections: 150 })
    database = connectDatabase({ connection: server.connection, maxConnections: 2, onIdleError: () => {} })
    ports = [await freePort(), await freePort()]
    const settings = (port: number) => ({
      DATABASE_URL: server.url,
      TOCSIN_DATA: join(folder, 'data'),
      TOCSIN_PORT: String(port),
    })
    serves = ports.map(port => startTocsin(['serve'], settings(port)))
    workers = ports.map(port => startTocsin(['worker'], settings(port)))
    await Promise.all([
      ...serves.map(serve => serve.seen(/serving on/)),
      ...workers.map(worker => worker.seen(/working/)),
    ])
  })
  afterAll(async () => {
    await Promise.all([...serves, ...workers].map(program => program.end('SIGTERM')))
    await database?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function call(port: number, method: string, path: string, body?: unknown) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(300_000),
    })
    const [cookie] = answer.headers.getSetCookie()
    if (cookie !== undefined) headers.cookie = cookie.split(';')[0] ?? ''
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  it('make one schema and one first admin, who is signed in at both', async () => {
    const passwords = serves.flatMap(serve => /one-time password (\S+)/.exec(serve.output())?.[1] ?? [])
    expect(passwords).toHaveLength(1)
    const [current = ''] = passwords
    const signedIn = await call(ports[0], 'POST', '/api/session', { username: 'admin', password: current })
    headers['x-csrf-token'] = signedIn.body.session.csrfToken
    const next = 'a password of the test'
    expect((await call(ports[1], 'POST', '/api/session/password', { current, next })).status).toBe(200)
    for (const port of ports) expect((await call(port, 'GET', '/api/cases')).status).toBe(200)
  })

  it('put alerts that go to either into one case, which both show as soon as a worker has briefed it', async () => {
    const streams = await Promise.all(ports.map(port => openEvents(port, headers.cookie ?? '')))
    const details = { name: 'test', scopes: ['ingest'], expiresInDays: null }
    const { secret } = (await call(ports[0], 'POST', '/api/tokens', details)).body
    const post = async (number: number) => {
      const answer = await fetch(`http://127.0.0.1:${ports[number % 2]}/api/webhook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' },
        body: wazuhLine({
          id: `1770000000.${number}`,
          atMs: Date.now(),
          host: 'web-01',
          rule: ['5712', 10, 'sshd: brute force trying to get access', ['sshd']],
          data: { srcip: '203.0.113.7' },
        }),
      })
      return (await answer.json()) as { stored: number }
    }
    const answers = await Promise.all(Array.from({ length: 24 }, (_, number) => post(number)))
    expect(answers.map(({ stored }) => stored)).toEqual(answers.map(() => 1))
    const cases = await database.query('select id, alert_count as alerts from cases')
    expect(cases).toEqual([{ id: expect.any(String), alerts: 24 }])
    const [{ id: caseId } = { id: '' }] = cases as { id: string }[]
    // Each server tells its own listeners, whichever process stored the alert and whichever worker wrote the brief.
    for (const events of streams) {
      await events.seen(kind => kind.kind === 'case-created' && kind.caseId === caseId)
      await events.seen(kind => kind.kind === 'brief-ready' && kind.caseId === caseId)
      events.close()
    }
    await expect.poll(async () => (await database.query('select from jobs')).length).toBe(0)
    const [row] = await database.query('select revision, briefed_revision as briefed from cases')
    expect(row).toMatchObject({ briefed: (row as { revision: number }).revision })
    expect(await database.query(`select from briefs where origin = 'computed'`)).toHaveLength(1)
  })

  it('go on when one of each is told to stop', async () => {
    expect(await Promise.all([serves[0], workers[0]].map(program => program?.end('SIGTERM')))).toEqual([0, 0])
    expect((await call(ports[1], 'GET', '/api/cases')).body.cases).toHaveLength(1)
    const again = wazuhLine({
      id: '1770000001.1',
      atMs: Date.now(),
      host: 'db-02',
      rule: ['5710', 5, 'x', ['sshd']],
    })
    const details = { name: 'again', scopes: ['ingest'], expiresInDays: null }
    const { secret } = (await call(ports[1], 'POST', '/api/tokens', details)).body
    await fetch(`http://127.0.0.1:${ports[1]}/api/webhook`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' },
      body: again,
    })
    await expect
      .poll(() => database.query('select from cases where briefed_revision = revision'))
      .toHaveLength(2)
  })
})

interface Told {
  readonly kind: string
  readonly caseId?: string
}

interface Events {
  /** Resolves once such an event was told. */
  seen(wanted: (event: Told) => boolean): Promise<void>
  close(): void
}

async function openEvents(port: number, cookie: string): Promise<Events> {
  const told: Told[] = []
  const asked = request(`http://127.0.0.1:${port}/api/events`, { headers: { cookie } }).end()
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject)
  })
  let held = ''
  response.setEncoding('utf8').on('data', text => {
    held += text
    const blocks = held.split('\n\n')
    held = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.+)$/m.exec(block)?.[1]
      if (data !== undefined) told.push(JSON.parse(data))
    }
  })
  response.on('error', () => undefined)
  asked.on('error', () => undefined)
  return {
    seen: wanted =>
      expect
        .poll(() => told.some(wanted), { timeout: 120_000, message: 'an event' })
        .toBe(true) as Promise<void>,
    close: () => void asked.destroy(),
  }
}
