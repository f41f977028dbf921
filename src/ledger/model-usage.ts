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

/** What calls came to, by task, model and how they ended. */
export interface ModelUsageSteps {
  readonly task: string
  readonly model: string
  readonly status: string
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly costUsd: number
}

/** The newest entry; 0 where there is none. */
export async function newestSeq(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ seq: number }>(`select coalesce(max(seq), 0)::float8 as seq from ledger`)
  return row?.seq ?? 0
}

/** From one entry of the ledger on. Entries are in the order of their commits: between the two none can come later. */
export function modelUsageBetween(
  sql: Sql,
  tenant: string,
  afterSeq: number,
  toSeq: number,
): Promise<ModelUsageSteps[]> {
  const sum = (name: string) => `coalesce(sum((body->>'${name}')::numeric), 0)::float8`
  return sql.query<ModelUsageSteps>(
    `select coalesce(body->>'task', '') as task, coalesce(body->>'model', '') as model, body->>'status' as status,
       count(*)::int as calls, ${sum('input_tokens')} as "inputTokens", ${sum('output_tokens')} as "outputTokens",
       ${sum('cached_tokens')} as "cachedTokens", ${sum('cost_usd')} as "costUsd"
     from ledger where kind = 'model-outcome' and tenant = $1 and seq > $2 and seq <= $3
     group by 1, 2, 3`,
    [tenant, afterSeq, toSeq],
  )
}
