import type {
  ComplianceControl,
  ComplianceFramework,
  ComplianceView,
} from '../../src/http/contract-compliance.ts'
import { getJson, sendJson } from './request.ts'

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

/** `version`: the one that was read, 0 where there was none. */
export function stateOwn(
  framework: string,
  control: string,
  version: number,
  said: Pick<NonNullable<ComplianceControl['own']>, 'owner' | 'gap' | 'statement' | 'reference' | 'expires'>,
): Promise<unknown> {
  const body = { control, version, ...said }
  return sendJson('PUT', `/api/compliance/${encodeURIComponent(framework)}/statement`, body)
}
