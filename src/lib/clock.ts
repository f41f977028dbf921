/** Where "now" comes from. Passed in, so that tests and replays own the time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** The machine's own clock. Only composition roots use it. */
export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until moved. */
export function fixedClock(startMs: number): Clock & { advance(ms: number): void } {
  let at = startMs
  return {
    now: () => at,
    advance(ms) {
      at += ms
    },
  }
}
