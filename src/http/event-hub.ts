import type { Database } from '../lib/database.ts'
import { eventsChannel } from '../store/events.ts'
import { type ServerEvent, serverEvent } from './contract-events.ts'

type Listener = (event: ServerEvent) => void

/** Hands what the database announces to every open console of the tenant, from whichever process it came. */
export interface EventHub {
  subscribe(tenant: string, listener: Listener): () => void
  /** How many consoles listen. */
  readonly size: () => number
  /** Listens until the signal fires. */
  run(signal: AbortSignal): Promise<void>
}

/** PostgreSQL asks nobody for a right to notify: who signs in as one tenant must not end the processes of the others. */
function noticeOf(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    return undefined
  }
}

export function createEventHub(database: Database): EventHub {
  const listeners = new Map<Listener, string>()
  const deliver = (payload: string) => {
    const notice = noticeOf(payload)
    const tenant = typeof notice === 'object' && notice !== null && 'tenant' in notice ? notice.tenant : ''
    const event = serverEvent.safeParse(notice)
    if (!event.success) return // Of a newer version of Tocsin on the same database.
    for (const [listener, of] of listeners) if (of === tenant) listener(event.data)
  }
  return {
    subscribe(tenant, listener) {
      listeners.set(listener, tenant)
      return () => listeners.delete(listener)
    },
    size: () => listeners.size,
    // After a gap the consoles need nothing: they read their page again when their own stream reconnects, and
    // every 30 s in any case.
    run: signal => database.listen(eventsChannel, deliver, () => {}, signal),
  }
}
