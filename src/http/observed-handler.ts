import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inSpan } from '../lib/telemetry.ts'
import { failureOf } from './http-error.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * A handler whose requests are spans: by the pattern of their address, because addresses and queries hold names. What the
 * caller did wrong is an answer like any other; only what we did wrong is an error. A caller's own trace is not joined.
 */
export function observedHandler(
  { method, path }: { method: string; path: string },
  handle: Handler,
): Handler {
  const options = {
    kind: SpanKind.SERVER,
    root: true,
    attributes: { 'http.request.method': method, 'http.route': path, 'url.scheme': 'http' },
  }
  return async (request, reply) => {
    let refusal: { readonly error: unknown } | undefined
    const answer = await inSpan(`${method} ${path}`, options, async span => {
      try {
        const given = await handle(request, reply)
        span.setAttribute('http.response.status_code', reply.statusCode)
        return given
      } catch (error) {
        const { status } = failureOf(error)
        span.setAttribute('http.response.status_code', status)
        if (status >= 500) throw error
        span.setAttribute('error.type', String(status))
        span.setStatus({ code: SpanStatusCode.UNSET })
        refusal = { error }
        return undefined
      }
    })
    if (refusal !== undefined) throw refusal.error
    return answer
  }
}
