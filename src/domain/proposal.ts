import type { Json } from '../lib/canonical-json.ts'

/** The endpoint that an action is for. Never a list, never empty: Wazuh's API takes an empty list as all agents. */
export interface ResponseTarget {
  /** Wazuh agent id, three digits or more; never `000`, the manager itself. For mail, `mailGateway.agentId`. */
  readonly agentId: string
  readonly agentName: string
  readonly platform: Platform
}

/** What an action is done on: an endpoint's system, or the organisation's mail system. */
export const platforms = ['linux', 'macos', 'windows', 'mail'] as const
export type Platform = (typeof platforms)[number]

/** The one target of actions on mail: whatever stands behind the connector. */
export const mailGateway: ResponseTarget = {
  agentId: 'mail-gateway',
  agentName: 'the mail gateway',
  platform: 'mail',
}

/** What the digest is over. Whoever approves it approves exactly this. */
export interface ProposalContent {
  readonly action: string
  readonly arguments: Json
  readonly target: ResponseTarget
  readonly tenant: string
  readonly caseId: string
  readonly expiresAtMs: number
  /** 128 random bits in hexadecimal: no two proposals have one digest, and each is carried out once. */
  readonly nonce: string
  /** Digest of the admin's definition, where the action is one that an admin allow-listed. */
  readonly definition?: string
}

/** Whether it is a bad suggestion that a lead put there to see whether it is caught. It is never carried out. */
export function isSeeded({ nonce }: Pick<ProposalContent, 'nonce'>): boolean {
  return nonce.startsWith('seeded-')
}

/**
 * `draft`: prepared by code or a model, nobody has asked for it. `awaiting`: a person submitted it. `approved`: enough
 * named people said yes. `executing`: claimed by one worker, written to the ledger, about to be sent. `sent`: Wazuh took
 * it, no more. `done` and `failed`: what the endpoint itself reported. `unknown`: it may or may not have been sent (a
 * crash, a time-out): never tried again by itself. `rehearsed`: a dry run showed what would have been sent.
 */
export const proposalStates = [
  'draft',
  'awaiting',
  'approved',
  'executing',
  'sent',
  'done',
  'failed',
  'unknown',
  'rehearsed',
  'rejected',
  'expired',
  'withdrawn',
] as const
export type ProposalState = (typeof proposalStates)[number]

/** One response action with exact arguments, and where it stands. */
export interface Proposal {
  readonly id: string
  readonly content: ProposalContent
  /** SHA-256 of the canonical JSON of `content`. */
  readonly digest: string
  readonly state: ProposalState
  /** Who put it together: a model or code may, that gives it no standing. */
  readonly preparedBy: string
  /** The person who submitted it; none while it is a draft. Never an approver. */
  readonly requestedBy: string | undefined
  /** Why, with the evidence ids it rests on. */
  readonly reason: string
  readonly evidence: readonly string[]
  readonly createdAtMs: number
  /** What came of it, for a person. */
  readonly outcome: string | undefined
  /** The proposal that this one takes back. */
  readonly rollbackOf: string | undefined
}

/** A named person's decision on one proposal's digest. */
export interface Approval {
  readonly proposalDigest: string
  readonly approver: string
  /** The approver whose right it is used, where the approver stands in for someone; else the approver. */
  readonly onBehalfOf: string
  readonly decision: 'approve' | 'reject'
  readonly reason: string
  readonly atMs: number
  /** When the approver last proved who they are with a second factor or password, for this decision. */
  readonly steppedUpAtMs: number | undefined
}
