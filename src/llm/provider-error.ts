import { APICallError } from '@ai-sdk/provider'
import { z } from 'zod'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Secret } from '../lib/secret.ts'
import { ModelError } from './completion.ts'

/**
 * Turns whatever an SDK threw into a ModelError. The SDK's own error is not kept as the cause: it holds the prompt,
 * the headers and the address, and causes end up in logs. The provider's words are shortened and scrubbed of the key.
 */
export function modelErrorOf(
  error: unknown,
  model: string,
  key: Secret | undefined,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof AppError) return error
  const say = (text: string) => `model ${model}: ${scrub(text, key)}`
  if (!APICallError.isInstance(error)) {
    const wrapped = causeOf(error)
    if (wrapped instanceof AppError) return wrapped
    return new ModelError('model-stream-cut', say(sentWords(error) ?? messageOf(error)), { retryable: true })
  }
  const wrapped = causeOf(error)
  if (wrapped instanceof AppError) return wrapped
  const { statusCode } = error
  if (statusCode === undefined)
    return new ModelError('model-unreachable', say(error.message), { retryable: true })
  if (statusCode < 400) return new ModelError('model-stream-cut', say(error.message), { retryable: true })
  const { code, retryable } = meaningOf(statusCode)
  return new ModelError(code, say(`${statusCode} ${sentWords(error.data) ?? error.message}`), {
    retryable,
    retryAfterMs: restOf(retryAfter(error.responseHeaders ?? {})),
  })
}

/** An error in the middle of a stream comes as the object that the provider sent. */
function sentWords(error: unknown): string | undefined {
  return z.looseObject({ message: z.string() }).safeParse(error).data?.message
}

function meaningOf(status: number): { code: `model-${string}`; retryable: boolean } {
  switch (status) {
    case 401:
      return { code: 'model-unauthorised', retryable: false }
    case 403:
      return { code: 'model-forbidden', retryable: false }
    case 404:
      return { code: 'model-not-found', retryable: false }
    case 408:
      return { code: 'model-timeout', retryable: true }
    case 413:
      return { code: 'model-request-too-large', retryable: false }
    case 429:
      return { code: 'model-rate-limited', retryable: true }
    case 503:
    case 529:
      return { code: 'model-overloaded', retryable: true }
    default:
      return status >= 500
        ? { code: 'model-failed', retryable: true }
        : { code: 'model-bad-request', retryable: false }
  }
}

/** No provider has a reason to be left alone for longer; one that says so must not be out of use until the next start. */
const longestRestMs = 3_600_000

function restOf(askedMs: number | undefined): number | undefined {
  return askedMs === undefined ? undefined : Math.min(askedMs, longestRestMs)
}

/** Milliseconds from `retry-after-ms`, or from `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (Number.isFinite(ms)) return Math.max(0, ms)
  const text = headers['retry-after']
  if (text === undefined) return undefined
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  const sent = Date.parse(headers.date ?? '')
  return Number.isNaN(date) || Number.isNaN(sent) ? undefined : Math.max(0, date - sent)
}

function scrub(text: string, key: Secret | undefined): string {
  const clean = key ? key.scrub(text) : text
  // Providers repeat parts of a wrong key ("Incorrect API key provided: sk-ab…9x").
  return clean.replace(/\b(?:sk|key|Bearer|AKIA|AIza)[-_ A-Za-z0-9*.…]{6,}/g, '[secret]').slice(0, 300)
}

function causeOf(error: unknown): unknown {
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof AppError) return current
    current = current.cause
  }
  return undefined
}
