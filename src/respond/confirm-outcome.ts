import type { Alert } from '../domain/alert.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { changeProposal, lockProposal, proposalsInState } from '../store/proposals.ts'
import { recordInCase } from './case-record.ts'
import type { RespondPorts } from './respond-ports.ts'
import { draftReviews, draftRollback } from './rollback.ts'

/** What the endpoint's script wrote into active-responses.log, as Wazuh decoded it. */
export interface EndpointReport {
  readonly proposal: string
  readonly nonce: string
  readonly agentId: string
  readonly result: 'done' | 'failed' | 'refused'
  readonly detail: string
}

/** Reads a report out of an alert, or `undefined` where it is none. */
export function endpointReport(alert: Alert): EndpointReport | undefined {
  const text = (name: string) => {
    const value = readPointer(alert.document, `/data/tocsin/${name}`)
    return typeof value === 'string' ? value : ''
  }
  const result = text('result')
  if (text('event') !== 'action' || (result !== 'done' && result !== 'failed' && result !== 'refused'))
    return undefined
  return {
    proposal: text('proposal'),
    nonce: text('nonce'),
    agentId: alert.agent.id,
    result,
    detail: text('detail').slice(0, 1000),
  }
}

/**
 * Believes a report only from the agent that was asked and with the nonce that only it was sent: whoever can write a
 * log line elsewhere cannot make an action look done. Returns whether the proposal was moved on.
 */
export async function confirmOutcome(
  ports: RespondPorts,
  tenant: string,
  report: EndpointReport,
): Promise<boolean> {
  return ports.database.transaction(async sql => {
    const proposal = await lockProposal(sql, tenant, report.proposal)
    if (
      proposal === undefined ||
      proposal.content.nonce !== report.nonce ||
      proposal.content.target.agentId !== report.agentId
    )
      return false
    if (!['executing', 'sent', 'unknown'].includes(proposal.state)) return false
    const nowMs = ports.clock.now()
    const state = report.result === 'done' ? 'done' : 'failed'
    const outcome = report.result === 'refused' ? `the endpoint refused: ${report.detail}` : report.detail
    await changeProposal(sql, tenant, proposal.id, { state, outcome }, nowMs)
    const body = {
      digest: proposal.digest,
      result: state,
      reason: outcome,
      reported_by: `agent ${report.agentId}`,
    }
    await appendEntries(
      sql,
      [{ kind: 'action-outcome', tenant, actor: `agent:${report.agentId}`, subject: proposal.id, body }],
      nowMs,
    )
    await recordInCase(sql, ports, proposal, null, `${state}: ${outcome}`)
    // What an endpoint refused it has not begun; what failed there may be half done.
    if (report.result === 'failed')
      await draftRollback(sql, ports, { ...proposal, state }, `The endpoint reports: ${outcome}`)
    return true
  })
}

const lostAfterMs = 2 * 60_000
const silentAfterMs = 10 * 60_000

/**
 * Moves on what is stuck: drafts and requests past their expiry become `expired`; what was being sent when a process
 * died, and what the endpoint never answered, becomes `unknown`, for a person to look at. Nothing is sent again. What
 * stands for longer than the policy says is brought up again, with its rollback prepared.
 */
export async function sweepProposals(ports: RespondPorts, tenant: string): Promise<number> {
  const moved = await moveStuck(ports, tenant)
  return moved + (await ports.database.transaction(sql => draftReviews(sql, ports, tenant)))
}

function moveStuck(ports: RespondPorts, tenant: string): Promise<number> {
  return ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    const open = await proposalsInState(sql, tenant, ['draft', 'awaiting', 'approved'])
    const late = open.filter(proposal => nowMs >= proposal.content.expiresAtMs)
    const lost = await proposalsInState(sql, tenant, ['executing'], nowMs - lostAfterMs)
    const silent = await proposalsInState(sql, tenant, ['sent'], nowMs - silentAfterMs)
    const move = async (
      id: string,
      from: readonly string[],
      state: 'expired' | 'unknown',
      outcome: string,
    ) => {
      const now = await lockProposal(sql, tenant, id)
      if (now === undefined || !from.includes(now.state)) return
      await changeProposal(sql, tenant, id, { state, outcome }, nowMs)
      const body = { digest: now.digest, result: state, reason: outcome }
      await appendEntries(
        sql,
        [{ kind: 'action-outcome', tenant, actor: 'job:respond', subject: id, body }],
        nowMs,
      )
      await recordInCase(sql, ports, now, null, `${state}: ${outcome}`)
      if (state === 'unknown') await draftRollback(sql, ports, { ...now, state }, outcome)
    }
    for (const { id } of late)
      await move(id, ['draft', 'awaiting', 'approved'], 'expired', 'nobody decided in time')
    for (const { id } of lost)
      await move(
        id,
        ['executing'],
        'unknown',
        'the process that sent it stopped: it may or may not have been sent. Look at the endpoint.',
      )
    for (const { id } of silent)
      await move(
        id,
        ['sent'],
        'unknown',
        'the endpoint has not reported. Look at it, and at its active-responses.log.',
      )
    return late.length + lost.length + silent.length
  })
}
