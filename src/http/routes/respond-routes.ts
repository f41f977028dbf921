import { z } from 'zod'
import type { AccountParts } from '../../accounts/account-parts.ts'
import type { Alert } from '../../domain/alert.ts'
import { type Approval, mailGateway, type Proposal, type ResponseTarget } from '../../domain/proposal.ts'
import { includesRole } from '../../domain/role.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { responseActions } from '../../respond/actions.ts'
import { validApprovals } from '../../respond/authorise.ts'
import { caseAlerts, caseRemediation } from '../../respond/case-response.ts'
import { decideProposal } from '../../respond/decide.ts'
import { isMailAlert } from '../../respond/mail-remediation.ts'
import { prepareProposal, submitProposal, withdrawProposal } from '../../respond/propose.ts'
import type { RespondPorts } from '../../respond/respond-ports.ts'
import { type PersonRow, peopleByIds } from '../../store/people.ts'
import {
  approvalsOf,
  delegateApprovals,
  findProposal,
  proposalsInState,
  proposalsOfCase,
} from '../../store/proposals.ts'
import { wasDone } from '../contract.ts'
import { type ProposalView, type ProposeBody, respondEndpoints } from '../contract-respond.ts'
import { RequestError } from '../http-error.ts'
import { requireProof } from '../require-proof.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

export interface RespondRouteParts {
  readonly ports: RespondPorts
  readonly accounts: AccountParts
  readonly tenant: string
  /** Whether a Wazuh server is connected that can carry actions out. */
  readonly connected: boolean
  /** Whether a connector to the mail system is set. */
  readonly mailConnected: boolean
}

const openStates = ['draft', 'awaiting', 'approved', 'executing', 'sent', 'unknown'] as const
const decidedStates = ['done', 'failed', 'rejected', 'expired', 'withdrawn'] as const
const delegationLimitMs = 60 * 24 * 60 * 60 * 1000

/** Proposals: asked for by one person, decided by others. Each refusal says why. */
export function respondRoutes(parts: RespondRouteParts): Route[] {
  const { ports, tenant } = parts
  const { database } = ports
  return [
    route(respondEndpoints.caseResponse, async ({ params, caller }) => {
      const steps = await caseRemediation(database, tenant, params.id, ports.policy())
      if (steps === undefined) throw new RequestError('not-found', `there is no case ${params.id}`)
      const proposals = await proposalsOfCase(database, tenant, params.id)
      return {
        steps: steps.map(step => ({ ...step, evidence: [...step.evidence], action: step.action ?? null })),
        proposals: await views(parts, proposals, caller),
        actions: actionInfos,
        connected: parts.connected,
        mailConnected: parts.mailConnected,
      }
    }),
    route(respondEndpoints.propose, async ({ params, body, caller }) => {
      const person = personOf(caller)
      const target = targetIn(await caseAlerts(database, tenant, params.id), body)
      if (target === undefined)
        throw new RequestError(
          'bad-request',
          `${body.agentId} has no alert in case ${params.id}`,
          'body/agentId',
        )
      const request = {
        tenant,
        caseId: params.id,
        action: body.action,
        arguments: body.arguments,
        target,
        reason: body.reason,
        evidence: body.evidence,
      }
      const prepared = accepted(await prepareProposal(ports, request, person.user.username))
      const submitted = accepted(await submitProposal(ports, tenant, prepared.proposal.id, person.user.id))
      return { proposal: await view(parts, submitted.proposal, caller) }
    }),
    route(respondEndpoints.submit, async ({ params, caller }) => {
      const { proposal } = accepted(await submitProposal(ports, tenant, params.id, personOf(caller).user.id))
      return { proposal: await view(parts, proposal, caller) }
    }),
    route(respondEndpoints.inbox, async ({ query, caller }) => {
      const proposals = await proposalsInState(
        database,
        tenant,
        query.show === 'open' ? openStates : decidedStates,
      )
      return {
        proposals: await views(parts, query.show === 'open' ? proposals : proposals.reverse(), caller),
      }
    }),
    route(respondEndpoints.readProposal, async ({ params, caller }) => {
      const proposal = await findProposal(database, tenant, params.id)
      if (proposal === undefined) throw new RequestError('not-found', `there is no proposal ${params.id}`)
      return { proposal: await view(parts, proposal, caller) }
    }),
    route(
      respondEndpoints.decide,
      async ({ params, body, caller, reply }) => {
        const person = personOf(caller)
        if (body.proof !== undefined)
          await requireProof(parts.accounts, { reply }, person, body.proof, body.digest)
        const steppedUpAtMs = body.proof === undefined ? undefined : ports.clock.now()
        const decision = {
          tenant,
          proposalId: params.id,
          digest: body.digest,
          approver: person.user.id,
          onBehalfOf: body.onBehalfOf,
          decision: body.decision,
          reason: body.reason,
          steppedUpAtMs,
        }
        const result = await decideProposal(ports, decision)
        if (result.kind === 'refused') throw refusal(result)
        return { proposal: await view(parts, result.proposal, caller) }
      },
      { requestsPerMinute: 30 },
    ),
    route(respondEndpoints.withdraw, async ({ params, caller }) => {
      const { proposal } = accepted(
        await withdrawProposal(ports, tenant, params.id, personOf(caller).user.id),
      )
      return { proposal: await view(parts, proposal, caller) }
    }),
    route(respondEndpoints.delegate, async ({ body, caller }) => {
      const { user } = personOf(caller)
      const fromMs = ports.clock.now()
      if (body.untilMs > fromMs + delegationLimitMs)
        throw new RequestError('bad-request', 'a stand-in is named for at most 60 days', 'body/untilMs')
      const [standIn] = await peopleByIds(database, tenant, [body.standIn])
      if (standIn === undefined || standIn.id === user.id)
        throw new RequestError('bad-request', 'a stand-in is another person with an account', 'body/standIn')
      await delegateApprovals(database, tenant, {
        principal: user.id,
        standIn: standIn.id,
        fromMs,
        untilMs: body.untilMs,
      })
      return wasDone
    }),
  ]
}

