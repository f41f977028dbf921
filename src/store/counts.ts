import type { Sql } from '../lib/database.ts'

export interface RowCounts {
  readonly alerts: number
  readonly cases: number
  readonly openCases: number
  readonly sampleCases: number
  readonly quarantined: number
}

/** How much there is. Alerts are summed from the counts by day: counting the alerts themselves would take seconds. */
export async function countRows(sql: Sql, tenant: string): Promise<RowCounts> {
  const [row] = await sql.query<RowCounts>(
    `select
       (select coalesce(sum(count), 0) from alert_counts where tenant_id = $1)::bigint as alerts,
       (select count(*) from quarantine where tenant_id = $1) as quarantined,
       count(*) as cases,
       count(*) filter (where status <> 'closed') as "openCases",
       count(*) filter (where sample) as "sampleCases"
     from cases where tenant_id = $1 and merged_into is null`,
    [tenant],
  )
  return row ?? { alerts: 0, cases: 0, openCases: 0, sampleCases: 0, quarantined: 0 }
}
