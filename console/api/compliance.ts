import type { ComplianceFramework, ComplianceView } from '../../src/http/contract-compliance.ts'
import { getJson } from './request.ts'

export function listFrameworks(signal: AbortSignal): Promise<{ frameworks: ComplianceFramework[] }> {
  return getJson('/api/compliance', signal)
}

/** Dates as `2026-06-30`, UTC, both included. */
export function readCompliance(
  framework: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<ComplianceView> {
  return getJson(`/api/compliance/${encodeURIComponent(framework)}`, signal, { from, to })
}
