import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { startTestServer } from '../../test/support/test-server.ts'
import { WorkerPulse } from '../queue/worker-pulse.ts'
import { connectDatabase } from '../store/connect.ts'
import { healthRoutes } from './routes/health-routes.ts'

it('is alive and not ready while the database is away, and tells nobody where that is', async () => {
  const away = connectDatabase({
    connection: { host: '127.0.0.1', port: 1, user: 'the-owner', database: 'the-database' }, // Nothing listens there.
    maxConnections: 1,
    onIdleError: () => {},
  })
  const server = await startTestServer(() => healthRoutes(away, new Registry(), new WorkerPulse()))
  try {
    expect((await server.app.inject({ url: '/healthz' })).statusCode).toBe(200)
    const ready = await server.app.inject({ url: '/readyz' })
    expect(ready.statusCode).toBe(503)
    expect(ready.json()).toEqual({ status: 'unavailable', checks: { database: 'does not answer' } })
  } finally {
    await server.close()
    await away.close()
  }
})

it('is not alive any more once the worker in the same process hangs, and says in the log what it hangs at', async () => {
  let nowMs = 0
  const pulse = new WorkerPulse(() => nowMs)
  const server = await startTestServer(({ database }) => healthRoutes(database, new Registry(), pulse))
  const alive = async () => (await server.app.inject({ url: '/healthz' })).statusCode
  const ending = Promise.withResolvers<void>()
  try {
    const job = pulse.during('job test 7', 1000, () => ending.promise)
    nowMs = 1000
    expect(await alive()).toBe(200)
    nowMs = 1001
    expect(await alive()).toBe(503)
    expect(pulse.late()).toEqual(['job test 7'])
    ending.resolve()
    await job
    expect(await alive()).toBe(200)
  } finally {
    await server.close()
  }
})
