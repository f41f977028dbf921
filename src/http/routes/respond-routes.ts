import type { AccountParts } from '../../accounts/account-parts.ts'
import type { Alert } from '../../domain/alert.ts'
import { mailGateway, type ResponseTarget } from '../../domain/proposal.ts'
import { caseAlerts, caseRemediation } from '../../respond/case-response.ts'
import { decideProposal } from '../../respond/decide.ts'
import { isMailAlert } from '../../respond/mail-remediation.ts'
import { markStep } from '../../respond/mark-step.ts'
import { prepareProposal, submitProposal, withdrawProposal } from '../../respond/propose.ts'
import { targetOf } from '../../respond/remediation.ts'
import { prepareRollback } from '../../respond/rollback.ts'
import { findDraft } from '../../store/case-read.ts'
import { activePeople, peopleByIds } from '../../store/people.ts'
import {
  type DelegationRow,
  delegateApprovals,
  delegationsOf,
  findProposal,
  lockProposal,
  proposalsInState,
  proposalsOfCase,
} from '../../store/proposals.ts'
import { wasDone } from '../contract.ts'
import { type ProposeBody, respondEndpoints } from '../contract-respond.ts'
import { RequestError } from '../http-error.ts'
import { requireProof } from '../require-proof.ts'
import { type Route, route } from '../route.ts'
import {
  actionInfos,
  nameOf,
  type ProposalViewParts,
  proposalView,
  proposalViews,
  stepMarks,
} from './proposal-view.ts'
import { personOf } from './session-routes.ts'

export interface RespondRouteParts extends ProposalViewParts {
  readonly accounts: AccountParts
  /** Whether a Wazuh server is connected that can carry actions out. */
  readonly connected: () => boolean
  /** Whether a connector to the mail system is set. */
  readonly mailConnected: boolean
}

const openStates = ['draft', 'awaiting', 'approved', 'executing', 'sent', 'unknown'] as const
const decidedStates = ['done', 'failed', 'rehearsed', 'rejected', 'expired', 'withdrawn'] as const
const delegationLimitMs = 60 * 24 * 60 * 60 * 1000

