import type { Sql } from '../lib/database.ts'
import { deleteOtherSessions } from './sessions.ts'

/** What went with an account. */
export interface Deactivated {
  /** Undecided proposals on which its approval no longer counts. */
  readonly voided: readonly string[]
  /** Undecided proposals that it had asked for. */
  readonly withdrawn: readonly string[]
}

/**
 * Ends what an account still has a hand in: sessions, tokens, what programs may read, sign-ins under way, stand-ins, approvals of what is not
 * carried out yet, and its own open requests.
 */
export async function endInvolvement(
  sql: Sql,
  tenant: string,
  userId: string,
  nowMs: number,
): Promise<Deactivated> {
  const values = [tenant, userId]
  await deleteOtherSessions(sql, tenant, userId, undefined)
  await sql.query('delete from api_tokens where tenant_id = $1 and user_id = $2', values)
  await sql.query('delete from sign_in_tickets where tenant_id = $1 and user_id = $2', values)
  await sql.query(
    'delete from approval_delegations where tenant_id = $1 and (principal = $2 or stand_in = $2)',
    values,
  )
  const withdrawn = await sql.query<{ id: string }>(
    `update proposals set state = 'withdrawn', outcome = 'the account of who asked was deactivated', changed_ms = $3
     where tenant_id = $1 and requested_by = $2 and state in ('awaiting', 'approved') returning id`,
    [...values, nowMs],
  )
  const voided = await sql.query<{ id: string }>(
    `update approvals a set voided_ms = $3 from proposals p
     where a.tenant_id = $1 and (a.approver = $2 or a.on_behalf_of = $2) and a.decision = 'approve' and a.voided_ms is null
       and p.tenant_id = a.tenant_id and p.id = a.proposal_id and p.state in ('awaiting', 'approved')
     returning p.id`,
    [...values, nowMs],
  )
  return { voided: voided.map(row => row.id), withdrawn: withdrawn.map(row => row.id) }
}
