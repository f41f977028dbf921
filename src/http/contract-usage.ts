import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const sums = z.object({
  calls: z.number().int(),
  answered: z.number().int(),
  failed: z.number().int(),
  invalid: z.number().int(),
  unsupported: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  /** Of the input, what providers took from their prompt caches; null where none of them counted. */
  cachedTokens: z.number().int().nullable(),
  /** The input of the calls that they counted. */
  cacheableTokens: z.number().int(),
  costUsd: z.number(),
  medianMs: z.number(),
  p95Ms: z.number(),
})

const budget = z.object({
  /** `day`: of all calls; else of one task. */
  scope: z.string(),
  unit: z.enum(['tokens', 'costUsd', 'calls']),
  limit: z.number(),
  /** Today, UTC. */
  spent: z.number(),
  /** At the pace of today so far, by midnight UTC. */
  forecast: z.number(),
})

/** What models cost and how they did, over a period, from the ledger. */
const modelUsage = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  byTask: z.array(sums.extend({ task: z.string(), model: z.string() })),
  byDay: z.array(
    z.object({ day: z.string(), calls: z.number().int(), tokens: z.number().int(), costUsd: z.number() }),
  ),
  /** `team`: a group of people (Learning, drift) or else their role; empty where a call was nobody's. */
  byTeam: z.array(
    z.object({ team: z.string(), calls: z.number().int(), tokens: z.number().int(), costUsd: z.number() }),
  ),
  dearest: z.array(
    z.object({
      caseId: z.string(),
      title: z.string().nullable(),
      calls: z.number().int(),
      tokens: z.number().int(),
      costUsd: z.number(),
    }),
  ),
  /** One call a case and not one an alert: what that saves. */
  grouping: z.object({
    alerts: z.number().int(),
    cases: z.number().int(),
    briefed: z.number().int(),
    /** Calls for briefs of cases, … */
    calls: z.number().int(),
    /** … and what one for each alert of those cases would have been. */
    askedAlerts: z.number().int(),
    savedCalls: z.number().int(),
    /** At the mean cost of a call for a case brief; null where there was none. */
    savedUsd: z.number().nullable(),
  }),
  /** At the mean of the days so far, for thirty days. */
  monthUsd: z.number(),
  budgets: z.array(budget),
})
export type ModelUsage = z.infer<typeof modelUsage>

export const usageEndpoints = {
  readUsage: endpoint({
    method: 'GET',
    path: '/api/model-usage',
    summary:
      'Tokens, money, time and cache hits by task, model, team, day and case, with budgets and forecasts.',
    access: { kind: 'role', role: 'approver' },
    query: z.object({ days: z.coerce.number().int().min(1).max(365).default(30) }),
    reply: modelUsage,
  }),
}
