import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import type { EventHub } from '../event-hub.ts'
import { type Route, streamRoute } from '../route.ts'

const beatMs = 15_000
/** A reader this far behind is cut off: it reconnects and reads its page again. */
const maxBufferedBytes = 1024 * 1024

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
        reply.hijack()
        const stream = reply.raw
        stream.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
        stream.write('retry: 2000\n\n')
        const send = (text: string) => {
          if (stream.writableLength > maxBufferedBytes) stream.destroy()
          else stream.write(text)
        }
        const unsubscribe = hub.subscribe(tenant, event =>
          send(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`),
        )
        const beat = setInterval(() => send(': beat\n\n'), beatMs)
        await new Promise<void>(resolve => {
          for (const end of [signal, stopping]) {
            if (end.aborted) resolve()
            end.addEventListener('abort', () => resolve(), { once: true })
          }
        })
        clearInterval(beat)
        unsubscribe()
        stream.end()
      },
      { requestsPerMinute: false },
    ),
  ]
}
