import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** How much there is to do for one tenant: counts and times, nothing of what it is about. */
const tenantCounts = z.object({
  id: z.string(),
  name: z.string(),
  /** Where its own console is; null where nobody said. */
  consoleUrl: z.string().nullable(),
  /** Whether it is the tenant that asks. */
  own: z.boolean(),
  /** Since when its database role may not sign in, so that its programs stand still; null where it may. */
  suspendedMs: z.number().nullable(),
  /** Open cases by severity. */
  open: z.object({ critical: z.number(), high: z.number(), medium: z.number(), low: z.number() }),
  /** Open cases whose time is over. */
  overdue: z.number(),
  /** Open cases whose newest alerts no brief covers yet, and since when the oldest of them waits. */
  unbriefed: z.number(),
  oldestUnbriefedMs: z.number().nullable(),
  /** Of open cases. */
  newestAlertMs: z.number().nullable(),
  /** Jobs that are tried no more. */
  setAside: z.number(),
  /** Model calls since midnight UTC. */
  today: z.object({ calls: z.number(), tokens: z.number(), costUsd: z.number() }),
  /** Of the limit of a day in its models.yaml that is nearest; null where there is none. */
  budgetUsed: z.number().nullable(),
})
export type TenantCountsView = z.infer<typeof tenantCounts>

export const tenantEndpoints = {
  listTenants: endpoint({
    method: 'GET',
    path: '/api/tenants',
    summary: 'Counts of every tenant, for the admins of the operator of them; nobody else has this page.',
    access: { kind: 'role', role: 'admin' },
    reply: z.object({ tenants: z.array(tenantCounts) }),
  }),
}
