import type {
  AddReportBody,
  Hunt,
  IndicatorStatusBody,
  ReportDetail,
  ReportSummary,
} from '../../src/http/contract-intel.ts'
import type { AddedLayer, Coverage, Layer } from '../../src/http/contract-intel-coverage.ts'
import type { Digest, Profile, ProfileBody } from '../../src/http/contract-intel-digest.ts'
import type { RuleDraftBody } from '../../src/http/contract-rules.ts'
import { toBase64 } from '../text/base64.ts'
import { getJson, sendJson, withQuery } from './request.ts'

const reportPath = (id: string) => `/api/intel/reports/${encodeURIComponent(id)}`

export function listReports(
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<{ reports: ReportSummary[]; nextCursor: string | null }> {
  return getJson('/api/intel/reports', signal, { cursor })
}

export function readReport(id: string, signal: AbortSignal): Promise<ReportDetail> {
  return getJson(reportPath(id), signal)
}

/** Uploads a file as it is; the server tells what format it has. */
export async function addReport(
  file: File,
  trust: AddReportBody['trust'],
): Promise<{ id: string; known: boolean }> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return sendJson('POST', '/api/intel/reports', { name: file.name, contentBase64: toBase64(bytes), trust })
}

export function huntAgain(id: string): Promise<{ hunt: Hunt }> {
  return sendJson('POST', `${reportPath(id)}/hunt`)
}

export function huntHistory(id: string): Promise<void> {
  return sendJson('POST', `${reportPath(id)}/history`)
}

export function stopHistoryHunt(id: string): Promise<void> {
  return sendJson('DELETE', `${reportPath(id)}/history`)
}

export function readDigest(days: number, signal: AbortSignal): Promise<Digest> {
  return getJson('/api/intel/digest', signal, { days: String(days) })
}

export function readProfile(signal: AbortSignal): Promise<{ profile: Profile }> {
  return getJson('/api/intel/profile', signal)
}

export function writeProfile(body: ProfileBody): Promise<void> {
  return sendJson('PUT', '/api/intel/profile', body)
}

/** What a rule is to be drafted for. */
export type DraftWanted =
  | { for: 'technique'; id: string }
  | { for: 'indicators' }
  | { for: 'quoted-rule'; offset: string }

export function readRuleProposal(id: string, wanted: DraftWanted): Promise<RuleDraftBody> {
  return getJson(`${reportPath(id)}/rule`, undefined, wanted)
}

export function setIndicatorStatus(body: IndicatorStatusBody): Promise<void> {
  return sendJson('POST', '/api/intel/indicators/status', body)
}

export function readCoverage(signal: AbortSignal): Promise<Coverage> {
  return getJson('/api/intel/coverage', signal)
}

export function listLayers(signal: AbortSignal): Promise<{ layers: Layer[] }> {
  return getJson('/api/intel/layers', signal)
}

export async function addLayer(file: File): Promise<{ layers: AddedLayer[] }> {
  return sendJson('POST', '/api/intel/layers', { content: await file.text() })
}

export function deleteLayer(id: string): Promise<void> {
  return sendJson('DELETE', `/api/intel/layers/${encodeURIComponent(id)}`)
}

/** Links that download; the session cookie goes with them. */
export function reportExportHref(id: string, format: 'stix' | 'misp' | 'csv'): string {
  return withQuery(`${reportPath(id)}/export`, { format })
}

export function digestHref(days: number, format: 'markdown' | 'pdf'): string {
  return withQuery('/api/intel/digest/file', { days, format })
}

export function navigatorLayerHref(domain: string): string {
  return withQuery('/api/intel/coverage/navigator', { domain })
}
