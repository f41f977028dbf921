import { executeJob } from '../domain/job-kinds.ts'
import type { Approval, Proposal } from '../domain/proposal.ts'
import { includesRole } from '../domain/role.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { enqueue } from '../queue/jobs.ts'
import { approvalsOf, changeProposal, insertApproval, lockProposal } from '../store/proposals.ts'
import { checkContent, doubtOfVoice, type PersonNow, validApprovals } from './authorise.ts'
import { recordInCase } from './case-record.ts'
import type { RespondPorts } from './respond-ports.ts'
import { discloseSeed } from './seeded-suggestion.ts'

export interface Decision {
  readonly tenant: string
  readonly proposalId: string
  /** The digest that the approver saw: what they decided on, whatever the database says now. */
  readonly digest: string
  readonly approver: string
  readonly onBehalfOf: string | undefined
  readonly decision: 'approve' | 'reject'
  /** Needed for a rejection: it feeds later suggestions. */
  readonly reason: string
  readonly steppedUpAtMs: number | undefined
}

export type DecisionResult =
  | {
      readonly kind: 'decided'
      readonly proposal: Proposal
      readonly approvals: readonly Approval[]
      readonly needed: number
    }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

/** Records one person's decision, bound to the digest that they saw, and moves the proposal on when enough have said yes. */
export async function decideProposal(ports: RespondPorts, decision: Decision): Promise<DecisionResult> {
  return ports.database.transaction(async sql => {
    const refuse = (code: string, reason: string) => ({ kind: 'refused', code, reason }) as const
    const { tenant, proposalId } = decision
    const policy = await ports.policy(sql, tenant)
    const nowMs = ports.clock.now()
    const proposal = await lockProposal(sql, tenant, proposalId)
    if (proposal === undefined) return refuse('not-found', `there is no proposal ${proposalId}`)
    if (proposal.state !== 'awaiting')
      return refuse(
        'wrong-state',
        `proposal ${proposalId} is ${proposal.state}: it is not waiting for a decision`,
      )
    if (decision.digest !== proposal.digest)
      return refuse('digest-mismatch', 'this is not the proposal that you saw: reload it and read it again')
    if (nowMs >= proposal.content.expiresAtMs) {
      await changeProposal(sql, tenant, proposalId, { state: 'expired' }, nowMs)
      return refuse('expired', `proposal ${proposalId} has expired: submit it again`)
    }
    const checked = checkContent(proposal.content, policy)
    if (checked.kind === 'refused') return checked
    const earlier = await approvalsOf(sql, tenant, proposalId)
    const onBehalfOf = decision.onBehalfOf ?? decision.approver
    const involved = [
      ...new Set([
        decision.approver,
        onBehalfOf,
        ...(proposal.requestedBy === undefined ? [] : [proposal.requestedBy]),
        ...earlier.flatMap(entry => [entry.approver, entry.onBehalfOf]),
      ]),
    ]
    const people = await ports.people(sql, tenant, involved, nowMs)
    const doubt = whyNot(decision, proposal, people.get(decision.approver))
    if (doubt !== undefined) return refuse('not-allowed', doubt)
    const { steppedUpAtMs } = decision
    const approval: Approval = {
      proposalDigest: proposal.digest,
      approver: decision.approver,
      onBehalfOf,
      decision: decision.decision,
      reason: decision.reason.trim().slice(0, 2000),
      atMs: nowMs,
      steppedUpAtMs,
    }
    const unheard =
      decision.decision === 'approve' ? doubtOfVoice(proposal, approval, earlier, people, policy) : undefined
    if (unheard !== undefined) return refuse('not-allowed', unheard)
    if (
      decision.decision === 'approve' &&
      validApprovals(proposal, [approval], people, checked.action, policy).length === 0
    ) {
      return refuse(
        checked.action.stepUp && steppedUpAtMs === undefined ? 'step-up-needed' : 'not-allowed',
        checked.action.stepUp
          ? `${checked.action.title} takes an approver who has just confirmed who they are`
          : 'approving takes a person with the role approver, or the stand-in of one',
      )
    }
    if (!(await insertApproval(sql, tenant, proposalId, approval)))
      return refuse('already-decided', 'you have already decided on this proposal')
    const approvals = [...earlier, approval]
    const enough =
      validApprovals(proposal, approvals, people, checked.action, policy).length >= checked.action.approvers
    const disclosed = await discloseSeed(sql, tenant, proposal, decision.decision, nowMs)
    const state =
      decision.decision === 'reject'
        ? 'rejected'
        : // A check is over with the first who approves it, and nothing else comes of it.
          disclosed !== undefined
          ? 'withdrawn'
          : enough
            ? 'approved'
            : 'awaiting'
    const outcome = disclosed === undefined ? {} : { outcome: disclosed }
    await changeProposal(sql, tenant, proposalId, { state, ...outcome }, nowMs)
    if (state === 'approved')
      await enqueue(sql, tenant, [{ kind: executeJob, key: proposalId, payload: {} }], nowMs)
    const body = {
      step: decision.decision,
      digest: proposal.digest,
      on_behalf_of: onBehalfOf,
      state,
      stepped_up: steppedUpAtMs !== undefined,
    }
    await appendEntries(
      sql,
      [{ kind: 'approval', tenant, actor: `user:${decision.approver}`, subject: proposalId, body }],
      nowMs,
    )
    const said = approval.reason === '' ? '' : `: ${approval.reason}`
    await recordInCase(
      sql,
      ports,
      proposal,
      decision.approver,
      `${decision.decision === 'approve' ? 'approved' : 'rejected'}${said}${disclosed === undefined ? '' : `. ${disclosed}`}`,
    )
    return {
      kind: 'decided',
      proposal: { ...proposal, state, outcome: disclosed ?? proposal.outcome },
      approvals,
      needed: checked.action.approvers,
    }
  })
}

function whyNot(decision: Decision, proposal: Proposal, person: PersonNow | undefined): string | undefined {
  if (person?.kind !== 'person' || !person.active)
    return 'only a named person can decide: models, service accounts and API tokens cannot'
  if (!includesRole(person.role, 'responder'))
    return 'deciding on a proposal takes the role approver, or being the stand-in of an approver'
  const behalf = decision.onBehalfOf
  if (
    decision.decision === 'approve' &&
    (proposal.requestedBy === person.id || proposal.requestedBy === behalf)
  ) {
    return 'you asked for this action: somebody else must approve it'
  }
  if (decision.decision === 'reject' && decision.reason.trim() === '')
    return 'say why: the reason feeds later suggestions'
  return undefined
}
