import { z } from 'zod'
import { platforms, proposalStates } from '../domain/proposal.ts'
import { done, idParams, person } from './contract.ts'
import { proof } from './contract-sign-in.ts'
import { endpoint } from './endpoint.ts'

const target = z.object({ agentId: z.string(), agentName: z.string(), platform: z.enum(platforms) })

/** An action that can be proposed. */
export const actionInfo = z.object({
  name: z.string(),
  title: z.string(),
  effect: z.enum(['reads', 'reversible', 'irreversible']),
  approvers: z.number().int(),
  stepUp: z.boolean(),
  platforms: z.array(z.enum(platforms)),
  /** JSON Schema of its arguments. */
  argumentsSchema: z.unknown(),
})
export type ActionInfo = z.infer<typeof actionInfo>

const decision = z.object({
  by: person,
  onBehalfOf: person.nullable(),
  decision: z.enum(['approve', 'reject']),
  reason: z.string(),
  atMs: z.number(),
})

/** One proposal as people see it: what exactly would happen, in words made by code, and where it stands. */
export const proposalView = z.object({
  id: z.string(),
  caseId: z.string(),
  action: z.string(),
  title: z.string(),
  target,
  arguments: z.unknown(),
  /** The exact thing that will happen. */
  description: z.string(),
  blastRadius: z.string(),
  effect: z.enum(['reads', 'reversible', 'irreversible']),
  /** The action that takes it back, where there is one. */
  undo: z.string().nullable(),
  digest: z.string(),
  state: z.enum(proposalStates),
  preparedBy: z.string(),
  requestedBy: person.nullable(),
  reason: z.string(),
  evidence: z.array(z.string()),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  outcome: z.string().nullable(),
  decisions: z.array(decision),
  approversNeeded: z.number().int(),
  approvalsNow: z.number().int(),
  stepUp: z.boolean(),
  /** Why the person who asks cannot approve it; null when they can. */
  cannotApprove: z.string().nullable(),
})
export type ProposalView = z.infer<typeof proposalView>

/** A step of a remediation: one that Tocsin can carry out is a proposal in the making, the others are for hands. */
export const remediationStep = z.object({
  phase: z.enum(['contain', 'eradicate', 'recover', 'harden']),
  text: z.string(),
  why: z.string(),
  evidence: z.array(z.string()),
  risk: z.string(),
  undo: z.string(),
  action: z.object({ action: z.string(), arguments: z.unknown(), target }).nullable(),
})
export type RemediationStep = z.infer<typeof remediationStep>

export const caseResponse = z.object({
  steps: z.array(remediationStep),
  proposals: z.array(proposalView),
  actions: z.array(actionInfo),
  /** Whether a Wazuh server is connected that can carry out actions on endpoints. */
  connected: z.boolean(),
  /** Whether a connector to the mail system is set. */
  mailConnected: z.boolean(),
})
export type CaseResponse = z.infer<typeof caseResponse>

export const proposeBody = z.object({
  action: z.string().max(100),
  arguments: z.record(
    z.string(),
    z.union([z.string().max(5000), z.number(), z.array(z.string().max(1000)).max(200)]),
  ),
  agentId: z.string().max(20),
  platform: z.enum(platforms),
  reason: z.string().min(1).max(2000),
  evidence: z.array(z.string().max(20)).max(50).default([]),
})
export type ProposeBody = z.infer<typeof proposeBody>

export const decisionBody = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(2000).default(''),
  onBehalfOf: z.string().max(200).optional(),
  /** That it is still you, where the action needs it. A passkey's challenge is made for this very digest. */
  proof: proof.optional(),
})
export type DecisionBody = z.infer<typeof decisionBody>

export const proposalReply = z.object({ proposal: proposalView })
export type ProposalReply = z.infer<typeof proposalReply>

/** Response actions: proposed and approved by people, carried out once. */
export const respondEndpoints = {
  caseResponse: endpoint({
    method: 'GET',
    path: '/api/cases/:id/response',
    summary: 'What can be done about a case, and the proposals on it.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    reply: caseResponse,
  }),
  propose: endpoint({
    method: 'POST',
    path: '/api/cases/:id/proposals',
    summary: 'Ask for an action on an agent of this case. You become its requester, and cannot approve it.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    body: proposeBody,
    reply: proposalReply,
  }),
  submit: endpoint({
    method: 'POST',
    path: '/api/proposals/:id/submit',
    summary: 'Ask for a draft to be carried out.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    reply: proposalReply,
  }),
  inbox: endpoint({
    method: 'GET',
    path: '/api/proposals',
    summary: 'Proposals in motion and those decided lately.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    query: z.object({ show: z.enum(['open', 'decided']).default('open') }),
    reply: z.object({ proposals: z.array(proposalView) }),
  }),
  readProposal: endpoint({
    method: 'GET',
    path: '/api/proposals/:id',
    summary: 'One proposal.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    reply: proposalReply,
  }),
  decide: endpoint({
    method: 'POST',
    path: '/api/proposals/:id/decision',
    summary: 'Approve or reject exactly the proposal with this digest. Persons only; 403 says why not.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    body: decisionBody,
    reply: proposalReply,
  }),
  withdraw: endpoint({
    method: 'POST',
    path: '/api/proposals/:id/withdraw',
    summary: 'Take a proposal back before it is carried out.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    reply: proposalReply,
  }),
  delegate: endpoint({
    method: 'POST',
    path: '/api/approval-delegations',
    summary: 'Name a stand-in who approves in your place while you are away; your right counts once.',
    access: { kind: 'role', role: 'approver' },
    body: z.object({ standIn: z.string().max(200), untilMs: z.number().int() }),
    reply: done,
  }),
}
