import { appendEntries } from '../ledger/database-ledger.ts'
import type { Json } from '../lib/canonical-json.ts'
import { approvalsOf, changeProposal, lockProposal } from '../store/proposals.ts'
import type { ActiveResponseClient, ActiveResponseRequest, SendResult } from '../wazuh/active-response.ts'
import type { ResponseAction } from './action.ts'
import { type ApprovedProposal, authorise } from './authorise.ts'
import { endpointPayload } from './endpoint-payload.ts'
import type { RespondPorts } from './respond-ports.ts'

export type ExecutionResult =
  | { readonly kind: 'sent' | 'failed' | 'unknown'; readonly reason: string }
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
  client: ActiveResponseClient,
  tenant: string,
  id: string,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const claim = await claimProposal(ports, tenant, id)
  if (claim.kind !== 'claimed') return claim
  const result = await send(client, claim.proposal, claim.action, signal)
  const state = result.kind === 'not-sent' ? 'failed' : result.kind
  const reason =
    result.kind === 'sent' ? 'Wazuh took the command; waiting for the endpoint to report' : result.reason
  await ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    // The endpoint may have reported already: never step back from what it said.
    const now = await lockProposal(sql, tenant, id)
    if (now?.state === 'executing') await changeProposal(sql, tenant, id, { state, outcome: reason }, nowMs)
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
  | { readonly kind: 'claimed'; readonly proposal: ApprovedProposal; readonly action: ResponseAction }
  | (ExecutionResult & { kind: 'refused' | 'dry-run' })

async function claimProposal(ports: RespondPorts, tenant: string, id: string): Promise<Claim> {
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
    const policy = ports.policy()
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
    if (policy.dryRun) return { kind: 'dry-run', request: describeRequest(verdict.proposal, verdict.action) }
    await changeProposal(sql, tenant, id, { state: 'executing' }, nowMs)
    const body = {
      digest: proposal.digest,
      action: proposal.content.action,
      agent: proposal.content.target.agentId,
      requested_by: proposal.requestedBy ?? '',
      approved_by: verdict.approvals.map(entry => entry.approver),
    }
    await appendEntries(
      sql,
      [{ kind: 'action-intent', tenant, actor: 'job:respond', subject: id, body }],
      nowMs,
    )
    return { kind: 'claimed', proposal: verdict.proposal, action: verdict.action }
  })
}

function send(
  client: ActiveResponseClient,
  proposal: ApprovedProposal,
  action: ResponseAction,
  signal: AbortSignal,
): Promise<SendResult> {
  const request = requestOf(proposal, action)
  return request === undefined
    ? client.restartAgent(proposal.content.target.agentId, signal)
    : client.send(request, signal)
}

/** The script on the endpoint, without its ending: Linux and macOS have the POSIX one, Windows a wrapper of PowerShell's. */
function scriptOf(proposal: ApprovedProposal): string {
  return proposal.content.target.platform === 'windows' ? '!tocsin-respond.cmd' : '!tocsin-respond'
}

function requestOf(proposal: ApprovedProposal, action: ResponseAction): ActiveResponseRequest | undefined {
  const { agentId } = proposal.content.target
  const delivery = action.deliver(proposal.content.arguments)
  switch (delivery.kind) {
    case 'endpoint':
      return {
        agentId,
        command: scriptOf(proposal),
        arguments: [],
        data: { tocsin: { payload: endpointPayload(proposal, delivery.fields) } },
      }
    case 'custom':
      return {
        agentId,
        command: delivery.command,
        arguments: delivery.arguments,
        data: { tocsin: { proposal: proposal.id } },
      }
    case 'restart-agent':
      return undefined
  }
}

function describeRequest(proposal: ApprovedProposal, action: ResponseAction): Json {
  const { agentId } = proposal.content.target
  const request = requestOf(proposal, action)
  if (request === undefined) return { method: 'PUT', path: `/agents/${agentId}/restart` }
  return {
    method: 'PUT',
    path: '/active-response',
    query: { agents_list: agentId },
    body: { command: request.command, arguments: [...request.arguments], alert: { data: request.data } },
  }
}
