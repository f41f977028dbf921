import type { Approval, Proposal, ProposalContent } from '../domain/proposal.ts'
import { includesRole, type Role } from '../domain/role.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { ResponseAction } from './action.ts'
import { findAction } from './actions.ts'
import { protectionOf } from './protected-assets.ts'
import { isQuiet, type ResponsePolicy } from './response-policy.ts'

/** A person as the accounts know them at this moment. */
export interface PersonNow {
  readonly id: string
  readonly role: Role
  readonly active: boolean
  /** Models, service accounts and API tokens are not people. */
  readonly kind: 'person' | 'service'
  /** Approvers who have named this person their stand-in, valid now. */
  readonly standsInFor: readonly string[]
}

declare const approved: unique symbol

/** A proposal that was authorised at this moment. Made only here; the only thing that can be sent. */
export type ApprovedProposal = Proposal & { readonly [approved]: true }

export type Authorisation =
  | {
      readonly kind: 'authorised'
      readonly proposal: ApprovedProposal
      readonly action: ResponseAction
      readonly approvals: readonly Approval[]
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string }

export type RefusalCode =
  | 'unknown-action'
  | 'invalid-arguments'
  | 'definition-changed'
  | 'digest-mismatch'
  | 'not-approved'
  | 'not-submitted'
  | 'expired'
  | 'protected'
  | 'wrong-platform'
  | 'quiet-hours'
  | 'wrong-state'

/**
 * Everything that must hold for an action to be carried out, checked anew at the moment of execution: known action,
 * arguments of its schema, digest over exactly this content, state, expiry, requester, distinct approvers who are
 * active people with the role now, step-up, protected assets, quiet hours. Fails closed: the first doubt refuses.
 */
export function authorise(
  proposal: Proposal,
  approvals: readonly Approval[],
  people: ReadonlyMap<string, PersonNow>,
  policy: ResponsePolicy,
  nowMs: number,
): Authorisation {
  const refuse = (code: RefusalCode, reason: string): Authorisation => ({ kind: 'refused', code, reason })
  const checked = checkContent(proposal.content, policy)
  if (checked.kind === 'refused') return checked
  if (digestOf(proposal.content) !== proposal.digest) {
    return refuse(
      'digest-mismatch',
      `proposal ${proposal.id} is not what was approved: its digest does not fit its content`,
    )
  }
  if (proposal.state !== 'approved')
    return refuse('wrong-state', `proposal ${proposal.id} is ${proposal.state}, not approved`)
  if (nowMs >= proposal.content.expiresAtMs)
    return refuse('expired', `proposal ${proposal.id} has expired: submit it again`)
  if (isQuiet(policy, proposal.content.action, nowMs)) {
    return refuse('quiet-hours', `${checked.action.title} waits until the quiet hours end`)
  }
  const requester = proposal.requestedBy === undefined ? undefined : people.get(proposal.requestedBy)
  if (requester?.kind !== 'person')
    return refuse('not-submitted', `no person has submitted proposal ${proposal.id}`)
  const valid = validApprovals(proposal, approvals, people, checked.action, policy)
  if (valid.length < checked.action.approvers) {
    return refuse('not-approved', `${valid.length} of ${checked.action.approvers} needed approvals hold now`)
  }
  // The one place where this cast is true: every check has just passed.
  return {
    kind: 'authorised',
    proposal: proposal as ApprovedProposal,
    action: checked.action,
    approvals: valid,
  }
}

/** The part of the checks that needs no approval: whether such a proposal may exist at all. */
export function checkContent(
  content: ProposalContent,
  policy: ResponsePolicy,
): { readonly kind: 'fine'; readonly action: ResponseAction } | (Authorisation & { kind: 'refused' }) {
  const refuse = (code: RefusalCode, reason: string) => ({ kind: 'refused', code, reason }) as const
  const action = findAction(policy, content.action)
  if (action === undefined) return refuse('unknown-action', `there is no action '${content.action}'`)
  const parsed = action.schema.safeParse(content.arguments)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return refuse(
      'invalid-arguments',
      `${action.title}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`,
    )
  }
  if (!action.platforms.includes(content.target.platform)) {
    return refuse('wrong-platform', `${action.title} cannot be done on ${content.target.platform}`)
  }
  if (action.definition !== content.definition)
    return refuse(
      'definition-changed',
      `${action.title} has been changed by an admin since this was prepared: prepare it anew`,
    )
  if (action.reaches === 'outside') return { kind: 'fine', action }
  const protection = protectionOf(
    content.target,
    action.touches(parsed.data, content.target),
    policy.protectedAssets,
  )
  if (protection !== undefined) return refuse('protected', protection)
  return { kind: 'fine', action }
}

/**
 * The approvals that count now: on this digest, by active people with the right, not the requester's, stepped up where
 * needed, and no two that rest on one person's right (an approver and their stand-in are one).
 */
export function validApprovals(
  proposal: Proposal,
  approvals: readonly Approval[],
  people: ReadonlyMap<string, PersonNow>,
  action: ResponseAction,
  policy: ResponsePolicy,
): Approval[] {
  if (approvals.some(entry => entry.decision === 'reject' && entry.proposalDigest === proposal.digest))
    return []
  const used = new Set<string>(proposal.requestedBy === undefined ? [] : [proposal.requestedBy])
  const valid: Approval[] = []
  for (const entry of approvals) {
    if (entry.decision !== 'approve' || entry.proposalDigest !== proposal.digest) continue
    if (entry.atMs > proposal.content.expiresAtMs) continue
    if (!mayApprove(entry, people)) continue
    if (action.stepUp && !isFresh(entry, policy)) continue
    if (used.has(entry.approver) || used.has(entry.onBehalfOf)) continue
    used.add(entry.approver).add(entry.onBehalfOf)
    valid.push(entry)
  }
  return valid
}

function mayApprove(entry: Approval, people: ReadonlyMap<string, PersonNow>): boolean {
  const person = people.get(entry.approver)
  if (person === undefined || !person.active || person.kind !== 'person') return false
  if (entry.onBehalfOf === entry.approver) return includesRole(person.role, 'approver')
  const principal = people.get(entry.onBehalfOf)
  return (
    includesRole(person.role, 'responder') &&
    person.standsInFor.includes(entry.onBehalfOf) &&
    principal?.kind === 'person' &&
    principal.active &&
    includesRole(principal.role, 'approver')
  )
}

function isFresh(entry: Approval, policy: ResponsePolicy): boolean {
  const age = entry.steppedUpAtMs === undefined ? Number.NaN : entry.atMs - entry.steppedUpAtMs
  return age >= 0 && age <= policy.stepUpMaxAgeMs
}
