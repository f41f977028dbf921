import { z } from 'zod'
import type { Approval, Proposal } from '../../domain/proposal.ts'
import { includesRole, roles } from '../../domain/role.ts'
import type { ResponseAction } from '../../respond/action.ts'
import { actionsOf, findAction } from '../../respond/actions.ts'
import { doubtOfVoice, type PersonNow, validApprovals } from '../../respond/authorise.ts'
import { describeRequest } from '../../respond/execute.ts'
import type { RespondPorts } from '../../respond/respond-ports.ts'
import type { ResponsePolicy } from '../../respond/response-policy.ts'
import { activePeople, type PersonRow, peopleByIds } from '../../store/people.ts'
import { approvalsOf, rollbacksOf, standInsFor } from '../../store/proposals.ts'
import { ticksOfCase } from '../../store/remediation-ticks.ts'
import type { Person } from '../contract.ts'
import type { ActionInfo, ProposalView, RemediationStep } from '../contract-respond.ts'
import { RequestError } from '../http-error.ts'
import type { Caller } from '../route.ts'

export interface ProposalViewParts {
  readonly ports: RespondPorts
  readonly tenant: string
  readonly caseUrl: (caseId: string) => string
}

/** A person's names, or their id where the account is gone. */
export function nameOf(people: ReadonlyMap<string, PersonRow>, id: string): Person {
  const row = people.get(id)
  return { id, username: row?.username ?? id, displayName: row?.displayName ?? id }
}

/** Every action under this policy, and whether these accounts could ever approve it for whoever asks. */
export async function actionInfos(
  parts: ProposalViewParts,
  policy: ResponsePolicy,
  caller: Caller,
): Promise<ActionInfo[]> {
  const approvers = await approversNow(parts)
  const asker = caller.kind === 'person' ? caller.user.id : undefined
  return actionsOf(policy).map(action => ({
    name: action.name,
    title: action.title,
    effect: action.effect,
    approvers: action.approvers,
    stepUp: action.stepUp,
    platforms: [...action.platforms],
    reaches: action.reaches ?? 'endpoint',
    unstaffed: unstaffed(action, approvers, asker),
    argumentsSchema: z.toJSONSchema(action.schema),
  }))
}

/** What people marked on the steps of a case, by step. */
export async function stepMarks(
  { ports, tenant }: ProposalViewParts,
  caseId: string,
): Promise<Map<string, RemediationStep['marks']>> {
  const ticks = await ticksOfCase(ports.database, tenant, caseId)
  const people = await peopleById(
    { ports, tenant },
    ticks.map(tick => tick.byId),
  )
  const marks = new Map<string, RemediationStep['marks']>()
  for (const { step, state, comment, byId, atMs } of ticks)
    marks.set(step, [...(marks.get(step) ?? []), { state, comment, by: nameOf(people, byId), atMs }])
  return marks
}

export async function proposalView(
  parts: ProposalViewParts,
  proposal: Proposal,
  caller: Caller,
): Promise<ProposalView> {
  const [only] = await proposalViews(parts, [proposal], caller)
  if (only === undefined) throw new RequestError('not-found', `there is no proposal ${proposal.id}`)
  return only
}

/** Proposals as people see them, each from the point of view of whoever asks. */
export async function proposalViews(
  parts: ProposalViewParts,
  proposals: readonly Proposal[],
  caller: Caller,
): Promise<ProposalView[]> {
  const { ports, tenant } = parts
  const { database } = ports
  const decisions = await Promise.all(proposals.map(proposal => approvalsOf(database, tenant, proposal.id)))
  const callerId = caller.kind === 'person' ? caller.user.id : undefined
  const standsInFor =
    callerId === undefined
      ? []
      : ((await standInsFor(database, tenant, [callerId], ports.clock.now())).get(callerId) ?? [])
  const people = await peopleById(parts, [
    ...(callerId === undefined ? [] : [callerId]),
    ...standsInFor,
    ...proposals.flatMap(proposal => proposal.requestedBy ?? []),
    ...decisions.flat().flatMap(entry => [entry.approver, entry.onBehalfOf]),
  ])
  const around: Surroundings = {
    policy: await ports.policy(database, tenant),
    people,
    standsInFor,
    approvers: await approversNow(parts),
    rollbacks: await rollbacksOf(
      database,
      tenant,
      proposals.map(proposal => proposal.id),
    ),
    nowMs: ports.clock.now(),
    caseUrl: parts.caseUrl,
  }
  return proposals.map((proposal, index) => viewOf(proposal, decisions[index] ?? [], caller, around))
}

interface Surroundings {
  readonly policy: ResponsePolicy
  readonly people: ReadonlyMap<string, PersonRow>
  /** Approvers in whose place the caller may decide now. */
  readonly standsInFor: readonly string[]
  /** Ids of everybody who could approve something now. */
  readonly approvers: readonly string[]
  readonly rollbacks: readonly Proposal[]
  readonly nowMs: number
  readonly caseUrl: (caseId: string) => string
}

