import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { wasNeverSent } from '../lib/never-sent.ts'
import type { Secret } from '../lib/secret.ts'

/** One approved action, as the connector of a mail system gets it. */
export interface MailGatewayRequest {
  /** The proposal's id: the same id twice is one action. */
  readonly id: string
  readonly operation: string
  readonly arguments: { readonly [name: string]: Json }
  readonly expiresAtMs: number
  readonly requestedBy: string
  readonly approvedBy: readonly string[]
}

/** `done` and `not-done` are the mail system's own word. `unknown`: it may have been done; nobody tries again blindly. */
export type MailGatewayResult =
  | { readonly kind: 'done' | 'not-done' | 'unknown'; readonly reason: string }
  | { readonly kind: 'not-sent'; readonly reason: string; readonly retryable: boolean }

/** What carries actions to the organisation's mail system. */
export interface MailGatewayClient {
  send(request: MailGatewayRequest, signal: AbortSignal): Promise<MailGatewayResult>
}

export interface MailGatewayOptions {
  readonly url: string
  /** Shared with the connector; signs each request. */
  readonly secret: Secret
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timeoutMs: number
}

const answer = z.object({ result: z.enum(['done', 'failed']), detail: z.string().max(2000).default('') })
const largestAnswerCharacters = 16_384

/**
 * A connector over HTTP: one signed POST an action, to one address. Every mail system has another interface, so the few lines
 * that speak to it are the organisation's own; `deploy/mail-gateway/README.md` has the contract. The signature is HMAC-SHA256 over
 * `TIMESTAMP.BODY` in `tocsin-signature: t=SECONDS,v1=HEX`. A 2xx answer says `{result: done | failed, detail}`; a 4xx means
 * that nothing was done; anything else leaves open what happened, and nothing is sent twice.
 */
export function openMailGateway(options: MailGatewayOptions): MailGatewayClient {
  return {
    async send(request, signal) {
      const body = JSON.stringify({
        version: 1,
        id: request.id,
        operation: request.operation,
        arguments: request.arguments,
        expires: new Date(request.expiresAtMs).toISOString(),
        requested_by: request.requestedBy,
        approved_by: request.approvedBy,
      })
      const response = await post(options, request.id, body, signal)
      return 'kind' in response ? response : read(response)
    },
  }
}

async function post(
  { url, secret, fetch, clock, timeoutMs }: MailGatewayOptions,
  id: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string } | MailGatewayResult> {
  const seconds = Math.floor(clock.now() / 1000)
  const mac = createHmac('sha256', secret.expose()).update(`${seconds}.${body}`).digest('hex')
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        'tocsin-signature': `t=${seconds},v1=${mac}`,
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    return { status: response.status, text: (await response.text()).slice(0, largestAnswerCharacters) }
  } catch (error) {
    const reason = `the mail gateway did not answer: ${messageOf(error)}`
    return wasNeverSent(error) ? { kind: 'not-sent', reason, retryable: true } : { kind: 'unknown', reason }
  }
}

function read({ status, text }: { readonly status: number; readonly text: string }): MailGatewayResult {
  if (status >= 400 && status < 500)
    return {
      kind: 'not-sent',
      reason: `the mail gateway refused (HTTP ${status}): ${line(text)}`,
      retryable: false,
    }
  if (status < 200 || status > 299)
    return { kind: 'unknown', reason: `the mail gateway answered HTTP ${status}: ${line(text)}` }
  const parsed = answer.safeParse(jsonOrNothing(text))
  if (!parsed.success)
    return { kind: 'unknown', reason: `the mail gateway answered what is no result: ${line(text)}` }
  const { result, detail } = parsed.data
  return {
    kind: result === 'done' ? 'done' : 'not-done',
    reason: line(detail) || `the mail gateway says ${result}`,
  }
}

function line(text: string): string {
  return text
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 500)
}
