import { z } from 'zod'
import type { GovernanceSetting } from '../setting.ts'

export const gateSettingsSchema = z.strictObject({
  /** On: a new profile starts as candidate and is asked nothing before people let it. Off: it starts active. */
  enforced: z.boolean(),
  /** Suites that a profile must have passed before it is shown to anybody, with the least lower bound of its score. */
  suites: z.record(z.string().min(1).max(100), z.number().min(0).max(1)),
  /** The least score of any one task in those suites. */
  leastTaskScore: z.number().min(0).max(1),
  /** An evaluation older than this proves nothing. */
  evaluationDays: z.int().min(1).max(3650),
  /** Real cases that a profile must have answered in the shadow before it becomes a canary. */
  shadowAnswers: z.int().min(0).max(100_000),
  /** The least share of its claims in the shadow that the evidence bore out. */
  leastClaimsHeld: z.number().min(0).max(1),
  /** The share of cases that a canary answers. */
  canaryPercent: z.int().min(1).max(50),
  /** What takes a profile out of use by itself, measured over the last day. */
  limits: z.strictObject({
    leastCalls: z.int().min(1).max(100_000),
    failedShare: z.number().min(0).max(1),
    unsupportedShare: z.number().min(0).max(1),
    p95Seconds: z.number().positive().max(3600),
    costPerCallUsd: z.number().positive().max(1000),
  }),
})
export type GateSettings = Readonly<z.infer<typeof gateSettingsSchema>>

export const gateSetting: GovernanceSetting<GateSettings> = {
  name: 'model-gates',
  schema: gateSettingsSchema,
  initial: {
    enforced: false,
    suites: { triage: 0.7, injection: 0.9 },
    leastTaskScore: 0.5,
    evaluationDays: 90,
    shadowAnswers: 50,
    leastClaimsHeld: 0.8,
    canaryPercent: 10,
    limits: {
      leastCalls: 20,
      failedShare: 0.2,
      unsupportedShare: 0.4,
      p95Seconds: 120,
      costPerCallUsd: 0.5,
    },
  },
}
