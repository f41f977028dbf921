import { z } from 'zod'
import { done } from './contract.ts'
import { endpoint } from './endpoint.ts'

/** A job that is tried no more: it failed for good, or took the processes down that tried it. */
const setAsideJob = z.object({
  id: z.number(),
  kind: z.string(),
  /** What it is about: most often the id of a case. */
  key: z.string(),
  attempts: z.number(),
  /** How many workers vanished with it. */
  crashes: z.number(),
  error: z.string(),
  createdMs: z.number(),
})
export type SetAsideJob = z.infer<typeof setAsideJob>

const params = z.object({ id: z.coerce.number().int().positive() })

export const jobEndpoints = {
  listSetAsideJobs: endpoint({
    method: 'GET',
    path: '/api/jobs/set-aside',
    summary: 'Jobs that are tried no more, the newest 200, with the last error.',
    access: { kind: 'role', role: 'analyst' },
    reply: z.object({ jobs: z.array(setAsideJob), total: z.number() }),
  }),
  retryJob: endpoint({
    method: 'POST',
    path: '/api/jobs/set-aside/:id/retry',
    summary: 'Have one tried again, with all its tries; recorded in the ledger.',
    access: { kind: 'role', role: 'admin' },
    params,
    reply: done,
  }),
  dropJob: endpoint({
    method: 'DELETE',
    path: '/api/jobs/set-aside/:id',
    summary: 'Throw one away; recorded in the ledger.',
    access: { kind: 'role', role: 'admin' },
    params,
    reply: done,
  }),
}
