import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { ServerEvent } from '../../src/http/contract-events.ts'

/** `lost` from the first failed reconnect until events flow again. */
export type LiveState = 'connecting' | 'live' | 'lost'

/** Every event there is: a kind that the contract gains and this lacks does not compile. */
const kinds: Readonly<Record<ServerEvent['kind'], true>> = {
  'case-created': true,
  'case-changed': true,
  'brief-ready': true,
}

let state: LiveState = 'connecting'
const stateListeners = new Set<() => void>()
const eventListeners = new Set<(event: ServerEvent) => void>()
const openListeners = new Set<() => void>()

/**
 * Opens the event stream and keeps it open; returns the function that closes it. EventSource reconnects by itself
 * after a dropped connection but gives up when the server answers with an error, so that case is retried here.
 */
export function openLiveEvents(): () => void {
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let delayMs = 1000
  const connect = () => {
    source = new EventSource('/api/events')
    source.onopen = () => {
      delayMs = 1000
      setState('live')
      for (const listener of openListeners) listener()
    }
    source.onerror = () => {
      setState('lost')
      if (source?.readyState !== EventSource.CLOSED) return
      retry = setTimeout(connect, delayMs)
      delayMs = Math.min(delayMs * 2, 30_000)
    }
    for (const kind of Object.keys(kinds))
      source.addEventListener(kind, message => {
        const event = JSON.parse(message.data) as ServerEvent // Written by our own server from the same schema.
        for (const listener of eventListeners) listener(event)
      })
  }
  connect()
  return () => {
    clearTimeout(retry)
    source?.close()
    setState('connecting')
  }
}

/** Whether events flow. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    listener => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    () => state,
  )
}

/** Calls `onEvent` for each event while mounted. */
export function useLiveEvents(onEvent: (event: ServerEvent) => void): void {
  useListener(eventListeners, onEvent)
}

/**
 * Calls `onOpen` each time the stream opens, the first time too: events are hints, the lists are the truth, and what
 * happened between the reading of a list and the opening is in no event.
 */
export function useStreamOpen(onOpen: () => void): void {
  useListener(openListeners, onOpen)
}

function useListener<T extends (...args: never[]) => void>(listeners: Set<T>, listener: T): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    const call = ((...args: never[]) => latest.current(...args)) as T // Same parameters, by construction.
    listeners.add(call)
    return () => void listeners.delete(call)
  }, [listeners])
}

function setState(next: LiveState): void {
  if (next === state) return
  state = next
  for (const listener of stateListeners) listener()
}
