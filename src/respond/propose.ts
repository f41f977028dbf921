import type { Proposal, ProposalContent } from '../domain/proposal.ts'
import { includesRole } from '../domain/role.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { digestOf, type Json } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import { changeProposal, insertProposal, lockProposal } from '../store/proposals.ts'
import { findAction } from './actions.ts'
import { checkContent } from './authorise.ts'
import { recordInCase } from './case-record.ts'
import type { RespondPorts } from './respond-ports.ts'

export interface ProposalRequest {
  readonly tenant: string
  readonly caseId: string
  readonly action: string
  readonly arguments: Json
  readonly target: ProposalContent['target']
  readonly reason: string
  readonly evidence: readonly string[]
}

export type ProposeResult =
  | { readonly kind: 'proposed'; readonly proposal: Proposal }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

/**
 * Prepares a draft. Code and models may: a draft can do nothing until a person submits it. What no proposal may ask for
 * (an unknown action, a protected asset, the manager) is refused here already, and again when it is carried out.
 */
export async function prepareProposal(
  ports: RespondPorts,
  request: ProposalRequest,
  preparedBy: string,
): Promise<ProposeResult> {
  return ports.database.transaction(sql => prepareProposalIn(sql, ports, request, preparedBy))
}

/** The same in the caller's transaction. `rollbackOf`: the proposal that this one takes back. */
export async function prepareProposalIn(
  sql: Sql,
  ports: RespondPorts,
  request: ProposalRequest,
  preparedBy: string,
  rollbackOf?: string,
): Promise<ProposeResult> {
  const policy = await ports.policy(sql, request.tenant)
  const nowMs = ports.clock.now()
  const definition = findAction(policy, request.action)?.definition
  const content: ProposalContent = {
    action: request.action,
    arguments: request.arguments,
    target: {
      agentId: request.target.agentId,
      agentName: request.target.agentName,
      platform: request.target.platform,
    },
    tenant: request.tenant,
    caseId: request.caseId,
    expiresAtMs: nowMs + policy.expiryMs,
    nonce: ports.nonce(),
    ...(definition === undefined ? {} : { definition }),
  }
  const checked = checkContent(content, policy)
  if (checked.kind === 'refused') return { kind: 'refused', code: checked.code, reason: checked.reason }
  const proposal: Proposal = {
    id: ports.ids.next('proposal'),
    content,
    digest: digestOf(content),
    state: 'draft',
    preparedBy,
    requestedBy: undefined,
    reason: request.reason.slice(0, 2000),
    evidence: request.evidence.slice(0, 50),
    createdAtMs: nowMs,
    outcome: undefined,
    rollbackOf,
  }
  await insertProposal(sql, proposal)
  return { kind: 'proposed', proposal }
}

/** A person asks for a draft to be carried out. From here on they are its requester, and cannot approve it. */
export async function submitProposal(
  ports: RespondPorts,
  tenant: string,
  id: string,
  personId: string,
): Promise<ProposeResult> {
  return ports.database.transaction(sql => submitProposalIn(sql, ports, tenant, id, personId))
}

/** The same in the caller's transaction. */
export async function submitProposalIn(
  sql: Sql,
  ports: RespondPorts,
  tenant: string,
  id: string,
  personId: string,
): Promise<ProposeResult> {
  const refuse = (code: string, reason: string) => ({ kind: 'refused', code, reason }) as const
  const proposal = await lockProposal(sql, tenant, id)
  if (proposal === undefined) return refuse('not-found', `there is no proposal ${id}`)
  if (proposal.state !== 'draft')
    return refuse('wrong-state', `proposal ${id} is ${proposal.state}: only a draft can be submitted`)
  const nowMs = ports.clock.now()
  const person = (await ports.people(sql, tenant, [personId], nowMs)).get(personId)
  if (person?.kind !== 'person' || !person.active || !includesRole(person.role, 'responder')) {
    return refuse('not-allowed', 'submitting a proposal takes a person with the role responder')
  }
  if (nowMs >= proposal.content.expiresAtMs) {
    await changeProposal(sql, tenant, id, { state: 'expired' }, nowMs)
    return refuse('expired', `draft ${id} has expired: prepare it again`)
  }
  await changeProposal(sql, tenant, id, { state: 'awaiting', requestedBy: personId }, nowMs)
  const body = { step: 'submitted', digest: proposal.digest, action: proposal.content.action }
  await appendEntries(
    sql,
    [{ kind: 'approval', tenant, actor: `user:${personId}`, subject: id, body }],
    nowMs,
  )
  await recordInCase(sql, ports, proposal, personId, 'asked for')
  return { kind: 'proposed', proposal: { ...proposal, state: 'awaiting', requestedBy: personId } }
}

/** The requester, or an admin, takes a proposal back before it is carried out. */
export async function withdrawProposal(
  ports: RespondPorts,
  tenant: string,
  id: string,
  personId: string,
): Promise<ProposeResult> {
  return ports.database.transaction(async sql => {
    const refuse = (code: string, reason: string) => ({ kind: 'refused', code, reason }) as const
    const proposal = await lockProposal(sql, tenant, id)
    if (proposal === undefined) return refuse('not-found', `there is no proposal ${id}`)
    if (!['draft', 'awaiting', 'approved'].includes(proposal.state)) {
      return refuse('wrong-state', `proposal ${id} is ${proposal.state}: too late to withdraw it`)
    }
    const nowMs = ports.clock.now()
    const person = (await ports.people(sql, tenant, [personId], nowMs)).get(personId)
    const own = proposal.requestedBy === undefined || proposal.requestedBy === personId
    if (
      person?.kind !== 'person' ||
      !person.active ||
      !(own ? includesRole(person.role, 'responder') : includesRole(person.role, 'admin'))
    ) {
      return refuse('not-allowed', 'only its requester or an admin can withdraw a proposal')
    }
    await changeProposal(sql, tenant, id, { state: 'withdrawn' }, nowMs)
    const body = { step: 'withdrawn', digest: proposal.digest }
    await appendEntries(
      sql,
      [{ kind: 'approval', tenant, actor: `user:${personId}`, subject: id, body }],
      nowMs,
    )
    await recordInCase(sql, ports, proposal, personId, 'withdrawn')
    return { kind: 'proposed', proposal: { ...proposal, state: 'withdrawn' } }
  })
}
