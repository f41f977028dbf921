import { unlessAborted } from './abort.ts'
import { AppError } from './app-error.ts'

/** Lets so many do something at once. Others wait, first come first served, and so many at most. */
export class Turns {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #waiting = new Set<() => void>()
  #taken = 0

  constructor(most: number, mostWaiting: number) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** Does it when its turn comes. Rejects with `busy` (retryable) where too many wait already, or with the signal's reason. */
  async run<Result>(action: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    await this.#take(signal)
    try {
      return await action()
    } finally {
      this.#give()
    }
  }

  async #take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#taken < this.#most) {
      this.#taken++
      return
    }
    if (this.#waiting.size >= this.#mostWaiting)
      throw new AppError('busy', `${this.#mostWaiting} wait for this already: try again in a moment`, {
        retryable: true,
      })
    const turn = Promise.withResolvers<void>()
    this.#waiting.add(turn.resolve)
    try {
      await (signal === undefined ? turn.promise : unlessAborted(turn.promise, signal))
    } catch (error) {
      // The turn may have come in the same moment.
      if (!this.#waiting.delete(turn.resolve)) this.#give()
      throw error
    }
  }

  #give(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#taken--
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