function viewOf(
  proposal: Proposal,
  decisions: readonly Approval[],
  caller: Caller,
  around: Surroundings,
): ProposalView {
  const { content } = proposal
  const { policy, people } = around
  const action = findAction(policy, content.action)
  const now = new Map(
    [...people.values()].map(row => [
      row.id,
      {
        id: row.id,
        role: row.role,
        active: row.active,
        kind: 'person' as const,
        standsInFor: decisions.filter(entry => entry.approver === row.id).map(entry => entry.onBehalfOf),
        vouching: row.vouching ?? undefined,
      } satisfies PersonNow,
    ]),
  )
  const rollback = around.rollbacks.findLast(each => each.rollbackOf === proposal.id)
  const voice = (caller: { readonly id: string }) => {
    const entry = { approver: caller.id, onBehalfOf: caller.id, atMs: around.nowMs }
    return doubtOfVoice(proposal, entry, decisions, now, policy)
  }
  const cannotApprove = whyNotApprove(proposal, decisions, caller, around.standsInFor, voice)
  return {
    id: proposal.id,
    caseId: content.caseId,
    action: content.action,
    target: content.target,
    arguments: content.arguments,
    ...wordsOf(proposal, action, around),
    digest: proposal.digest,
    state: proposal.state,
    preparedBy: proposal.preparedBy,
    requestedBy: proposal.requestedBy === undefined ? null : nameOf(people, proposal.requestedBy),
    reason: proposal.reason,
    evidence: [...proposal.evidence],
    createdAtMs: proposal.createdAtMs,
    expiresAtMs: content.expiresAtMs,
    outcome: proposal.outcome ?? null,
    decisions: decisions.map(entry => ({
      by: nameOf(people, entry.approver),
      onBehalfOf: entry.onBehalfOf === entry.approver ? null : nameOf(people, entry.onBehalfOf),
      decision: entry.decision,
      reason: entry.reason,
      atMs: entry.atMs,
    })),
    approvalsNow: action === undefined ? 0 : validApprovals(proposal, decisions, now, action, policy).length,
    cannotApprove,
    mayStandInFor:
      cannotApprove === null
        ? around.standsInFor.filter(id => id !== proposal.requestedBy).map(id => nameOf(people, id))
        : [],
    unstaffed:
      action === undefined || proposal.state !== 'awaiting'
        ? null
        : unstaffed(action, around.approvers, proposal.requestedBy),
    rollbackOf: proposal.rollbackOf ?? null,
    rollback: rollback === undefined ? null : { id: rollback.id, state: rollback.state },
    canRollBack:
      action?.undo !== undefined &&
      ['done', 'failed', 'unknown'].includes(proposal.state) &&
      (rollback === undefined ||
        ['rejected', 'expired', 'withdrawn', 'failed', 'rehearsed'].includes(rollback.state)),
  }
}

/** What would happen, in words made by code. Of an action that is no longer allowed only the bare facts are left. */
function wordsOf(proposal: Proposal, action: ResponseAction | undefined, { policy, caseUrl }: Surroundings) {
  const { content } = proposal
  if (action === undefined || !action.schema.safeParse(content.arguments).success)
    return {
      title: content.action,
      description: `${content.action} with ${JSON.stringify(content.arguments)}. This action is no longer allowed here, or no longer takes these arguments.`,
      blastRadius: '',
      effect: 'irreversible' as const,
      undo: null,
      approversNeeded: 0,
      stepUp: false,
      request: null,
    }
  const undo = action.undo?.(content.arguments).action
  return {
    title: action.title,
    description: action.describe(content.arguments, content.target),
    blastRadius: action.blastRadius(content.arguments, content.target),
    effect: action.effect,
    undo: undo === undefined ? null : (findAction(policy, undo)?.title ?? undo),
    approversNeeded: action.approvers,
    stepUp: action.stepUp,
    request: describeRequest(proposal, action, { caseUrl }),
  }
}

async function approversNow({ ports, tenant }: ProposalViewParts): Promise<string[]> {
  const may = roles.filter(role => includesRole(role, 'approver'))
  return (await activePeople(ports.database, tenant, may)).map(row => row.id)
}

async function peopleById(
  { ports, tenant }: Pick<ProposalViewParts, 'ports' | 'tenant'>,
  ids: readonly string[],
): Promise<Map<string, PersonRow>> {
  const rows = await peopleByIds(ports.database, tenant, [...new Set(ids)])
  return new Map(rows.map(row => [row.id, row]))
}

/** Why these accounts cannot approve it, however long one waits. */
function unstaffed(
  action: Pick<ResponseAction, 'title' | 'approvers'>,
  approvers: readonly string[],
  asker: string | undefined,
): string | null {
  const others = approvers.filter(id => id !== asker).length
  if (others >= action.approvers) return null
  const needed =
    action.approvers === 1
      ? 'one person with the role approver'
      : `${action.approvers} different people with the role approver`
  const there = others === 0 ? 'there is nobody' : others === 1 ? 'there is one' : `there are ${others}`
  return `${action.title} takes ${needed} besides whoever asks for it; ${there}. This is so that no single person, and no single stolen session, can do it. An admin can add accounts under Settings, Accounts; until then do it by hand.`
}

function whyNotApprove(
  proposal: Proposal,
  decisions: readonly Approval[],
  caller: Caller,
  standsInFor: readonly string[],
  doubt: (caller: { readonly id: string }) => string | undefined,
): string | null {
  if (caller.kind !== 'person') return 'only a signed-in person can approve'
  if (proposal.requestedBy === caller.user.id)
    return 'You asked for this action: somebody else must approve it.'
  if (decisions.some(entry => entry.approver === caller.user.id)) return 'You have decided on this proposal.'
  if (!includesRole(caller.user.role, 'approver') && standsInFor.length === 0)
    return 'Approving takes the role approver, or standing in for an approver.'
  const unheard = doubt(caller.user)
  return unheard === undefined ? null : `${unheard.charAt(0).toUpperCase()}${unheard.slice(1)}.`
}
