import type { Proposal } from '../domain/proposal.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { canonicalJson, digestOf, type Json } from '../lib/canonical-json.ts'
import type { MailGatewayClient, MailGatewayRequest } from '../mail-gateway/mail-gateway.ts'
import { approvalsOf, changeProposal, lockProposal } from '../store/proposals.ts'
import { type ActiveResponseClient, type ActiveResponseRequest, neverSent } from '../wazuh/active-response.ts'
import type { ResponseAction } from './action.ts'
import { type ApprovedProposal, authorise } from './authorise.ts'
import { recordInCase } from './case-record.ts'
import { endpointPayload } from './endpoint-payload.ts'
import type { RespondPorts } from './respond-ports.ts'
import { draftRollback } from './rollback.ts'
import { type SendTicket, type Ticket, ticketBody } from './ticket.ts'

/** What carries actions out, as far as it is connected. */
export interface Outlets {
  readonly activeResponse: ActiveResponseClient | undefined
  readonly mailGateway: MailGatewayClient | undefined
  /** Tells a receiver outside. */
  readonly ticket: SendTicket | undefined
  /** Where the console shows a case. */
  readonly caseUrl: (caseId: string) => string
}

export type ExecutionResult =
  | { readonly kind: 'sent' | 'done' | 'failed' | 'unknown'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** What would have been sent, and was not. */
  | { readonly kind: 'dry-run'; readonly request: Json }

/**
 * Carries out an approved proposal, once. In one transaction it locks the proposal, checks everything anew, marks it
 * `executing` and writes the intent to the ledger; only then is anything sent. A crash in between leaves `executing`,
 * which nothing tries again: `sweepProposals` turns it into `unknown`. Whoever comes second finds it no longer approved.
 */
export async function executeProposal(
  ports: RespondPorts,
  outlets: Outlets,
  tenant: string,
  id: string,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const claim = await claimProposal(ports, outlets, tenant, id)
  if (claim.kind !== 'claimed') return claim
  const { state, reason } = await claim.send(signal)
  await ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    // The endpoint may have reported already: never step back from what it said.
    const now = await lockProposal(sql, tenant, id)
    if (now?.state === 'executing') {
      await changeProposal(sql, tenant, id, { state, outcome: reason }, nowMs)
      await recordInCase(sql, ports, now, null, `${state}: ${reason}`)
      if (state === 'unknown') await draftRollback(sql, ports, { ...now, state }, reason)
    }
    const body = { digest: claim.proposal.digest, result: state, reason }
    await appendEntries(
      sql,
      [{ kind: 'action-outcome', tenant, actor: 'job:respond', subject: id, body }],
      nowMs,
    )
  })
  return { kind: state, reason }
}

type Claim =
  | { readonly kind: 'claimed'; readonly proposal: ApprovedProposal; readonly send: Send }
  | (ExecutionResult & { kind: 'refused' | 'dry-run' })

async function claimProposal(
  ports: RespondPorts,
  outlets: Outlets,
  tenant: string,
  id: string,
): Promise<Claim> {
  return ports.database.transaction(async (sql): Promise<Claim> => {
    const proposal = await lockProposal(sql, tenant, id)
    if (proposal === undefined)
      return { kind: 'refused', code: 'not-found', reason: `there is no proposal ${id}` }
    const nowMs = ports.clock.now()
    const approvals = await approvalsOf(sql, tenant, id)
    const involved = [
      ...new Set([
        ...(proposal.requestedBy === undefined ? [] : [proposal.requestedBy]),
        ...approvals.flatMap(entry => [entry.approver, entry.onBehalfOf]),
      ]),
    ]
    const people = await ports.people(sql, tenant, involved, nowMs)
    const policy = await ports.policy(sql, tenant)
    const verdict = authorise(proposal, approvals, people, policy, nowMs)
    if (verdict.kind === 'refused') {
      if (verdict.code === 'expired')
        await changeProposal(sql, tenant, id, { state: 'expired', outcome: verdict.reason }, nowMs)
      // Approvals that no longer hold (a role was lost) do not come back by themselves: people decide anew.
      else if (proposal.state === 'approved' && verdict.code !== 'quiet-hours') {
        await changeProposal(sql, tenant, id, { state: 'failed', outcome: verdict.reason }, nowMs)
      } else return { kind: 'refused', code: verdict.code, reason: verdict.reason }
      const body = { digest: proposal.digest, result: 'refused', code: verdict.code, reason: verdict.reason }
      await appendEntries(
        sql,
        [{ kind: 'action-outcome', tenant, actor: 'job:respond', subject: id, body }],
        nowMs,
      )
      return { kind: 'refused', code: verdict.code, reason: verdict.reason }
    }
    if (policy.dryRun) {
      const request = describeRequest(verdict.proposal, verdict.action, outlets)
      const outcome = `A dry run: nothing was sent. It would have been ${canonicalJson(request)}`
      await changeProposal(sql, tenant, id, { state: 'rehearsed', outcome }, nowMs)
      const body = { digest: proposal.digest, result: 'rehearsed', request: digestOf(request) }
      await appendEntries(
        sql,
        [{ kind: 'action-outcome', tenant, actor: 'job:respond', subject: id, body }],
        nowMs,
      )
      return { kind: 'dry-run', request }
    }
    const approvedBy = verdict.approvals.map(entry => entry.approver)
    const send = sendingOf(outlets, verdict.proposal, verdict.action, approvedBy)
    if (send === undefined)
      return {
        kind: 'refused',
        code: 'not-connected',
        reason: `nothing is connected that could do it: ${verdict.action.title}`,
      }
    await changeProposal(sql, tenant, id, { state: 'executing' }, nowMs)
    const body = {
      digest: proposal.digest,
      action: proposal.content.action,
      agent: proposal.content.target.agentId,
      requested_by: proposal.requestedBy ?? '',
      approved_by: approvedBy,
    }
    await appendEntries(
      sql,
      [{ kind: 'action-intent', tenant, actor: 'job:respond', subject: id, body }],
      nowMs,
    )
    return { kind: 'claimed', proposal: verdict.proposal, send }
  })
}

