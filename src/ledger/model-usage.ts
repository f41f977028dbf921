import type { Sql } from '../lib/database.ts'

/** What one model did for one task, from its outcomes in the ledger. */
export interface ModelUsage {
  readonly model: string
  readonly task: string
  readonly calls: number
  readonly failed: number
  readonly tokens: number
  readonly costUsd: number
  readonly lastMs: number
}

/** Use of every model since a time. */
export function modelUsageSince(sql: Sql, tenant: string, sinceMs: number): Promise<ModelUsage[]> {
  return sql.query<ModelUsage>(
    `select body->>'model' as model, coalesce(body->>'task', '') as task, count(*)::int as calls,
       (count(*) filter (where body->>'status' = 'failed'))::int as failed,
       coalesce(sum((body->>'input_tokens')::numeric + (body->>'output_tokens')::numeric), 0)::float8 as tokens,
       coalesce(sum((body->>'cost_usd')::numeric), 0)::float8 as "costUsd",
       (extract(epoch from max(at)) * 1000)::float8 as "lastMs"
     from ledger where kind = 'model-outcome' and tenant = $1 and at >= to_timestamp($2::float8 / 1000)
     group by 1, 2`,
    [tenant, sinceMs],
  )
}
