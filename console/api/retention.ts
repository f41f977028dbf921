import type { Erased, ErasurePreview, RetentionView } from '../../src/http/contract-retention.ts'
import { getJson, sendJson } from './request.ts'

export function readRetention(signal: AbortSignal): Promise<RetentionView> {
  return getJson('/api/retention', signal)
}

export function changeRetention(days: RetentionView['days']): Promise<unknown> {
  return sendJson('PUT', '/api/retention', days)
}

export function holdCase(caseId: string, reason: string): Promise<unknown> {
  return sendJson('PUT', `/api/holds/${encodeURIComponent(caseId)}`, { reason })
}

export function liftHold(caseId: string): Promise<unknown> {
  return sendJson('DELETE', `/api/holds/${encodeURIComponent(caseId)}`)
}

export interface Subject {
  readonly type: string
  readonly value: string
}

export function previewErasure(subject: Subject): Promise<ErasurePreview> {
  return sendJson('POST', '/api/erasure/preview', subject)
}

export function erase(subject: Subject, reason: string, agreedCases: number): Promise<Erased> {
  return sendJson('POST', '/api/erasure', { subject, reason, agreedCases })
}
