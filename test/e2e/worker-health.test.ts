import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerHealth } from '../../src/main/worker-health.ts'
import { WorkerPulse } from '../../src/queue/worker-pulse.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import { until } from '../support/api-person.ts'
import { freePort } from '../support/free-port.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin } from '../support/tocsin-process.ts'

// What a liveness probe asks. Kubernetes starts a worker anew that answers 503 or nothing, several times in a row.

const ask = (port: number, path = '/healthz', timeoutMs = 120_000) =>
  fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(timeoutMs) })

it('a worker says that it turns, and 503 once something in it is late, with no word of what to strangers', async () => {
  let nowMs = 0
  const pulse = new WorkerPulse(() => nowMs)
  const told: unknown[] = []
  const port = await freePort()
  const config = { host: '127.0.0.1', workerPort: port }
  const health = await answerHealth({ pulse, config, logger: { error: (what: unknown) => told.push(what) } })
  try {
    const job = Promise.withResolvers<void>()
    const running = pulse.during('job case-investigate 7', 1000, () => job.promise)
    expect((await ask(port)).status).toBe(200)
    expect((await ask(port, '/metrics')).status).toBe(404)
    nowMs = 1001
    const late = await ask(port)
    expect({ status: late.status, body: await late.json() }).toEqual({
      status: 503,
      body: { status: 'hangs' },
    })
    expect(told).toEqual([{ late: ['job case-investigate 7'] }])
    job.resolve()
    await running
    expect((await ask(port)).status).toBe(200)
  } finally {
    await health.close()
  }
  await expect(ask(port)).rejects.toThrow()
})

it('says which setting is in the way where the port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo // It listens on TCP.
  const config = { host: '127.0.0.1', workerPort: port }
  await expect(
    answerHealth({ pulse: new WorkerPulse(), config, logger: { error: () => {} } }),
  ).rejects.toThrow('TOCSIN_WORKER_PORT')
  taken.close()
})

describe.skipIf(!databaseKinds.includes('server'))('tocsin worker', () => {
  let folder: string
  let server: PostgresServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-health-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    server = await startPostgresServer(mkdtempSync(join(folder, 'db-')))
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers while it works and while its database is away, and not while its thread stands still', async () => {
    const port = await freePort()
    const worker = startTocsin(['worker'], {
      DATABASE_URL: server.url,
      TOCSIN_DATA: join(folder, 'data'),
      TOCSIN_PORT: '0',
      TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411',
      TOCSIN_WORKER_PORT: String(port),
    })
    try {
      await worker.seen(/working/)
      expect((await ask(port)).status).toBe(200)
      // A worker that loses its database before it has begun ends: here it works already.
      const look = connectDatabase({
        connection: server.connection,
        maxConnections: 1,
        onIdleError: () => {},
      })
      await until('a worker at work', async () => {
        const [row] = await look.query<{ listens: boolean; leads: number }>(
          `select exists (select from pg_stat_activity where application_name = 'tocsin-listen') as listens,
             (select count(*) from leases) as leads`,
        )
        return row?.listens && row.leads >= 3 ? true : undefined
      })
      await look.close()
      // A new process would not bring the database back.
      await server.stop('immediate')
      expect((await ask(port)).status).toBe(200)
      await server.start()
      worker.child.kill('SIGSTOP')
      await expect(ask(port, '/healthz', 2000)).rejects.toThrow()
      worker.child.kill('SIGCONT')
      expect((await ask(port)).status).toBe(200)
    } finally {
      worker.child.kill('SIGCONT')
      expect([await worker.end('SIGTERM'), worker.child.signalCode, worker.output()]).toEqual([
        0,
        null,
        expect.anything(),
      ])
    }
  })
})
