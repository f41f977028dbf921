import { z } from 'zod'
import { platforms, proposalStates } from '../domain/proposal.ts'
import { responseSettings } from '../domain/response-settings.ts'
import { done, idParams, person } from './contract.ts'
import { proof } from './contract-sign-in.ts'
import { endpoint } from './endpoint.ts'

const target = z.object({ agentId: z.string(), agentName: z.string(), platform: z.enum(platforms) })

/** An action that can be proposed. */
const actionInfo = z.object({
  name: z.string(),
  title: z.string(),
  effect: z.enum(['reads', 'reversible', 'irreversible']),
  approvers: z.number().int(),
  stepUp: z.boolean(),
  platforms: z.array(z.enum(platforms)),
  /** `outside`: it tells a receiver, and does nothing to the host. */
  reaches: z.enum(['endpoint', 'outside']),
  /** Why it cannot be approved here by anybody, with these accounts: asking for it would only expire. */
  unstaffed: z.string().nullable(),
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
  /** Approvers in whose place the person who asks may approve it. */
  mayStandInFor: z.array(person),
  /** Why there are too few accounts for it to be approved by anybody; null when there are enough. */
  unstaffed: z.string().nullable(),
  /** What is sent, or would be, as one HTTP request; null where the action is no longer allowed. */
  request: z.unknown(),
  /** The proposal that this one takes back. */
  rollbackOf: z.string().nullable(),
  /** The latest proposal that takes this one back. */
  rollback: z.object({ id: z.string(), state: z.enum(proposalStates) }).nullable(),
  /** Whether a rollback can be asked for now. */
  canRollBack: z.boolean(),
})
export type ProposalView = z.infer<typeof proposalView>

const tickStates = ['done', 'open', 'not-needed'] as const

/** A step of a remediation: one that Tocsin can carry out is a proposal in the making, the others are for hands. */
const remediationStep = z.object({
  id: z.string(),
  phase: z.enum(['contain', 'eradicate', 'recover', 'harden']),
  text: z.string(),
  why: z.string(),
  evidence: z.array(z.string()),
  risk: z.string(),
  undo: z.string(),
  action: z.object({ action: z.string(), arguments: z.unknown(), target }).nullable(),
  /** What people said when they rejected the same action before, newest first. */
  rejections: z.array(z.object({ caseId: z.string(), by: z.string(), reason: z.string(), atMs: z.number() })),
  /** What people marked on it, oldest first: the last one counts. */
  marks: z.array(z.object({ state: z.enum(tickStates), comment: z.string(), by: person, atMs: z.number() })),
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
  /** The hosts of the case, on which an action can be asked for. */
  targets: z.array(target),
  /** Approved actions are shown and not sent. */
  dryRun: z.boolean(),
})
export type CaseResponse = z.infer<typeof caseResponse>

const proposeBody = z.object({
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

const decisionBody = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(2000).default(''),
  onBehalfOf: z.string().max(200).optional(),
  /** That it is still you, where the action needs it. A passkey's challenge is made for this very digest. */
  proof: proof.optional(),
})
export type DecisionBody = z.infer<typeof decisionBody>

const tickBody = z.object({
  /** The step as the person saw it. */
  text: z.string().min(1).max(4000),
  state: z.enum(tickStates),
  comment: z.string().max(2000).default(''),
})
export type TickBody = z.infer<typeof tickBody>

const settingsVersion = z.object({
  version: z.number(),
  state: z.enum(['active', 'waiting', 'superseded', 'rejected']),
  /** In words, what it allows that was not allowed before. */
  weakens: z.array(z.string()),
  reason: z.string(),
  changedBy: person,
  changedMs: z.number(),
  decidedBy: person.nullable(),
  decidedMs: z.number().nullable(),
})
export type SettingsVersion = z.infer<typeof settingsVersion>

