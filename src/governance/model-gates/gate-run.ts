import { z } from 'zod'
import type { EvaluationRun } from '../../store/evaluation-runs.ts'
import type { GateRun } from './judge-gate.ts'

const reportSchema = z.object({
  metrics: z.record(z.string(), z.number()),
  ci95: z.record(z.string(), z.tuple([z.number(), z.number()])),
})

/** What a gate reads of a recorded evaluation: only what a live model answered counts. */
export function gateRunOf({
  suite,
  report,
  createdMs,
}: Omit<EvaluationRun, 'document'>): GateRun | undefined {
  const parsed = reportSchema.safeParse(report)
  if (!parsed.success) return undefined
  const { metrics, ci95 } = parsed.data
  const interval = ci95.score_model
  if (interval === undefined) return undefined
  const tasks = Object.entries(metrics).flatMap(([name, value]) =>
    name.startsWith('live_') ? [[name.slice('live_'.length), value] as const] : [],
  )
  return { suite, low: interval[0], tasks: Object.fromEntries(tasks), atMs: createdMs }
}
