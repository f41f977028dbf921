import type { Registry } from 'prom-client'
import { z } from 'zod'
import { messageOf } from '../../lib/app-error.ts'
import type { Database } from '../../lib/database.ts'
import { sessionEndpoints } from '../contract.ts'
import { endpoint } from '../endpoint.ts'
import { type Route, route, streamRoute } from '../route.ts'

const readMetrics = endpoint({
  method: 'GET',
  path: '/metrics',
  summary: 'Prometheus metrics, as text.',
  access: { kind: 'role', role: 'viewer', scope: 'metrics' },
  reply: z.string(),
})

/** What machines ask: is it alive, can it work, how is it doing. */
export function healthRoutes(database: Database, registry: Registry): Route[] {
  return [
    route(sessionEndpoints.live, async () => ({ status: 'ok' as const, checks: {} })),
    route(sessionEndpoints.ready, async ({ reply }) => {
      try {
        await database.query('select 1')
        return { status: 'ok' as const, checks: { database: 'ok' } }
      } catch (error) {
        reply.status(503)
        return { status: 'unavailable' as const, checks: { database: messageOf(error) } }
      }
    }),
    streamRoute(readMetrics, async ({ reply }) => {
      reply.header('content-type', registry.contentType).send(await registry.metrics())
    }),
  ]
}
