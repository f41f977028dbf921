import type { Proposal } from '../domain/proposal.ts'
import type { Sql } from '../lib/database.ts'
import { rollbacksOf, standingSince } from '../store/proposals.ts'
import { findAction } from './actions.ts'
import { type ProposeResult, prepareProposalIn } from './propose.ts'
import type { RespondPorts } from './respond-ports.ts'

const refuse = (code: string, reason: string) => ({ kind: 'refused', code, reason }) as const

/** States in which something may have been done that can be taken back. */
const mayStand: readonly Proposal['state'][] = ['done', 'failed', 'unknown']

/** States of a rollback that has come to nothing: another one may be prepared. */
const cameToNothing: readonly Proposal['state'][] = [
  'rejected',
  'expired',
  'withdrawn',
  'failed',
  'rehearsed',
]

/**
 * Prepares the proposal that takes this one back: a draft as any other, which a person submits and others approve.
 * None where the action has no way back, or one is prepared already.
 */
export async function prepareRollback(
  sql: Sql,
  ports: RespondPorts,
  proposal: Proposal,
  reason: string,
  preparedBy: string,
): Promise<ProposeResult> {
  const { content } = proposal
  if (!mayStand.includes(proposal.state))
    return refuse(
      'wrong-state',
      `proposal ${proposal.id} is ${proposal.state}: there is nothing to take back`,
    )
  const action = findAction(await ports.policy(sql, content.tenant), content.action)
  if (action?.undo === undefined)
    return refuse('no-way-back', `${action?.title ?? content.action} cannot be taken back`)
  const open = (await rollbacksOf(sql, content.tenant, [proposal.id])).find(
    each => !cameToNothing.includes(each.state),
  )
  if (open !== undefined)
    return refuse('already-prepared', `proposal ${open.id} already takes ${proposal.id} back`)
  const { action: undo, arguments: args } = action.undo(content.arguments)
  const request = {
    tenant: content.tenant,
    caseId: content.caseId,
    action: undo,
    arguments: args,
    target: content.target,
    reason,
    evidence: proposal.evidence,
  }
  return prepareProposalIn(sql, ports, request, preparedBy, proposal.id)
}

/** By itself, after a failure: not of a rollback, which would go round in circles. */
export async function draftRollback(
  sql: Sql,
  ports: RespondPorts,
  proposal: Proposal,
  why: string,
): Promise<void> {
  if (proposal.rollbackOf !== undefined) return
  // A refusal is the expected end where there is no way back, or the host has become protected: people see the outcome.
  await prepareRollback(sql, ports, proposal, `Takes back ${proposal.content.action}. ${why}`, 'rollback')
}

/** For each containment that has stood for as long as the policy allows: a draft that ends it, for people to decide on. */
export async function draftReviews(sql: Sql, ports: RespondPorts, tenant: string): Promise<number> {
  const { reviewAfterMs } = await ports.policy(sql, tenant)
  let drafted = 0
  for (const [action, afterMs] of Object.entries(reviewAfterMs)) {
    for (const proposal of await standingSince(sql, tenant, action, ports.clock.now() - afterMs)) {
      const hours = Math.round(afterMs / 3_600_000)
      const reason = `It has stood for ${hours} hours, after which it is to be looked at again: end it, or withdraw this draft to keep it.`
      const result = await prepareRollback(sql, ports, proposal, reason, 'review')
      if (result.kind === 'proposed') drafted++
    }
  }
  return drafted
}
