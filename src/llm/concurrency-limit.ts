export interface ConcurrencyLimit {
  /**
   * Waits for a place, then runs: in order of arrival, but `ahead` of all who are not. A wait that is cancelled leaves the
   * queue.
   */
  run<Result>(action: () => Promise<Result>, signal: AbortSignal, ahead?: boolean): Promise<Result>
  /** How many run now. */
  readonly running: number
}

/** At most `places` actions at a time. */
export function createConcurrencyLimit(places: number): ConcurrencyLimit {
  let running = 0
  const first: (() => void)[] = []
  const others: (() => void)[] = []
  const enter = (signal: AbortSignal, waiting: (() => void)[]) =>
    new Promise<void>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (running < places) {
        running++
        return resolve()
      }
      const give = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(give), 1)
        reject(signal.reason)
      }
      waiting.push(give)
      signal.addEventListener('abort', leave, { once: true })
    })
  return {
    get running() {
      return running
    },
    async run(action, signal, ahead = false) {
      await enter(signal, ahead ? first : others)
      try {
        return await action()
      } finally {
        const next = first.shift() ?? others.shift()
        if (next) next()
        else running--
      }
    },
  }
}