/** What holds about actions: the file's settings, the console's, and what comes of both. */
const responsePolicyView = z.object({
  file: z.object({ path: z.string(), settings: responseSettings }),
  console: responseSettings,
  /** The console's settings that wait for a second admin. */
  waiting: responseSettings.nullable(),
  versions: z.array(settingsVersion),
  actions: z.array(actionInfo.omit({ argumentsSchema: true })),
  effective: z.object({
    expiryMinutes: z.number(),
    stepUpMinutes: z.number(),
    dryRun: z.boolean(),
    builtInProtection: z.array(z.object({ kind: z.string(), value: z.string(), why: z.string() })),
  }),
  /** How many people could confirm a change that weakens, besides the one who asks. */
  otherAdmins: z.number(),
})
export type ResponsePolicyView = z.infer<typeof responsePolicyView>

const changeSettingsBody = z.object({
  settings: responseSettings,
  reason: z.string().trim().min(1, 'say why').max(2000),
})
export type ChangeSettingsBody = z.input<typeof changeSettingsBody>

const settingsChanged = z.object({
  version: z.number(),
  state: z.enum(['active', 'waiting', 'rejected']),
  weakens: z.array(z.string()),
})
export type SettingsChanged = z.infer<typeof settingsChanged>

/** Who stands in for whom. */
export const delegations = z.object({
  /** Those who approve in your place. */
  standIns: z.array(z.object({ person, fromMs: z.number(), untilMs: z.number() })),
  /** Those in whose place you approve. */
  standingInFor: z.array(z.object({ person, fromMs: z.number(), untilMs: z.number() })),
  /** Who can be named. */
  candidates: z.array(person),
})
export type Delegations = z.infer<typeof delegations>

const proposalReply = z.object({ proposal: proposalView })
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
  rollBack: endpoint({
    method: 'POST',
    path: '/api/proposals/:id/rollback',
    summary: 'Ask for what was done to be taken back: a proposal of its own, which others approve.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    body: z.object({ reason: z.string().trim().min(1).max(2000) }),
    reply: proposalReply,
  }),
  markStep: endpoint({
    method: 'POST',
    path: '/api/cases/:id/steps/:step',
    summary: 'Mark a step that is done by hand, with a comment.',
    access: { kind: 'role', role: 'analyst' },
    params: z.object({ id: z.string().min(1).max(200), step: z.string().regex(/^[0-9a-f]{16}$/) }),
    body: tickBody,
    reply: done,
  }),
  readResponsePolicy: endpoint({
    method: 'GET',
    path: '/api/response-settings',
    summary: 'What holds about actions: protected assets, approvals, quiet hours, commands, receivers.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: responsePolicyView,
  }),
  changeResponseSettings: endpoint({
    method: 'PUT',
    path: '/api/response-settings',
    summary:
      'Change what the console decides about actions. What weakens the protection waits for a second admin.',
    access: { kind: 'role', role: 'admin' },
    body: changeSettingsBody,
    reply: settingsChanged,
  }),
  decideResponseSettings: endpoint({
    method: 'POST',
    path: '/api/response-settings/:version/decision',
    summary:
      'Confirm or reject the change that waits. Confirming takes another admin than the one who made it, and proof that it is them.',
    access: { kind: 'role', role: 'admin' },
    params: z.object({ version: z.coerce.number().int() }),
    body: z.object({ confirm: z.boolean(), proof: proof.optional() }),
    reply: settingsChanged,
  }),
  listDelegations: endpoint({
    method: 'GET',
    path: '/api/approval-delegations',
    summary: 'Who approves in your place, and in whose place you do.',
    access: { kind: 'role', role: 'responder' },
    reply: delegations,
  }),
  endDelegation: endpoint({
    method: 'DELETE',
    path: '/api/approval-delegations/:id',
    summary: 'End the stand-in of this person now.',
    access: { kind: 'role', role: 'approver' },
    params: idParams,
    reply: done,
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
