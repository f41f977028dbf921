import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { TokenBearer } from '../accounts/api-token.ts'
import type { SignedInPerson } from '../accounts/session.ts'
import type { Visitor } from '../accounts/sign-in.ts'
import type { Endpoint } from './endpoint.ts'

/** Who is calling. */
export type Caller =
  | { readonly kind: 'nobody' }
  | ({ readonly kind: 'person' } & SignedInPerson)
  | ({ readonly kind: 'token' } & TokenBearer)

/** What a handler gets: everything validated, and access checked. */
export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly caller: Caller
  readonly visitor: Visitor
  /** Fires when the client goes away. */
  readonly signal: AbortSignal
  /** For what is not JSON: cookies, files, streams. */
  readonly reply: FastifyReply
}

/** Where the server's own limits do not fit. */
export interface RouteLimits {
  /** The largest body in bytes. */
  readonly bodyBytes?: number
  /** Requests a minute of one address to this route; `false`: not limited. */
  readonly requestsPerMinute?: number | false
  /**
   * How many bytes of bodies are held at once, over all requests to it. Beyond, the answer is 503 with Retry-After and
   * nothing of the body is read: whoever sends keeps it, and comes again.
   */
  readonly heldBytes?: number
}

/** An endpoint with the code behind it. */
export interface Route {
  readonly endpoint: Endpoint
  readonly limits: RouteLimits
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<unknown>
  /** `json`: what `handle` returns is checked and sent. `itself`: it has written to `call.reply`. */
  readonly answers: 'json' | 'itself'
}

/** What the handler of this endpoint is called with. */
export type CallOf<E extends Endpoint> =
  E extends Endpoint<infer Params, infer Query, infer Body, z.ZodType>
    ? Call<z.output<Params>, z.output<Query>, z.output<Body>>
    : never

/** Joins an endpoint with the function that answers it. */
export function route<E extends Endpoint>(
  endpoint: E,
  handle: (call: CallOf<E>) => Promise<z.input<E['reply']>>,
  limits: RouteLimits = {},
): Route {
  // The server parses params, query and body with this very endpoint's schemas before it calls the handler.
  return { endpoint, handle: handle as Route['handle'], limits, answers: 'json' }
}

/** The same for what is not JSON: the handler writes files and streams to `call.reply` itself. */
export function streamRoute<E extends Endpoint>(
  endpoint: E,
  handle: (call: CallOf<E>) => Promise<void>,
  limits: RouteLimits = {},
): Route {
  return { endpoint, handle: handle as Route['handle'], limits, answers: 'itself' } // As in `route`.
}
