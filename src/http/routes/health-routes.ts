import type { Registry } from 'prom-client'
import type { Database } from '../../lib/database.ts'
import type { WorkerPulse } from '../../queue/worker-pulse.ts'
import { sessionEndpoints } from '../contract.ts'
import { type Route, route, streamRoute } from '../route.ts'

/** What machines ask: is it alive, can it work, how is it doing. */
export function healthRoutes(
  database: Database,
  registry: Registry,
  pulse: Pick<WorkerPulse, 'late'>,
): Route[] {
  return [
    route(sessionEndpoints.live, async ({ reply }) => {
      // Of the worker in the same process, where there is one.
      const late = pulse.late()
      if (late.length === 0) return { status: 'ok' as const, checks: {} }
      reply.request.log.error({ late }, 'the worker hangs')
      reply.status(503)
      return { status: 'unavailable' as const, checks: { worker: 'hangs' } }
    }),
    route(sessionEndpoints.ready, async ({ reply }) => {
      try {
        await database.query('select 1')
        return { status: 'ok' as const, checks: { database: 'ok' } }
      } catch (error) {
        reply.request.log.warn({ err: error }, 'not ready')
        reply.status(503)
        // Anybody may ask: why it does not answer, and where it stands, is in the log.
        return { status: 'unavailable' as const, checks: { database: 'does not answer' } }
      }
    }),
    streamRoute(sessionEndpoints.metrics, async ({ reply }) => {
      reply.header('content-type', registry.contentType).send(await registry.metrics())
    }),
  ]
}
