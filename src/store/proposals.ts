import type { Approval, Proposal, ProposalContent, ProposalState } from '../domain/proposal.ts'
import type { Sql } from '../lib/database.ts'
import { realProposal } from './seeded-suggestions.ts'

interface ProposalRow {
  readonly id: string
  readonly digest: string
  readonly content: ProposalContent
  readonly state: ProposalState
  readonly prepared_by: string
  readonly requested_by: string | null
  readonly reason: string
  readonly evidence: string[]
  readonly created_ms: number
  readonly outcome: string | null
  readonly rollback_of: string | null
}

const columns =
  'id, digest, content, state, prepared_by, requested_by, reason, evidence, created_ms, outcome, rollback_of'

/** Writes a new proposal. */
export async function insertProposal(sql: Sql, proposal: Proposal): Promise<void> {
  const { content } = proposal
  await sql.query(
    `insert into proposals (tenant_id, id, case_id, digest, content, state, prepared_by, requested_by, reason, evidence, created_ms, changed_ms, rollback_of)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)`,
    [
      content.tenant,
      proposal.id,
      content.caseId,
      proposal.digest,
      JSON.stringify(content),
      proposal.state,
      proposal.preparedBy,
      proposal.requestedBy ?? null,
      proposal.reason,
      proposal.evidence,
      proposal.createdAtMs,
      proposal.rollbackOf ?? null,
    ],
  )
}

/** Reads a proposal and holds its row until the transaction ends, so that two executors take turns. */
export async function lockProposal(sql: Sql, tenant: string, id: string): Promise<Proposal | undefined> {
  const [row] = await sql.query<ProposalRow>(
    `select ${columns} from proposals where tenant_id = $1 and id = $2 for update`,
    [tenant, id],
  )
  return row === undefined ? undefined : fromRow(row)
}

