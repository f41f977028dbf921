import type { BriefRecord } from '../../src/http/contract-briefs.ts'
import type {
  BulkReply,
  BulkVerdictBody,
  CaseAlertPage,
  CaseDetail,
  Note,
  RawAlert,
  VerdictBody,
} from '../../src/http/contract-cases.ts'
import type { EntityPivot } from '../../src/http/contract-entities.ts'
import type { CaseListInput, CasePage, CaseSummary, SavedView } from '../../src/http/contract-queue.ts'
import { getJson, type Query, sendJson, withQuery } from './request.ts'

type CaseOnly = { readonly case: CaseSummary }

const casePath = (id: string) => `/api/cases/${encodeURIComponent(id)}`

/** One page of the queue. */
export function listCases(query: CaseListInput, signal: AbortSignal): Promise<CasePage> {
  return getJson('/api/cases', signal, query as Query) // CaseListInput's members are all strings, numbers and lists of strings.
}

export function readCase(id: string, signal: AbortSignal): Promise<CaseDetail> {
  return getJson(casePath(id), signal)
}

export function listCaseAlerts(
  id: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<CaseAlertPage> {
  return getJson(`${casePath(id)}/alerts`, signal, { cursor, limit: 100 })
}

/** The alert as its source gave it, byte for byte. */
export function readRawAlert(id: string, key: string, signal: AbortSignal): Promise<RawAlert> {
  return getJson(`${casePath(id)}/alerts/${encodeURIComponent(key)}/raw`, signal)
}

export function claimCase(id: string, takeOver = false): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/claim`, { takeOver })
}

export function releaseCase(id: string): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/release`)
}

export function setVerdict(id: string, body: VerdictBody): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/verdict`, body)
}

export function setVerdicts(body: BulkVerdictBody): Promise<BulkReply> {
  return sendJson('POST', '/api/cases/verdict', body)
}

export function reopenCase(id: string, reason: string): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/reopen`, { reason })
}

export function addNote(id: string, text: string): Promise<Note> {
  return sendJson('POST', `${casePath(id)}/notes`, { text })
}

export function mergeCases(id: string, ids: readonly string[]): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/merge`, { ids })
}

export function splitCase(id: string, alertKeys: readonly string[]): Promise<CaseOnly> {
  return sendJson('POST', `${casePath(id)}/split`, { alertKeys })
}

export function reviewBrief(
  id: string,
  briefId: string,
  decision: 'validated' | 'rejected',
  reason: string,
): Promise<BriefRecord> {
  return sendJson('POST', `${casePath(id)}/briefs/${encodeURIComponent(briefId)}/review`, {
    decision,
    reason,
  })
}

/** A link that downloads the case; the session cookie goes with it. */
export function exportHref(id: string, format: 'markdown' | 'json' | 'pdf'): string {
  return withQuery(`${casePath(id)}/export`, { format })
}

export function readEntity(type: string, value: string, signal: AbortSignal): Promise<EntityPivot> {
  return getJson(`/api/entities/${encodeURIComponent(type)}/${encodeURIComponent(value)}`, signal)
}

export function listSavedViews(signal: AbortSignal): Promise<{ views: SavedView[] }> {
  return getJson('/api/saved-views', signal)
}

export function createSavedView(view: { name: string; query: string; shared: boolean }): Promise<SavedView> {
  return sendJson('POST', '/api/saved-views', view)
}

export function deleteSavedView(id: string): Promise<void> {
  return sendJson('DELETE', `/api/saved-views/${encodeURIComponent(id)}`)
}
