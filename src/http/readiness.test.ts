import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { startTestServer } from '../../test/support/test-server.ts'
import { connectDatabase } from '../store/connect.ts'
import { healthRoutes } from './routes/health-routes.ts'

it('is alive and not ready while the database is away, and tells nobody where that is', async () => {
  const away = connectDatabase({
    connection: { host: '127.0.0.1', port: 1, user: 'the-owner', database: 'the-database' }, // Nothing listens there.
    maxConnections: 1,
    onIdleError: () => {},
  })
  const server = await startTestServer(() => healthRoutes(away, new Registry()))
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
