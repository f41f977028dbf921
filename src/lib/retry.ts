import { sleep } from './abort.ts'
import { AppError } from './app-error.ts'

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts: number
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  readonly signal?: AbortSignal
  /** 0 to 1; passed in so that tests are repeatable. */
  readonly random: () => number
  /** Whether another try can help; by default an AppError that says so. */
  readonly retryable?: (error: unknown) => boolean
}

/** Runs `action` until it succeeds, backing off exponentially with full jitter. Throws the last error. */
export async function retry<T>(action: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const retryable = options.retryable ?? (error => error instanceof AppError && error.retryable)
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt)
    } catch (error) {
      if (attempt >= options.attempts || options.signal?.aborted || !retryable(error)) throw error
      const ceiling = Math.min(options.maxDelayMs, options.firstDelayMs * 2 ** (attempt - 1))
      await sleep(ceiling * options.random(), options.signal)
    }
  }
}
