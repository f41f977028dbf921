import { passesByItself, type WazuhApi } from './server-api.ts'

/** An event on its way into Wazuh's analysis: JSON text that begins with `{"`. */
export interface WazuhEvent {
  readonly text: string
  /** The agent that the event is about; without one it is an event of the manager. */
  readonly agent: { readonly id: string; readonly name: string; readonly ip: string | undefined } | undefined
}

/** `refused`: this event will never be taken; `failed`: trying again can help. */
export type SinkResult =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused' | 'failed'; readonly reason: string }

/** Where enrichment goes back into Wazuh. */
export type EventSink = (event: WazuhEvent, signal: AbortSignal) => Promise<SinkResult>

/** Beyond this analysisd drops a datagram without a word (measured on 4.14.7: 65,263 bytes pass, 65,663 do not). */
export const eventLimitBytes = 60_000

/** Sends through `POST /events` of the server API (4.x): for a manager on another machine. Location is `API-Webhook`. */
export function apiEventSink(api: WazuhApi): EventSink {
  return async (event, signal) => {
    if (Buffer.byteLength(event.text) > eventLimitBytes) return tooLarge(event)
    const reply = await api({ method: 'POST', path: '/events', body: { events: [event.text] } }, signal)
    const { status, body } = reply
    if (status !== 200)
      return { kind: passesByItself(reply) ? 'failed' : 'refused', reason: `Wazuh answered ${status}` }
    const failed = typeof body === 'object' && body !== null && 'error' in body && body.error !== 0
    return failed
      ? { kind: 'failed', reason: 'Wazuh did not forward the event to its analysis' }
      : { kind: 'taken' }
  }
}

export function tooLarge(event: WazuhEvent): SinkResult {
  return {
    kind: 'refused',
    reason: `the event has ${Buffer.byteLength(event.text)} bytes; Wazuh loses those over ${eventLimitBytes} silently`,
  }
}
