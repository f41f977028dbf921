import type { Database } from '../lib/database.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { eventsChannel } from '../store/events.ts'
import { type ServerEvent, serverEvent } from './contract-events.ts'

interface Listener {
  readonly onEvent: (event: ServerEvent) => void
  /** Told when events may have been missed. */
  readonly onGap: () => void
}

/** Hands what the database announces to every open console of the tenant, from whichever process it came. */
export interface EventHub {
  subscribe(tenant: string, listener: Listener): () => void
  /** How many consoles listen. */
  readonly size: () => number
  /** Resolves once it hears the database: consoles that come later miss nothing. */
  readonly hears: Promise<void>
  /** Listens until the signal fires. */
  run(signal: AbortSignal): Promise<void>
}

export function createEventHub(database: Database): EventHub {
  const listeners = new Map<Listener, string>()
  const deliver = (payload: string) => {
    // PostgreSQL asks nobody for a right to notify: who signs in as one tenant must not end the processes of the others.
    const notice = jsonOrNothing(payload)
    const tenant = readPointer(notice, '/tenant')
    const event = serverEvent.safeParse(notice)
    if (!event.success) return // Of a newer version of Tocsin on the same database.
    for (const [listener, of] of listeners) if (of === tenant) listener.onEvent(event.data)
  }
  // The first time too: a console may have come before anybody listened to the database.
  const { promise: hears, resolve: heard } = Promise.withResolvers<void>()
  const tellGap = () => {
    heard()
    for (const listener of listeners.keys()) listener.onGap()
  }
  return {
    subscribe(tenant, listener) {
      listeners.set(listener, tenant)
      return () => listeners.delete(listener)
    },
    size: () => listeners.size,
    hears,
    run: signal => database.listen(eventsChannel, deliver, tellGap, signal),
  }
}
