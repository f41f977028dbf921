import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import type { EventHub } from '../event-hub.ts'
import { type Route, streamRoute } from '../route.ts'
import { openEventStream } from '../server-sent-events.ts'

const readEvents = endpoint({
  method: 'GET',
  path: '/api/events',
  summary: 'Server-sent events: what changed, live. See contract-events.ts for the events.',
  access: { kind: 'role', role: 'viewer', scope: 'read' },
  reply: z.unknown(),
})

/** The live stream of open consoles. `stopping` ends every stream when the server stops. */
export function eventRoutes(hub: EventHub, tenant: string, stopping: AbortSignal): Route[] {
  return [
    streamRoute(
      readEvents,
      async ({ reply, signal }) => {
        const stream = openEventStream(reply, 'retry: 2000\n\n')
        const unsubscribe = hub.subscribe(tenant, event => stream.send(event.kind, event))
        await new Promise<void>(resolve => {
          for (const end of [signal, stopping]) {
            if (end.aborted) resolve()
            end.addEventListener('abort', () => resolve(), { once: true })
          }
        })
        unsubscribe()
        stream.end()
      },
      { requestsPerMinute: false },
    ),
  ]
}