/** What a case is about may be acted on: an agent with an alert in it, and the mail gateway where a mail is. */
function targetIn(
  alerts: readonly Alert[],
  { agentId, platform }: Pick<ProposeBody, 'agentId' | 'platform'>,
): ResponseTarget | undefined {
  if (platform === 'mail') return alerts.some(isMailAlert) ? mailGateway : undefined
  const agent = alerts.find(alert => alert.agent.id === agentId)?.agent
  return agent && { agentId: agent.id, agentName: agent.name, platform }
}

const actionInfos = responseActions.map(action => ({
  name: action.name,
  title: action.title,
  effect: action.effect,
  approvers: action.approvers,
  stepUp: action.stepUp,
  platforms: [...action.platforms],
  argumentsSchema: z.toJSONSchema(action.schema),
}))

function accepted<R extends { kind: string }>(result: R): Exclude<R, { kind: 'refused' }> {
  if (result.kind === 'refused') throw refusal(result as unknown as { code: string; reason: string })
  return result as Exclude<R, { kind: 'refused' }> // The line above has thrown otherwise.
}

const statusOf: Readonly<Record<string, string>> = {
  'not-found': 'not-found',
  'not-allowed': 'forbidden',
  'step-up-needed': 'forbidden',
  'wrong-state': 'conflict',
  'digest-mismatch': 'conflict',
  expired: 'conflict',
  'already-decided': 'conflict',
}

function refusal(result: { readonly code: string; readonly reason: string }): RequestError {
  return new RequestError(statusOf[result.code] ?? 'bad-request', result.reason, result.code)
}

async function view(parts: RespondRouteParts, proposal: Proposal, caller: Caller): Promise<ProposalView> {
  const [only] = await views(parts, [proposal], caller)
  if (only === undefined)
    throw new RequestError('not-found', `the action of proposal ${proposal.id} no longer exists`)
  return only
}

async function views(
  parts: RespondRouteParts,
  proposals: readonly Proposal[],
  caller: Caller,
): Promise<ProposalView[]> {
  const { database } = parts.ports
  const decisions = await Promise.all(
    proposals.map(proposal => approvalsOf(database, parts.tenant, proposal.id)),
  )
  const ids = [
    ...proposals.flatMap(proposal => proposal.requestedBy ?? []),
    ...decisions.flat().flatMap(entry => [entry.approver, entry.onBehalfOf]),
  ]
  const people = new Map(
    (await peopleByIds(database, parts.tenant, [...new Set(ids)])).map(row => [row.id, row]),
  )
  return proposals.flatMap((proposal, index) =>
    viewOf(parts, proposal, decisions[index] ?? [], people, caller),
  )
}

function viewOf(
  parts: RespondRouteParts,
  proposal: Proposal,
  decisions: readonly Approval[],
  people: ReadonlyMap<string, PersonRow>,
  caller: Caller,
): ProposalView[] {
  const { content } = proposal
  const action = responseActions.find(candidate => candidate.name === content.action)
  if (action === undefined) return []
  const args: Json = content.arguments
  const name = (id: string) => ({
    id,
    username: people.get(id)?.username ?? id,
    displayName: people.get(id)?.displayName ?? id,
  })
  const now = new Map(
    [...people.values()].map(row => [
      row.id,
      {
        id: row.id,
        role: row.role,
        active: row.active,
        kind: 'person' as const,
        standsInFor: decisions.filter(entry => entry.approver === row.id).map(entry => entry.onBehalfOf),
      },
    ]),
  )
  return [
    {
      id: proposal.id,
      caseId: content.caseId,
      action: action.name,
      title: action.title,
      target: content.target,
      arguments: args,
      description: action.describe(args, content.target),
      blastRadius: action.blastRadius(args, content.target),
      effect: action.effect,
      undo: action.undo?.(args).action ?? null,
      digest: proposal.digest,
      state: proposal.state,
      preparedBy: proposal.preparedBy,
      requestedBy: proposal.requestedBy === undefined ? null : name(proposal.requestedBy),
      reason: proposal.reason,
      evidence: [...proposal.evidence],
      createdAtMs: proposal.createdAtMs,
      expiresAtMs: content.expiresAtMs,
      outcome: proposal.outcome ?? null,
      decisions: decisions.map(entry => ({
        by: name(entry.approver),
        onBehalfOf: entry.onBehalfOf === entry.approver ? null : name(entry.onBehalfOf),
        decision: entry.decision,
        reason: entry.reason,
        atMs: entry.atMs,
      })),
      approversNeeded: action.approvers,
      approvalsNow: validApprovals(proposal, decisions, now, action, parts.ports.policy()).length,
      stepUp: action.stepUp,
      cannotApprove: whyNotApprove(proposal, decisions, caller),
    },
  ]
}

function whyNotApprove(proposal: Proposal, decisions: readonly Approval[], caller: Caller): string | null {
  if (caller.kind !== 'person') return 'only a signed-in person can approve'
  if (proposal.requestedBy === caller.user.id)
    return 'You asked for this action: somebody else must approve it.'
  if (decisions.some(entry => entry.approver === caller.user.id)) return 'You have decided on this proposal.'
  if (!includesRole(caller.user.role, 'approver')) return 'Approving takes the role approver.'
  return null
}
