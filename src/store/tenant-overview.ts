import type { Sql } from '../lib/database.ts'
import { writeGovernanceSetting } from './governance-settings.ts'

/** How much there is to do for one tenant: counts and times, nothing of what it is about. */
export interface TenantCounts {
  readonly id: string
  readonly name: string
  /** Where its own console is; null where nobody said. */
  readonly consoleUrl: string | null
  readonly operator: boolean
  /** Since when its role may not sign in, so that its programs stand still; null where it may. */
  readonly suspendedMs: number | null
  /** Open cases by severity. */
  readonly low: number
  readonly medium: number
  readonly high: number
  readonly critical: number
  /** Open cases whose time is over. */
  readonly overdue: number
  /** Open cases whose newest alerts no brief covers yet, and since when the oldest of them waits. */
  readonly unbriefed: number
  readonly oldestUnbriefedMs: number | null
  /** Of open cases. */
  readonly newestAlertMs: number | null
  /** Jobs that are tried no more. */
  readonly setAside: number
  /** Model calls since the start of the day. */
  readonly calls: number
  readonly tokens: number
  readonly costUsd: number
  /** The limits of a day in its models.yaml, as its processes last started with; null: none, or none has started. */
  readonly dayBudget: DayBudget | null
}

export interface DayBudget {
  readonly tokens?: number | undefined
  readonly costUsd?: number | undefined
  readonly calls?: number | undefined
}

const dayMs = 86_400_000

/**
 * The counts of every tenant, for the owner of the database and for the operator's processes; PostgreSQL itself gives
 * everybody else none.
 */
export function tenantOverview(sql: Sql, nowMs: number): Promise<TenantCounts[]> {
  return sql.query<TenantCounts>(
    `select id, name, console_url as "consoleUrl", operator, low, medium, high, critical, overdue, unbriefed,
       oldest_unbriefed_ms as "oldestUnbriefedMs", newest_alert_ms as "newestAlertMs", set_aside as "setAside", calls, tokens,
       cost_usd as "costUsd", day_budget as "dayBudget", suspended_ms as "suspendedMs"
     from tenant_overview($1, $2) left join tenant_suspensions() using (id) order by id`,
    [nowMs, Math.floor(nowMs / dayMs) * dayMs],
  )
}

/** Whether who signed in to the database is the operator of its tenants. */
export async function isOperator(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ operator: boolean }>('select tocsin_operator() as operator')
  return row?.operator === true
}

/** What the owner says of a tenant; what is left out stays. False where there is no such tenant. */
export async function describeTenant(
  sql: Sql,
  id: string,
  is: {
    readonly name?: string | undefined
    readonly operator?: boolean | undefined
    readonly consoleUrl?: string | null | undefined
  },
): Promise<boolean> {
  const rows = await sql.query(
    `update tenants set name = coalesce($2, name), operator = coalesce($3, operator),
       console_url = case when $4 then $5 else console_url end
     where id = $1 returning id`,
    [id, is.name ?? null, is.operator ?? null, is.consoleUrl !== undefined, is.consoleUrl ?? null],
  )
  return rows.length > 0
}

/** Notes the limits that this process started with, where the operator can see them. */
export async function keepDayBudget(
  sql: Sql,
  tenant: string,
  budget: DayBudget | undefined,
  nowMs: number,
): Promise<void> {
  await writeGovernanceSetting(sql, tenant, 'day-budget', budget ?? null, null, nowMs)
}

/** The share of the day's budget that is used, of the limit that is nearest; null where there is none. */
export function budgetUsed({ dayBudget, calls, tokens, costUsd }: TenantCounts): number | null {
  const shares = [
    share(calls, dayBudget?.calls),
    share(tokens, dayBudget?.tokens),
    share(costUsd, dayBudget?.costUsd),
  ].filter(each => each !== undefined)
  return shares.length === 0 ? null : Math.max(...shares)
}

const share = (spent: number, limit: number | undefined) => (limit === undefined ? undefined : spent / limit)
