import type { EventEmitter } from 'node:events'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type StopSignal = (typeof stopSignals)[number]

export interface StopOptions {
  /** Somebody asks once more, later: whoever waits wants the end now. */
  readonly onImpatience: (signal: StopSignal) => void
  /** Milliseconds, from any fixed moment. */
  readonly now?: () => number
}

/** One request to stop may come this many times within so long: from the terminal, from npm and from the launcher. */
const oneRequestMs = 3000

/**
 * A signal that fires at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed). Ctrl-C reaches every process of a terminal, and a
 * parent that hands it on besides sends it again: repeats within three seconds are the same request, so that an
 * orderly end is not cut off by its own announcement. One after that is `onImpatience`.
 */
export function stopOnSignals(source: EventEmitter, options: StopOptions): AbortSignal {
  const { onImpatience, now = () => performance.now() } = options
  const stop = new AbortController()
  let firstAt: number | undefined
  for (const signal of stopSignals) {
    source.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = now()
        stop.abort(new Error(`stopped by ${signal}`))
      } else if (now() - firstAt > oneRequestMs) onImpatience(signal)
    })
  }
  return stop.signal
}
