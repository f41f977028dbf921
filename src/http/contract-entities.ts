import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import { caseSummary } from './contract-queue.ts'
import { endpoint } from './endpoint.ts'

/** One entity across all cases. */
const entityPivot = z.object({
  type: z.enum(entityTypes),
  value: z.string(),
  firstSeenMs: z.number().nullable(),
  lastSeenMs: z.number().nullable(),
  alertCount: z.number(),
  /** Newest first, at most 50. */
  cases: z.array(caseSummary),
  caseCount: z.number(),
  /** What it appears together with, most often first. */
  related: z.array(z.object({ type: z.enum(entityTypes), value: z.string(), caseCount: z.number() })),
})
export type EntityPivot = z.infer<typeof entityPivot>

export const entityEndpoints = {
  readEntity: endpoint({
    method: 'GET',
    path: '/api/entities/:type/:value',
    summary: 'Every case and alert that names this entity. The value is percent-encoded.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: z.object({ type: z.enum(entityTypes), value: z.string().min(1).max(1000) }),
    reply: entityPivot,
  }),
}
