import { type Approval, isSeeded, type Proposal, type ProposalContent } from '../domain/proposal.ts'
import { includesRole, type Role } from '../domain/role.ts'
import { mutedUntil, type Vouching, voicesOf } from '../domain/vouching.ts'
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
  /** Who last gave the account its right or its credentials, if anybody here did. */
  readonly vouching: Vouching | undefined
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
  | 'seeded'
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
  // Whatever else is true of it: a check on people is nothing to carry out.
  if (isSeeded(proposal.content)) return refuse('seeded', `proposal ${proposal.id} was a check on oversight`)
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
 * needed, and no two that rest on one person's right: an approver and their stand-in are one, and so are a new account
 * and whoever made it.
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
  const used = new Set<string>()
  const valid: Approval[] = []
  for (const entry of approvals) {
    if (entry.decision !== 'approve' || entry.proposalDigest !== proposal.digest) continue
    if (entry.atMs > proposal.content.expiresAtMs) continue
    if (!mayApprove(entry, people) || muted(entry, people, policy) !== undefined) continue
    if (action.stepUp && !isFresh(entry, policy)) continue
    const voices = voicesBehind([entry.approver, entry.onBehalfOf], people, entry.atMs, policy)
    const asking = voicesBehind([proposal.requestedBy ?? ''], people, entry.atMs, policy)
    if (voices.some(voice => used.has(voice) || asking.includes(voice))) continue
    for (const voice of voices) used.add(voice)
    valid.push(entry)
  }
  return valid
}

/** Everybody who may be speaking where these accounts do. */
function voicesBehind(
  ids: readonly string[],
  people: ReadonlyMap<string, PersonNow>,
  atMs: number,
  policy: ResponsePolicy,
): string[] {
  return ids.flatMap(id => voicesOf(id, people.get(id)?.vouching, atMs, policy.newRightMs))
}

/** Until when an approval of these two accounts does not count, because one admin alone is behind one of them. */
function muted(
  entry: Pick<Approval, 'approver' | 'onBehalfOf' | 'atMs'>,
  people: ReadonlyMap<string, PersonNow>,
  policy: ResponsePolicy,
): number | undefined {
  const ends = [entry.approver, entry.onBehalfOf].flatMap(
    id => mutedUntil(people.get(id)?.vouching, entry.atMs, policy.newRightMs) ?? [],
  )
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/** Why an approval by these accounts would not count for reasons of who is behind them; `undefined` where it would. */
export function doubtOfVoice(
  proposal: Pick<Proposal, 'requestedBy'>,
  entry: Pick<Approval, 'approver' | 'onBehalfOf' | 'atMs'>,
  earlier: readonly Approval[],
  people: ReadonlyMap<string, PersonNow>,
  policy: ResponsePolicy,
): string | undefined {
  const untilMs = muted(entry, people, policy)
  if (untilMs !== undefined)
    return `one admin alone gave this account its role or password: it approves from ${minuteIso(untilMs)} on, so that others can look into it`
  const own = [entry.approver, entry.onBehalfOf]
  const voices = voicesBehind(own, people, entry.atMs, policy)
  const hours = policy.newRightMs / 3_600_000
  if (voicesBehind([proposal.requestedBy ?? ''], people, entry.atMs, policy).some(id => voices.includes(id)))
    return `this account and the one that asked may be one person: one of them was given its role or password of late by the other, or both by the same admin. They count as one for ${hours} hours`
  // Refused and not only left out: who is behind an account is known now, and may be overwritten until it is carried out.
  const doubled = earlier.some(each => {
    const theirs = [each.approver, each.onBehalfOf]
    return (
      each.decision === 'approve' &&
      !theirs.some(id => own.includes(id)) &&
      voicesBehind(theirs, people, each.atMs, policy).some(id => voices.includes(id))
    )
  })
  return doubled
    ? `this account and one that has approved already may be one person: one was given its role or password of late by the other, or both by the same admin. They count as one for ${hours} hours`
    : undefined
}

function minuteIso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
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
