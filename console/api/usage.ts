import type {
  EvaluationComparison,
  EvaluationReport,
  EvaluationRunView,
} from '../../src/http/contract-evaluations.ts'
import type { ModelUsage } from '../../src/http/contract-usage.ts'
import { getJson } from './request.ts'

export function readUsage(days: number, signal: AbortSignal): Promise<ModelUsage> {
  return getJson('/api/model-usage', signal, { days })
}

export function listEvaluations(signal: AbortSignal): Promise<{ runs: EvaluationRunView[] }> {
  return getJson('/api/evaluations', signal)
}

export function compareEvaluations(
  first: string,
  second: string,
  signal: AbortSignal,
): Promise<EvaluationComparison> {
  return getJson('/api/evaluations/compare', signal, { first, second })
}

export function readEvaluation(id: string, signal: AbortSignal): Promise<EvaluationReport> {
  return getJson(`/api/evaluations/${encodeURIComponent(id)}`, signal)
}
