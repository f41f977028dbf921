import { z } from 'zod'
import { severities } from '../domain/verdict.ts'
import { endpoint } from './endpoint.ts'

/**
 * What GET /api/events (server-sent events, cookie session) tells. The SSE event name is `kind`, `data` is the whole
 * object as JSON. After a reconnect the console reads its page again: events are hints, the lists are the truth.
 * A comment line comes every 15 s so that proxies keep the connection.
 */
export const serverEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('case-created'),
    caseId: z.string(),
    revision: z.number(),
    severity: z.enum(severities),
    atMs: z.number(),
  }),
  z.object({
    kind: z.literal('case-changed'),
    caseId: z.string(),
    revision: z.number(),
    severity: z.enum(severities),
    atMs: z.number(),
  }),
  z.object({
    kind: z.literal('brief-ready'),
    caseId: z.string(),
    revision: z.number(),
    origin: z.enum(['computed', 'model']),
    atMs: z.number(),
  }),
])
export type ServerEvent = z.infer<typeof serverEvent>

/** The live stream of open consoles. */
export const eventEndpoints = {
  readEvents: endpoint({
    method: 'GET',
    path: '/api/events',
    summary: 'Server-sent events: what changed, live. `data` of each is a `ServerEvent`.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: serverEvent,
    gives: ['text/event-stream'],
  }),
}
