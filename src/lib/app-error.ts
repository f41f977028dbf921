import { z } from 'zod'

/**
 * The one error type that the product throws for faults (never for expected outcomes: those are values).
 *
 * `code` is kebab-case and stable. `retryable` tells the job runner whether trying again can help.
 * `message` says what happened, to which id, and what to do next. Never put a secret or a raw log line in it.
 */
export class AppError extends Error {
  readonly code: string
  readonly retryable: boolean

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** Ends a switch over a union: the compiler complains when a case is missing. */
export function assertNever(value: never): never {
  throw new AppError('unreachable', `unexpected value ${JSON.stringify(value)}`)
}

/** The message of anything that was thrown; of a schema's complaint the sentences, not its JSON. */
export function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  return error instanceof Error ? error.message : String(error)
}
