import { AppError } from './app-error.ts'

/** Waits, or stops at once with the signal's reason. Leaves no timer and no listener behind. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Waits until the time is over or the signal fires, whichever is first: for a loop that looks at the signal itself. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, signal).catch(() => {})
}

/** A signal that fires with the given one, or after `timeoutMs` with an AppError `timed-out` (retryable). */
export function withTimeout(timeoutMs: number, what: string, signal?: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const timer = setTimeout(
    () =>
      controller.abort(
        new AppError('timed-out', `${what} took longer than ${timeoutMs} ms`, { retryable: true }),
      ),
    timeoutMs,
  )
  timer.unref()
  return signal ? AbortSignal.any([controller.signal, signal]) : controller.signal
}

/** What the promise gives, or the signal's reason at once where that fires first; the work behind it goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const stop = () => stopped.reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
