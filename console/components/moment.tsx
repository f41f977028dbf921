import { useSyncExternalStore } from 'react'
import { compactTime, fullTime, shortDuration } from '../text/format-time.ts'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** The time, renewed once a second for all components together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** A point in time, as short as it can be; the whole of it on hover and for machines. `precise`: to the second, always. */
export function Moment({ atMs, precise = false }: { atMs: number; precise?: boolean }) {
  return (
    <time
      dateTime={isoTime(atMs)}
      title={`${fullTime(atMs)} here, ${isoTime(atMs)}`}
      className="whitespace-nowrap"
    >
      {compactTime(atMs, useMinute(), precise)}
    </time>
  )
}

/** How long ago: `4 m`. */
export function Age({ atMs }: { atMs: number }) {
  const since = useNow() - atMs
  return (
    <time
      dateTime={isoTime(atMs)}
      title={`${fullTime(atMs)} here, ${isoTime(atMs)}`}
      className="whitespace-nowrap"
    >
      {since < 5000 ? 'now' : shortDuration(since)}
    </time>
  )
}

/** The time in whole minutes: changes, and so renders, only once a minute. */
function useMinute(): number {
  return useSyncExternalStore(subscribe, () => now - (now % 60_000))
}

function isoTime(atMs: number): string {
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
