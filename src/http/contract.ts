import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { endpoint } from './endpoint.ts'

// The API's types have one source: the zod schemas in contract.ts and contract-*.ts. The server validates with them,
// /api/openapi.json is generated from them, and the console imports their inferred types (types only).
// All times are milliseconds since the Unix epoch; lists are pages with an opaque cursor; errors are `ApiError`.

/** What every failed request answers. `code` is kebab-case and stable; `where` names the field or the record. */
export const apiError = z.object({
  error: z.object({ code: z.string(), message: z.string(), where: z.string().optional() }),
})
export type ApiError = z.infer<typeof apiError>

/** Nothing to say but that it was done. */
export const done = z.object({ done: z.literal(true) })
export type Done = z.infer<typeof done>
export const wasDone: Done = { done: true }

export const idParams = z.object({ id: z.string().min(1).max(200) })

/** Cursor paging: hand `nextCursor` back to get the next page; `null` is the end. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** A query parameter that may be repeated or hold commas: `severity=high,critical`. */
export function listOf<T extends z.ZodType<string>>(item: T, most = 50) {
  return z
    .preprocess(
      value =>
        value === undefined
          ? undefined
          : (Array.isArray(value) ? value : [value]).flatMap(part => String(part).split(',')),
      z.array(item).max(most),
    )
    .optional()
}

/** A person as others see one. */
export const person = z.object({ id: z.string(), username: z.string(), displayName: z.string() })
export type Person = z.infer<typeof person>

/** A domain of ATT&CK that is known here: `ics-attack`, `ICS`, `18.1`. Enterprise is the first of every list. */
export const attackDomain = z.object({ id: z.string(), name: z.string(), version: z.string() })
export type AttackDomain = z.infer<typeof attackDomain>

const signedInUser = person.extend({
  role: z.enum(roles),
  mustChangePassword: z.boolean(),
  /** Nothing else works until a second factor was added, or shown at a new sign-in. */
  mustAddFactor: z.boolean(),
})

/** Send `csrfToken` back in the header `x-csrf-token` with every request that changes something. */
export const session = z.object({
  user: signedInUser,
  csrfToken: z.string(),
  expiresAtMs: z.number(),
  /** Whether the page of all tenants is for this person. */
  servesTenants: z.boolean(),
})
export type Session = z.infer<typeof session>

const signInBody = z.object({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1000),
})

/** What became of a sign-in whose password was right. A new factor is a new kind. */
export const signInReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signed-in'), session }),
  z.object({
    kind: z.literal('second-factor'),
    /** Send it back with the second factor within five minutes. */
    ticket: z.string(),
    methods: z.array(z.enum(['totp', 'passkey', 'recovery'])),
    /** PublicKeyCredentialRequestOptions in JSON, where a passkey can be used here. */
    passkey: z.unknown().nullable(),
  }),
  /** The break-glass account: say why with POST /api/session/reason. */
  z.object({ kind: z.literal('reason-needed'), ticket: z.string() }),
])
export type SignInReply = z.infer<typeof signInReply>

const changePasswordBody = z.object({
  current: z.string().min(1).max(1000),
  next: z.string().min(12).max(1000),
})

const health = z.object({ status: z.enum(['ok', 'unavailable']), checks: z.record(z.string(), z.string()) })

/** Signing in and out, and the machine's own questions. */
export const sessionEndpoints = {
  signIn: endpoint({
    method: 'POST',
    path: '/api/session',
    summary:
      'Sign in with a password; the answer says when a second factor is needed. 401 wrong, 423 locked out.',
    access: { kind: 'open' },
    body: signInBody,
    reply: signInReply,
  }),
  readSession: endpoint({
    method: 'GET',
    path: '/api/session',
    summary: 'Who is signed in, and the CSRF token. 401 when nobody is.',
    access: { kind: 'signed-in' },
    reply: session,
  }),
  signOut: endpoint({
    method: 'DELETE',
    path: '/api/session',
    summary: 'End this session.',
    access: { kind: 'signed-in' },
    reply: done,
  }),
  changePassword: endpoint({
    method: 'POST',
    path: '/api/session/password',
    summary: 'Change your own password; every other session of yours ends.',
    access: { kind: 'signed-in' },
    body: changePasswordBody,
    reply: session,
  }),
  live: endpoint({
    method: 'GET',
    path: '/healthz',
    summary: 'The process is alive, and the worker in it does not hang. 503 otherwise: start it anew.',
    access: { kind: 'open' },
    reply: health,
  }),
  ready: endpoint({
    method: 'GET',
    path: '/readyz',
    summary: 'The database answers and migrations are done. 503 otherwise.',
    access: { kind: 'open' },
    reply: health,
  }),
  metrics: endpoint({
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics, as text.',
    access: { kind: 'role', role: 'viewer', scope: 'metrics' },
    reply: z.string(),
    gives: ['text/plain'],
  }),
}
