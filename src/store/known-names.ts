import type { Sql } from '../lib/database.ts'

/** Names of the organisation's own, as its alerts tell them. */
export interface KnownNames {
  readonly hosts: readonly string[]
  readonly users: readonly string[]
  /** The newest alert of each of the most frequent hosts, as it came: it names addresses and further names. */
  readonly alerts: readonly string[]
}

const hostsReadFrom = 2000

/** Agents that sent alerts, and accounts that cases are about: the most frequent first, at most 20,000 of each. */
export async function readKnownNames(sql: Sql, tenant: string): Promise<KnownNames> {
  const hosts = await sql.query<{ name: string }>(
    `select agent_name as name from alert_counts where tenant_id = $1
     group by agent_name order by sum(count) desc limit 20000`,
    [tenant],
  )
  const users = await sql.query<{ name: string }>(
    `select value as name from case_entities where tenant_id = $1 and type = 'user'
     group by value order by sum(alert_count) desc limit 20000`,
    [tenant],
  )
  const alerts = await sql.query<{ raw: string }>(
    `select newest.raw from unnest($2::text[]) as host (name) cross join lateral (
       select raw from alerts where tenant_id = $1 and agent_name = host.name order by timestamp_ms desc limit 1
     ) as newest`,
    [tenant, hosts.slice(0, hostsReadFrom).map(({ name }) => name)],
  )
  return {
    hosts: hosts.map(({ name }) => name),
    users: users.map(({ name }) => name),
    alerts: alerts.map(({ raw }) => raw),
  }
}
