import type { Sql } from '../lib/database.ts'

// What calls cost and how they went, from the ledger: it has every call, so no second count can differ from it. Latency
// is the time between a call's intent and its outcome.

const calls = `select o.at, o.subject, o.body->>'task' as task, o.body->>'model' as model,
    coalesce(o.body->>'profile', '') as profile, coalesce(o.body->>'role', 'active') as role, o.body->>'status' as status,
    coalesce((o.body->>'input_tokens')::bigint, 0) as input_tokens,
    coalesce((o.body->>'output_tokens')::bigint, 0) as output_tokens,
    (o.body->>'cached_tokens')::bigint as cached_tokens,
    coalesce((o.body->>'cost_usd')::double precision, 0) as cost_usd,
    extract(epoch from o.at - i.at) * 1000 as latency_ms
  from ledger o left join ledger i on i.seq = (o.body->>'intent_seq')::bigint
  where o.kind = 'model-outcome' and o.tenant = $1 and o.at >= to_timestamp($2 / 1000.0)
    and o.at < to_timestamp($3 / 1000.0)`

const sums = `count(*) as calls, count(*) filter (where status = 'answered') as answered,
  count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'invalid') as invalid,
  count(*) filter (where status = 'unsupported') as unsupported,
  sum(cached_tokens)::bigint as "cachedTokens",
  coalesce(sum(input_tokens) filter (where cached_tokens is not null), 0)::bigint as "cacheableTokens",
  sum(input_tokens)::bigint as "inputTokens", sum(output_tokens)::bigint as "outputTokens", sum(cost_usd) as "costUsd",
  coalesce(percentile_cont(0.5) within group (order by latency_ms), 0) as "medianMs",
  coalesce(percentile_cont(0.95) within group (order by latency_ms), 0) as "p95Ms"`

export interface Period {
  readonly fromMs: number
  /** Not included. */
  readonly toMs: number
}

export interface UsageSums {
  readonly calls: number
  readonly answered: number
  readonly failed: number
  readonly invalid: number
  readonly unsupported: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the input, what providers took from their prompt caches; null where none of them counted. */
  readonly cachedTokens: number | null
  /** The input of the calls that they counted. */
  readonly cacheableTokens: number
  readonly costUsd: number
  readonly medianMs: number
  readonly p95Ms: number
}

/** How each profile did, in each of its roles. */
export function usageByProfile(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
): Promise<(UsageSums & { profile: string; role: string })[]> {
  return sql.query(`select profile, role, ${sums} from (${calls}) as c group by profile, role`, [
    tenant,
    fromMs,
    toMs,
  ])
}

/** What each task cost with each model. */
export function usageByTask(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
): Promise<(UsageSums & { task: string; model: string })[]> {
  return sql.query(
    `select coalesce(task, '') as task, coalesce(model, '') as model, ${sums} from (${calls}) as c
     group by 1, 2 order by sum(cost_usd) desc, count(*) desc`,
    [tenant, fromMs, toMs],
  )
}

/**
 * By team: that of the person whose chat or draft of a rule it was, or whom the case is assigned to now. `teams` names the
 * team of a person by id; who is in none counts under their role. Empty: nobody's, as calls about mail, reports and
 * cases without an assignee are.
 */
export function usageByTeam(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
  teams: Readonly<Record<string, string>>,
): Promise<{ team: string; calls: number; tokens: number; costUsd: number }[]> {
  return sql.query(
    `select coalesce($4::jsonb ->> p.person, u.role, '') as team, count(*) as calls,
       sum(p.input_tokens + p.output_tokens)::bigint as tokens, sum(p.cost_usd) as "costUsd"
     from (
       select c.*, coalesce(t.owner_id, d.changed_by, k.assignee_id) as person
       from (${calls}) as c
         left join chats t on t.tenant_id = $1 and t.id = c.subject
         left join rule_drafts d on d.tenant_id = $1 and d.id = c.subject
         left join cases k on k.tenant_id = $1 and k.id = c.subject
     ) as p left join users u on u.tenant_id = $1 and u.id = p.person
     group by 1 order by sum(p.cost_usd) desc, count(*) desc, 1`,
    [tenant, fromMs, toMs, JSON.stringify(teams)],
  )
}

/** By day (UTC, `2026-06-01`), oldest first. */
export function usageByDay(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
): Promise<{ day: string; calls: number; tokens: number; costUsd: number }[]> {
  return sql.query(
    `select to_char(at at time zone 'utc', 'YYYY-MM-DD') as day, count(*) as calls,
       sum(input_tokens + output_tokens)::bigint as tokens, sum(cost_usd) as "costUsd"
     from (${calls}) as c group by 1 order by 1`,
    [tenant, fromMs, toMs],
  )
}

/** The cases that cost most. */
export function dearestCases(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
  limit: number,
): Promise<{ caseId: string; title: string | null; calls: number; tokens: number; costUsd: number }[]> {
  return sql.query(
    `select c.subject as "caseId", k.title, count(*) as calls, sum(c.input_tokens + c.output_tokens)::bigint as tokens,
       sum(c.cost_usd) as "costUsd"
     from (${calls}) as c left join cases k on k.tenant_id = $1 and k.id = c.subject
     group by c.subject, k.title order by sum(c.cost_usd) desc, 4 desc limit $4`,
    [tenant, fromMs, toMs, limit],
  )
}

/**
 * How many alerts came in and how many cases they became; and of the cases that a model was asked to brief, how many
 * alerts came in: as many calls would one an alert have been.
 */
export async function alertsAndCases(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: Period,
): Promise<{ alerts: number; cases: number; briefed: number; askedAlerts: number }> {
  const [row] = await sql.query<{ alerts: number; cases: number; briefed: number; askedAlerts: number }>(
    `select (select count(*) from alerts where tenant_id = $1 and received_ms >= $2 and received_ms < $3) as alerts,
       (select count(*) from cases where tenant_id = $1 and created_ms >= $2 and created_ms < $3) as cases,
       (select count(distinct case_id) from briefs where tenant_id = $1 and origin = 'model' and created_ms >= $2
          and created_ms < $3) as briefed,
       (select count(*) from alerts where tenant_id = $1 and received_ms >= $2 and received_ms < $3
          and case_id in (select c.subject from (${calls}) as c where c.task = 'case-brief')) as "askedAlerts"`,
    [tenant, fromMs, toMs],
  )
  return row ?? { alerts: 0, cases: 0, briefed: 0, askedAlerts: 0 }
}