/** Sends one action, and says where the proposal stands then. */
type Send = (signal: AbortSignal) => Promise<{
  readonly state: 'sent' | 'done' | 'failed' | 'unknown'
  readonly reason: string
}>

/** How this action would be sent, or `undefined` where what it needs is not connected. */
function sendingOf(
  outlets: Outlets,
  proposal: ApprovedProposal,
  action: ResponseAction,
  approvedBy: readonly string[],
): Send | undefined {
  const { activeResponse, mailGateway, ticket } = outlets
  const request = requestOf(proposal, action, approvedBy, outlets)
  if (request.kind === 'ticket') {
    if (ticket === undefined) return undefined
    return async signal => {
      const { kind, reason } = await ticket(request.ticket, signal)
      return { state: kind === 'not-sent' ? 'failed' : kind, reason }
    }
  }
  if (request.kind === 'mail-gateway') {
    if (mailGateway === undefined) return undefined
    return async signal => {
      const { kind, reason } = await mailGateway.send(request.request, signal)
      return { state: kind === 'not-sent' || kind === 'not-done' ? 'failed' : kind, reason }
    }
  }
  if (activeResponse === undefined) return undefined
  return async signal => {
    const result = await (request.kind === 'restart-agent'
      ? activeResponse.restartAgent(request.agentId, signal)
      : activeResponse.send(request.request, signal)
    ).catch(error => {
      if (neverSent(error)) return { kind: 'not-sent' as const, reason: error.message }
      throw error
    })
    if (result.kind === 'sent')
      return { state: 'sent', reason: 'Wazuh took the command; waiting for the endpoint to report' }
    return { state: result.kind === 'not-sent' ? 'failed' : 'unknown', reason: result.reason }
  }
}

/** The script on the endpoint, without its ending: Linux and macOS have the POSIX one, Windows a wrapper of PowerShell's. */
function scriptOf(proposal: Proposal): string {
  return proposal.content.target.platform === 'windows' ? '!tocsin-respond.cmd' : '!tocsin-respond'
}

type OutgoingRequest =
  | { readonly kind: 'active-response'; readonly request: ActiveResponseRequest }
  | { readonly kind: 'restart-agent'; readonly agentId: string }
  | { readonly kind: 'mail-gateway'; readonly request: MailGatewayRequest }
  | { readonly kind: 'ticket'; readonly ticket: Ticket }

function requestOf(
  proposal: Proposal,
  action: ResponseAction,
  approvedBy: readonly string[],
  { caseUrl }: Pick<Outlets, 'caseUrl'>,
): OutgoingRequest {
  const { agentId } = proposal.content.target
  const delivery = action.deliver(proposal.content.arguments)
  switch (delivery.kind) {
    case 'endpoint':
      return {
        kind: 'active-response',
        request: {
          agentId,
          command: scriptOf(proposal),
          arguments: [],
          data: { tocsin: { payload: endpointPayload(proposal, delivery.fields) } },
        },
      }
    case 'custom':
      return {
        kind: 'active-response',
        request: {
          agentId,
          command: delivery.command,
          arguments: delivery.arguments,
          // With both, the command's script can report what came of it as Tocsin's own scripts do.
          data: { tocsin: { proposal: proposal.id, nonce: proposal.content.nonce } },
        },
      }
    case 'restart-agent':
      return { kind: 'restart-agent', agentId }
    case 'ticket':
      return {
        kind: 'ticket',
        ticket: {
          destination: delivery.destination,
          summary: delivery.summary,
          description: delivery.description,
          proposalId: proposal.id,
          digest: proposal.digest,
          caseId: proposal.content.caseId,
          caseUrl: caseUrl(proposal.content.caseId),
          host: proposal.content.target.agentName,
        },
      }
    case 'mail-gateway':
      return {
        kind: 'mail-gateway',
        request: {
          id: proposal.id,
          operation: delivery.operation,
          arguments: delivery.arguments,
          expiresAtMs: proposal.content.expiresAtMs,
          requestedBy: proposal.requestedBy ?? '',
          approvedBy,
        },
      }
  }
}

/** What is sent, or would be, as one request. Secrets (credentials, the nonce) are not in it. */
export function describeRequest(
  proposal: Proposal,
  action: ResponseAction,
  outlets: Pick<Outlets, 'caseUrl'>,
): Json {
  const outgoing = requestOf(proposal, action, [], outlets)
  switch (outgoing.kind) {
    case 'restart-agent':
      return { method: 'PUT', path: `/agents/${outgoing.agentId}/restart` }
    case 'mail-gateway':
      return { operation: outgoing.request.operation, arguments: outgoing.request.arguments }
    case 'ticket':
      return { method: 'POST', url: outgoing.ticket.destination.url, body: ticketBody(outgoing.ticket) }
    case 'active-response': {
      const { request } = outgoing
      const delivery = action.deliver(proposal.content.arguments)
      const tocsin =
        delivery.kind === 'endpoint' ? { payload: { ...delivery.fields } } : { proposal: proposal.id }
      return {
        method: 'PUT',
        path: '/active-response',
        query: { agents_list: request.agentId },
        body: { command: request.command, arguments: [...request.arguments], alert: { data: { tocsin } } },
      }
    }
  }
}
