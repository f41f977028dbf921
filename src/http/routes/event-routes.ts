import { eventEndpoints } from '../contract-events.ts'
import type { EventHub } from '../event-hub.ts'
import { type Caller, type Route, streamRoute } from '../route.ts'
import { openEventStream } from '../server-sent-events.ts'

const askEveryMs = 15_000

/**
 * The live stream of open consoles. `stopping` ends every stream when the server stops; `stands` is asked every few
 * seconds, so that a stream does not outlive a session or a token that was ended.
 */
export function eventRoutes(
  hub: EventHub,
  tenant: string,
  stopping: AbortSignal,
  stands: (caller: Caller) => Promise<boolean>,
  everyMs = askEveryMs,
): Route[] {
  return [
    streamRoute(
      eventEndpoints.readEvents,
      async ({ reply, signal, caller }) => {
        const stream = openEventStream(reply, 'retry: 2000\n\n')
        let unsubscribe = () => {}
        let asking: ReturnType<typeof setInterval> | undefined
        await new Promise<void>(resolve => {
          // Events that were missed end the stream: the console comes back by itself, and reads its page again.
          unsubscribe = hub.subscribe(tenant, {
            onEvent: event => stream.send(event.kind, event),
            onGap: resolve,
          })
          // A database that is away does so too.
          const ask = () => stands(caller).catch(() => false)
          asking = setInterval(async () => {
            if (!(await ask())) resolve()
          }, everyMs)
          for (const end of [signal, stopping]) {
            if (end.aborted) resolve()
            end.addEventListener('abort', () => resolve(), { once: true })
          }
        })
        clearInterval(asking)
        unsubscribe()
        stream.end()
      },
      { requestsPerMinute: false },
    ),
  ]
}
