import type { Sql } from '../lib/database.ts'

/**
 * Ends sessions of tenants' roles that hold other tenants up with locks, and suspends a role that does so again and again. Any
 * tenant's process may ask; the rules are in the database (migration 0361), out of its reach. Returns how many were ended.
 */
export async function endHoldUps(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ ended: number }>('select end_hold_ups() as ended')
  return row?.ended ?? 0
}

/** What the owner sees of it. */
export interface TenantHoldUps {
  readonly tenant: string
  /** Sessions that were ended in the last 30 days. */
  readonly holdUps: number
  /** Since when its role may not sign in; null where it may. */
  readonly suspendedMs: number | null
  /** Whether the owner may end sessions of its role. */
  readonly bounded: boolean
}

export function listHoldUps(sql: Sql): Promise<TenantHoldUps[]> {
  return sql.query<TenantHoldUps>(
    `select t.id as tenant, count(h.session) as "holdUps", t.suspended_ms as "suspendedMs",
       pg_has_role(current_user, t.role, 'usage') as bounded
     from tenants t left join hold_ups h on h.tenant = t.id group by t.id order by t.id`,
  )
}
