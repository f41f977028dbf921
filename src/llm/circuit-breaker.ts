import type { Clock } from '../lib/clock.ts'

/** How a model fared lately. `open`: it is left alone until `untilMs`; then one call may try it. */
export type Health =
  | { readonly kind: 'well' }
  | { readonly kind: 'failing'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly reason: string }

export interface CircuitBreaker {
  /** Whether a call may be made now. After a pause, one call may; the others wait for what comes of it. */
  admits(): boolean
  succeeded(): void
  /** `pauseMs`: how long the provider asked to be left alone. */
  failed(reason: string, pauseMs?: number): void
  /** The admitted call came to no result (it was cancelled): another may try. */
  released(): void
  readonly health: Health
}

/** Opens after `threshold` failures in a row, for `pauseMs`, doubled each time up to 16 times. */
export function createCircuitBreaker(clock: Clock, threshold = 3, pauseMs = 5_000): CircuitBreaker {
  let failures = 0
  let openings = 0
  let untilMs = 0
  let reason = ''
  let trying = false
  return {
    admits() {
      if (untilMs === 0) return true
      if (clock.now() < untilMs || trying) return false
      trying = true
      return true
    },
    succeeded() {
      failures = 0
      openings = 0
      untilMs = 0
      trying = false
    },
    failed(why, askedMs) {
      failures++
      trying = false
      if (failures < threshold && askedMs === undefined && untilMs === 0) return
      const ownPause = pauseMs * 2 ** Math.min(openings, 4)
      openings++
      untilMs = clock.now() + Math.max(askedMs ?? 0, failures < threshold ? 0 : ownPause)
      reason = why
    },
    released() {
      trying = false
    },
    get health(): Health {
      if (untilMs > 0) return { kind: 'open', untilMs, reason }
      return failures > 0 ? { kind: 'failing', failures } : { kind: 'well' }
    },
  }
}
