import { assertNever } from '../../lib/app-error.ts'
import { eventEndpoints } from '../contract-events.ts'
import type { EventHub } from '../event-hub.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, streamRoute } from '../route.ts'
import { openEventStream } from '../server-sent-events.ts'

const askEveryMs = 15_000
/** Open at once for one person or token: as many as somebody has tabs. Each holds a connection and asks the database. */
const mostStreams = 30

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
  const open = new Map<string, number>()
  return [
    streamRoute(
      eventEndpoints.readEvents,
      async ({ reply, signal, caller }) => {
        const who = callerId(caller)
        const others = open.get(who) ?? 0
        if (others >= mostStreams)
          throw new RequestError('too-many-requests', `${mostStreams} streams are open already: close some`)
        open.set(who, others + 1)
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
        const left = (open.get(who) ?? 1) - 1
        if (left > 0) open.set(who, left)
        else open.delete(who)
      },
      { requestsPerMinute: false },
    ),
  ]
}

function callerId(caller: Caller): string {
  switch (caller.kind) {
    case 'person':
      return `person ${caller.user.id}`
    case 'token':
      return `token ${caller.tokenId}`
    case 'nobody':
      return 'nobody'
    default:
      return assertNever(caller)
  }
}
