import type { z } from 'zod'
import type { Role, TokenScope } from '../domain/role.ts'

/** Who may call an endpoint. Checked in one place, for every route, before the handler runs. */
export type Access =
  | { readonly kind: 'open' }
  /** Signed in, even where the password must still be changed. */
  | { readonly kind: 'signed-in' }
  /** A person of at least this role; a token too, where `scope` is given and the token has it. */
  | { readonly kind: 'role'; readonly role: Role; readonly scope?: TokenScope }
  /** Only an API token with this scope, never a person: the integrator's webhook, a metrics scraper. */
  | { readonly kind: 'token'; readonly scope: TokenScope }

/** One endpoint of the HTTP API: what the server validates, what the OpenAPI says, what the console is typed by. */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As Fastify writes it: `/api/cases/:id`. */
  readonly path: string
  readonly summary: string
  readonly access: Access
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly reply: Reply
  /** The content types of a body that is not JSON: bytes, which the handler gets as `raw`, or a form, as `form`. */
  readonly takes?: readonly string[]
  /** The content types of an answer that is not plain JSON. */
  readonly gives?: readonly string[]
}

/** Keeps the exact types of an endpoint's schemas. */
export function endpoint<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Reply extends z.ZodType = z.ZodUndefined,
>(definition: Endpoint<Params, Query, Body, Reply>): Endpoint<Params, Query, Body, Reply> {
  return definition
}