/** Proposals: asked for by one person, decided by others. Each refusal says why. */
export function respondRoutes(parts: RespondRouteParts): Route[] {
  const { ports, tenant } = parts
  const { database } = ports
  return [
    route(respondEndpoints.caseResponse, async ({ params, caller }) => {
      const policy = await ports.policy(database, tenant)
      const steps = await caseRemediation(database, tenant, params.id, policy, ports.clock.now())
      if (steps === undefined) throw new RequestError('not-found', `there is no case ${params.id}`)
      const proposals = await proposalsOfCase(database, tenant, params.id)
      const marks = await stepMarks(parts, params.id)
      const targets = (await caseAlerts(database, tenant, params.id)).map(alert =>
        isMailAlert(alert) ? mailGateway : targetOf(alert),
      )
      return {
        steps: steps.map(step => ({
          ...step,
          evidence: [...step.evidence],
          rejections: [...step.rejections],
          action: step.action ?? null,
          marks: marks.get(step.id) ?? [],
        })),
        proposals: await proposalViews(parts, proposals, caller),
        actions: await actionInfos(parts, policy, caller),
        targets: [...new Map(targets.map(target => [target.agentId, target])).values()],
        connected: parts.connected(),
        mailConnected: parts.mailConnected,
        dryRun: policy.dryRun,
      }
    }),
    route(respondEndpoints.markStep, async ({ params, body, caller }) => {
      const mark = { caseId: params.id, step: params.step, ...body, by: personOf(caller).user.id }
      if ((await findDraft(database, tenant, params.id)) === undefined)
        throw new RequestError('not-found', `there is no case ${params.id}`)
      if (!(await markStep(ports, tenant, mark)))
        throw new RequestError('forbidden', 'marking a step takes a person with the role analyst')
      return wasDone
    }),
    route(respondEndpoints.rollBack, async ({ params, body, caller }) => {
      const { user } = personOf(caller)
      const prepared = await database.transaction(async sql => {
        const proposal = await lockProposal(sql, tenant, params.id)
        if (proposal === undefined) throw new RequestError('not-found', `there is no proposal ${params.id}`)
        return prepareRollback(sql, ports, proposal, body.reason, user.username)
      })
      const { proposal } = accepted(
        await submitProposal(ports, tenant, accepted(prepared).proposal.id, user.id),
      )
      return { proposal: await proposalView(parts, proposal, caller) }
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
      return { proposal: await proposalView(parts, submitted.proposal, caller) }
    }),
    route(respondEndpoints.submit, async ({ params, caller }) => {
      const { proposal } = accepted(await submitProposal(ports, tenant, params.id, personOf(caller).user.id))
      return { proposal: await proposalView(parts, proposal, caller) }
    }),
    route(respondEndpoints.inbox, async ({ query, caller }) => {
      const proposals = await proposalsInState(
        database,
        tenant,
        query.show === 'open' ? openStates : decidedStates,
      )
      return {
        proposals: await proposalViews(
          parts,
          query.show === 'open' ? proposals : proposals.reverse(),
          caller,
        ),
      }
    }),
    route(respondEndpoints.readProposal, async ({ params, caller }) => {
      const proposal = await findProposal(database, tenant, params.id)
      if (proposal === undefined) throw new RequestError('not-found', `there is no proposal ${params.id}`)
      return { proposal: await proposalView(parts, proposal, caller) }
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
        return { proposal: await proposalView(parts, result.proposal, caller) }
      },
      { requestsPerMinute: 30 },
    ),
    route(respondEndpoints.withdraw, async ({ params, caller }) => {
      const { proposal } = accepted(
        await withdrawProposal(ports, tenant, params.id, personOf(caller).user.id),
      )
      return { proposal: await proposalView(parts, proposal, caller) }
    }),
    route(respondEndpoints.listDelegations, async ({ caller }) => {
      const { user } = personOf(caller)
      const rows = await delegationsOf(database, tenant, user.id, ports.clock.now())
      const ids = rows.flatMap(row => [row.principal, row.standIn])
      const known = new Map((await peopleByIds(database, tenant, ids)).map(row => [row.id, row]))
      const entry = (id: string, { fromMs, untilMs }: DelegationRow) => ({
        person: nameOf(known, id),
        fromMs,
        untilMs,
      })
      const candidates = await activePeople(database, tenant, ['responder', 'approver', 'admin'])
      return {
        standIns: rows.filter(row => row.principal === user.id).map(row => entry(row.standIn, row)),
        standingInFor: rows.filter(row => row.standIn === user.id).map(row => entry(row.principal, row)),
        candidates: candidates
          .filter(({ id }) => id !== user.id)
          .map(({ id, username, displayName }) => ({ id, username, displayName })),
      }
    }),
    route(respondEndpoints.endDelegation, async ({ params, caller }) => {
      const now = ports.clock.now()
      const { user } = personOf(caller)
      const rows = await delegationsOf(database, tenant, user.id, now)
      const row = rows.find(each => each.principal === user.id && each.standIn === params.id)
      if (row === undefined) throw new RequestError('not-found', 'this person does not stand in for you')
      await delegateApprovals(database, tenant, { ...row, untilMs: now })
      return wasDone
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

interface Refused {
  readonly kind: 'refused'
  readonly code: string
  readonly reason: string
}

function accepted<R extends { readonly kind: string }>(result: R | Refused): R {
  if (isRefused(result)) throw refusal(result)
  return result
}

function isRefused(result: { readonly kind: string }): result is Refused {
  return result.kind === 'refused'
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

function refusal(result: Pick<Refused, 'code' | 'reason'>): RequestError {
  return new RequestError(statusOf[result.code] ?? 'bad-request', result.reason, result.code)
}
