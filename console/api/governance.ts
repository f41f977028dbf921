import type {
  AiPolicy,
  GovernanceRecordView,
  OutputAudits,
  Oversight,
  SeededSuggestionView,
} from '../../src/http/contract-governance.ts'
import type { ModelGates } from '../../src/http/contract-models.ts'
import { getJson, sendJson } from './request.ts'

export function readModels(signal: AbortSignal): Promise<ModelGates> {
  return getJson('/api/model-gates', signal)
}

export function moveModel(id: string, to: string, reason: string, replaces?: string): Promise<unknown> {
  const body = { to, reason, ...(replaces === undefined ? {} : { replaces }) }
  return sendJson('POST', `/api/model-gates/${encodeURIComponent(id)}/state`, body)
}

export function rollBackModel(id: string, reason: string): Promise<unknown> {
  return sendJson('POST', `/api/model-gates/${encodeURIComponent(id)}/rollback`, { reason })
}

export function changeGates(settings: ModelGates['settings']): Promise<unknown> {
  return sendJson('PUT', '/api/model-gates', settings)
}

export function listRecords(kind: string, signal: AbortSignal): Promise<{ records: GovernanceRecordView[] }> {
  return getJson(`/api/governance/records/${kind}`, signal)
}

export function addRecord(kind: string, content: Record<string, string>): Promise<unknown> {
  return sendJson('POST', `/api/governance/records/${kind}`, { content })
}

export function changeRecord(
  kind: string,
  id: string,
  version: number,
  content: Record<string, string>,
): Promise<unknown> {
  return sendJson('PUT', `/api/governance/records/${kind}/${encodeURIComponent(id)}`, { content, version })
}

export function readAiPolicy(signal: AbortSignal): Promise<AiPolicy> {
  return getJson('/api/governance/ai-policy', signal)
}

export function acknowledgePolicy(version: number): Promise<unknown> {
  return sendJson('POST', '/api/governance/ai-policy/acknowledgement', { version })
}

export function readOversight(days: number, signal: AbortSignal): Promise<Oversight> {
  return getJson('/api/governance/oversight', signal, { days })
}

export function listSeeds(signal: AbortSignal): Promise<{ seeds: SeededSuggestionView[] }> {
  return getJson('/api/governance/seeded-suggestions', signal)
}

export function seedSuggestion(kind: SeededSuggestionView['kind']): Promise<{ whatIsWrong: string }> {
  return sendJson('POST', '/api/governance/seeded-suggestions', { kind })
}

export function listAudits(signal: AbortSignal): Promise<OutputAudits> {
  return getJson('/api/governance/output-audits', signal)
}

export function drawAudits(days: number, count: number): Promise<{ drawn: number }> {
  return sendJson('POST', '/api/governance/output-audits', { days, count })
}

export function judgeAudit(id: string, result: string, findings: string): Promise<unknown> {
  return sendJson('PUT', `/api/governance/output-audits/${encodeURIComponent(id)}`, { result, findings })
}
