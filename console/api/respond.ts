import type {
  CaseResponse,
  ChangeSettingsBody,
  DecisionBody,
  Delegations,
  ProposalReply,
  ProposalView,
  ProposeBody,
  ResponsePolicyView,
  SettingsChanged,
  TickBody,
} from '../../src/http/contract-respond.ts'
import type { Proof } from '../../src/http/contract-sign-in.ts'
import { getJson, sendJson } from './request.ts'

const proposalPath = (id: string) => `/api/proposals/${encodeURIComponent(id)}`

/** What can be done about a case, and the proposals on it. */
export function readCaseResponse(caseId: string, signal: AbortSignal): Promise<CaseResponse> {
  return getJson(`/api/cases/${encodeURIComponent(caseId)}/response`, signal)
}

export function propose(caseId: string, body: ProposeBody): Promise<ProposalReply> {
  return sendJson('POST', `/api/cases/${encodeURIComponent(caseId)}/proposals`, body)
}

export function listProposals(
  show: 'open' | 'decided',
  signal: AbortSignal,
): Promise<{ proposals: ProposalView[] }> {
  return getJson('/api/proposals', signal, { show })
}

export function submitProposal(id: string): Promise<ProposalReply> {
  return sendJson('POST', `${proposalPath(id)}/submit`)
}

export function decideProposal(id: string, body: DecisionBody): Promise<ProposalReply> {
  return sendJson('POST', `${proposalPath(id)}/decision`, body)
}

export function withdrawProposal(id: string): Promise<ProposalReply> {
  return sendJson('POST', `${proposalPath(id)}/withdraw`)
}

/** Asks for what was done to be taken back. */
export function rollBack(id: string, reason: string): Promise<ProposalReply> {
  return sendJson('POST', `${proposalPath(id)}/rollback`, { reason })
}

export function markStep(caseId: string, step: string, body: TickBody): Promise<unknown> {
  return sendJson('POST', `/api/cases/${encodeURIComponent(caseId)}/steps/${step}`, body)
}

export function readResponsePolicy(signal: AbortSignal): Promise<ResponsePolicyView> {
  return getJson('/api/response-settings', signal)
}

export function changeResponseSettings(body: ChangeSettingsBody): Promise<SettingsChanged> {
  return sendJson('PUT', '/api/response-settings', body)
}

export function decideResponseSettings(
  version: number,
  confirm: boolean,
  proof?: Proof,
): Promise<SettingsChanged> {
  return sendJson('POST', `/api/response-settings/${version}/decision`, { confirm, proof })
}

export function listDelegations(signal: AbortSignal): Promise<Delegations> {
  return getJson('/api/approval-delegations', signal)
}

export function delegate(standIn: string, untilMs: number): Promise<unknown> {
  return sendJson('POST', '/api/approval-delegations', { standIn, untilMs })
}

export function endDelegation(standIn: string): Promise<unknown> {
  return sendJson('DELETE', `/api/approval-delegations/${encodeURIComponent(standIn)}`)
}