export async function findProposal(sql: Sql, tenant: string, id: string): Promise<Proposal | undefined> {
  const [row] = await sql.query<ProposalRow>(
    `select ${columns} from proposals where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row === undefined ? undefined : fromRow(row)
}

export async function proposalsOfCase(sql: Sql, tenant: string, caseId: string): Promise<Proposal[]> {
  const rows = await sql.query<ProposalRow>(
    `select ${columns} from proposals where tenant_id = $1 and case_id = $2 order by created_ms, id limit 500`,
    [tenant, caseId],
  )
  return rows.map(fromRow)
}

/** Proposals in these states, oldest change first. `changedBeforeMs` finds those that have been there too long. */
export async function proposalsInState(
  sql: Sql,
  tenant: string,
  states: readonly ProposalState[],
  changedBeforeMs = Number.MAX_SAFE_INTEGER,
): Promise<Proposal[]> {
  const rows = await sql.query<ProposalRow>(
    `select ${columns} from proposals where tenant_id = $1 and state = any($2) and changed_ms < $3 order by changed_ms, id limit 500`,
    [tenant, states, changedBeforeMs],
  )
  return rows.map(fromRow)
}

/** The proposals that take one of these back, oldest first. */
export async function rollbacksOf(sql: Sql, tenant: string, ids: readonly string[]): Promise<Proposal[]> {
  const rows = await sql.query<ProposalRow>(
    `select ${columns} from proposals where tenant_id = $1 and rollback_of = any($2) order by created_ms, id`,
    [tenant, ids],
  )
  return rows.map(fromRow)
}

/** What was done by one of these actions before this moment, and nobody has prepared to take back. */
export async function standingSince(
  sql: Sql,
  tenant: string,
  action: string,
  doneBeforeMs: number,
): Promise<Proposal[]> {
  const rows = await sql.query<ProposalRow>(
    `select ${columns} from proposals p
     where tenant_id = $1 and state = 'done' and content ->> 'action' = $2 and changed_ms < $3 and rollback_of is null
       and not exists (select from proposals r where r.tenant_id = p.tenant_id and r.rollback_of = p.id)
     order by changed_ms, id limit 100`,
    [tenant, action, doneBeforeMs],
  )
  return rows.map(fromRow)
}

/** A rejection of an action, with its reason. */
export interface RejectionRow {
  readonly caseId: string
  readonly action: string
  readonly arguments: unknown
  readonly agentId: string
  readonly by: string
  readonly reason: string
  readonly atMs: number
}

/** The latest rejections since this moment, newest first: what people said no to, and why. */
export async function rejectionsSince(sql: Sql, tenant: string, sinceMs: number): Promise<RejectionRow[]> {
  return sql.query<RejectionRow>(
    `select p.case_id as "caseId", p.content ->> 'action' as action, p.content -> 'arguments' as arguments,
       p.content -> 'target' ->> 'agentId' as "agentId", coalesce(u.display_name, a.approver) as by, a.reason, a.at_ms as "atMs"
     from approvals a
     join proposals p on p.tenant_id = a.tenant_id and p.id = a.proposal_id
     left join users u on u.tenant_id = a.tenant_id and u.id = a.approver
     where a.tenant_id = $1 and a.decision = 'reject' and a.at_ms >= $2 and ${realProposal}
     order by a.at_ms desc limit 500`,
    [tenant, sinceMs],
  )
}

export interface ProposalChange {
  readonly state: ProposalState
  readonly requestedBy?: string
  readonly outcome?: string
}

/** Moves a proposal on. The caller holds its lock. */
export async function changeProposal(
  sql: Sql,
  tenant: string,
  id: string,
  change: ProposalChange,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `update proposals set state = $3, requested_by = coalesce($4, requested_by), outcome = coalesce($5, outcome), changed_ms = $6
     where tenant_id = $1 and id = $2`,
    [tenant, id, change.state, change.requestedBy ?? null, change.outcome ?? null, nowMs],
  )
}

/**
 * Takes back every proposal that was on its way, for all tenants; `sent` without an answer becomes `unknown`. Returns
 * how many.
 */
export async function withdrawUndecided(sql: Sql, outcome: string, nowMs: number): Promise<number> {
  const rows = await sql.query(
    `update proposals set outcome = $1, changed_ms = $2,
       state = case when state in ('executing', 'sent') then 'unknown' else 'withdrawn' end
     where state in ('awaiting', 'approved', 'executing', 'sent') returning id`,
    [outcome, nowMs],
  )
  return rows.length
}

/** Records a decision; returns false where this person has already decided on this proposal. */
export async function insertApproval(
  sql: Sql,
  tenant: string,
  proposalId: string,
  approval: Approval,
): Promise<boolean> {
  const rows = await sql.query(
    `insert into approvals (tenant_id, proposal_id, proposal_digest, approver, on_behalf_of, decision, reason, at_ms, stepped_up_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning approver`,
    [
      tenant,
      proposalId,
      approval.proposalDigest,
      approval.approver,
      approval.onBehalfOf,
      approval.decision,
      approval.reason,
      approval.atMs,
      approval.steppedUpAtMs ?? null,
    ],
  )
  return rows.length === 1
}

interface ApprovalRow {
  readonly proposal_digest: string
  readonly approver: string
  readonly on_behalf_of: string
  readonly decision: Approval['decision']
  readonly reason: string
  readonly at_ms: number
  readonly stepped_up_ms: number | null
}

/** The decisions on a proposal that stand, in the order in which they were made. */
export async function approvalsOf(sql: Sql, tenant: string, proposalId: string): Promise<Approval[]> {
  const rows = await sql.query<ApprovalRow>(
    `select proposal_digest, approver, on_behalf_of, decision, reason, at_ms, stepped_up_ms
     from approvals where tenant_id = $1 and proposal_id = $2 and voided_ms is null order by at_ms, approver`,
    [tenant, proposalId],
  )
  return rows.map(row => ({
    proposalDigest: row.proposal_digest,
    approver: row.approver,
    onBehalfOf: row.on_behalf_of,
    decision: row.decision,
    reason: row.reason,
    atMs: row.at_ms,
    steppedUpAtMs: row.stepped_up_ms ?? undefined,
  }))
}

/** Names a stand-in for an approver, or moves the end of the time. */
export async function delegateApprovals(
  sql: Sql,
  tenant: string,
  delegation: { principal: string; standIn: string; fromMs: number; untilMs: number },
): Promise<void> {
  await sql.query(
    `insert into approval_delegations (tenant_id, principal, stand_in, from_ms, until_ms) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, principal, stand_in) do update set from_ms = excluded.from_ms, until_ms = excluded.until_ms`,
    [tenant, delegation.principal, delegation.standIn, delegation.fromMs, delegation.untilMs],
  )
}

/** For each person, the approvers whose stand-in they are now. */
export async function standInsFor(
  sql: Sql,
  tenant: string,
  people: readonly string[],
  nowMs: number,
): Promise<Map<string, string[]>> {
  const rows = await sql.query<{ stand_in: string; principal: string }>(
    `select stand_in, principal from approval_delegations
     where tenant_id = $1 and stand_in = any($2) and from_ms <= $3 and until_ms > $3`,
    [tenant, people, nowMs],
  )
  const found = new Map<string, string[]>()
  for (const row of rows) found.set(row.stand_in, [...(found.get(row.stand_in) ?? []), row.principal])
  return found
}

export interface DelegationRow {
  readonly principal: string
  readonly standIn: string
  readonly fromMs: number
  readonly untilMs: number
}

/** The delegations that this person gave or was given and that have not ended. */
export async function delegationsOf(
  sql: Sql,
  tenant: string,
  personId: string,
  nowMs: number,
): Promise<DelegationRow[]> {
  return sql.query<DelegationRow>(
    `select principal, stand_in as "standIn", from_ms as "fromMs", until_ms as "untilMs" from approval_delegations
     where tenant_id = $1 and (principal = $2 or stand_in = $2) and until_ms > $3 order by until_ms`,
    [tenant, personId, nowMs],
  )
}

function fromRow(row: ProposalRow): Proposal {
  return {
    id: row.id,
    content: row.content,
    digest: row.digest,
    state: row.state,
    preparedBy: row.prepared_by,
    requestedBy: row.requested_by ?? undefined,
    reason: row.reason,
    evidence: row.evidence,
    createdAtMs: row.created_ms,
    outcome: row.outcome ?? undefined,
    rollbackOf: row.rollback_of ?? undefined,
  }
}
