import type { UsageSums } from '../../store/model-usage.ts'
import type { GateSettings } from './gate-settings.ts'

/** Why a profile should not stay in use, by its calls of the last day; undefined where it is well. */
export function whyUnwell(usage: UsageSums, { limits }: GateSettings): string | undefined {
  const { calls } = usage
  if (calls < limits.leastCalls) return undefined
  const percent = (share: number) => `${Math.round(share * 100)} %`
  const failed = (usage.failed + usage.invalid) / calls
  if (failed > limits.failedShare)
    return `${percent(failed)} of ${calls} calls failed or broke the schema, most allowed ${percent(limits.failedShare)}`
  const unsupported = usage.unsupported / calls
  if (unsupported > limits.unsupportedShare)
    return `${percent(unsupported)} of ${calls} answers were not borne out by the evidence, most allowed ${percent(limits.unsupportedShare)}`
  const seconds = usage.p95Ms / 1000
  if (seconds > limits.p95Seconds)
    return `one call in twenty took longer than ${seconds.toFixed(0)} s, most allowed ${limits.p95Seconds} s`
  const cost = usage.costUsd / calls
  if (cost > limits.costPerCallUsd)
    return `a call cost ${cost.toFixed(3)} US dollars, most allowed ${limits.costPerCallUsd}`
  return undefined
}
