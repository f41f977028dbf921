import type {
  CaseResponse,
  DecisionBody,
  ProposalReply,
  ProposalView,
  ProposeBody,
} from '../../src/http/contract-respond.ts'
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
