import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

// What an investigation looks at beyond the case's own numbers: raw alerts in and around it, how often its rules
// fired before, and what people decided about cases like it.

export interface RawAlertRow {
  readonly raw: string
  readonly why: string
  readonly receivedMs: number
  readonly generation: number
}

/** From this level on each level is looked at by itself: however much else there is, it hides nothing graver. */
const graveLevel = 7

/** At most so many alerts are read only because they speak to a model. */
const maxSpeaking = 20
/** At most so many are read only because nothing else of their rule and level is sure to be. */
const maxGraveKinds = 30

/**
 * Alerts of a case for reading: the first and the last ones where there are more than `limit`; besides them one of each
 * grave kind, the gravest kinds first, and some of those whose text speaks to a model, so that no flood before and after
 * an alert hides it. By time.
 */
export function alertsToRead(
  sql: Sql,
  tenant: string,
  caseId: string,
  limit: number,
): Promise<RawAlertRow[]> {
  const columns = 'key, raw, why, received_ms, generation, timestamp_ms'
  const part = (direction: 'asc' | 'desc') =>
    `(select ${columns} from alerts
      where tenant_id = $1 and case_id = $2 order by timestamp_ms ${direction}, key ${direction} limit $3)`
  const grave = (more: string) => `(select a.level, a.rule_id, a.key from alerts a
    where a.tenant_id = $1 and a.case_id = $2 and a.level >= ${graveLevel} ${more}
    order by a.level desc, a.rule_id desc, a.timestamp_ms desc limit 1)`
  // Each kind is one look into the index, from the one before it on: all alerts of a kind are never gone through.
  return sql.query<RawAlertRow>(
    `with recursive kinds as (
       ${grave('')} union all
       select next.* from kinds cross join lateral
         ${grave('and (a.level, a.rule_id) < (kinds.level, kinds.rule_id)')} as next
     )
     select raw, why, received_ms as "receivedMs", generation
     from (${part('asc')} union ${part('desc')} union (
       select ${columns} from alerts
       where tenant_id = $1 and case_id = $2 and speaks_to_model order by timestamp_ms, key limit $4
     ) union (
       select ${columns} from (select key as chosen from kinds limit $5) as of_kind cross join lateral (
         select * from alerts where tenant_id = $1 and key = of_kind.chosen limit 1) as a
     )) as chosen order by timestamp_ms, key`,
    [tenant, caseId, Math.ceil(limit / 2), maxSpeaking, maxGraveKinds],
  )
}

const highestLevel = 16
/** Of a host, so many of any level on either side of the case are looked at. */
const lookedAt = 250
/**
 * And so many of each grave level from where the case began, and to where it ended: between, nearly all are the case's own, and
 * a case of a million was gone through by each of its briefs.
 */
const graveLookedAt = 1_000

/**
 * Alerts of other cases on these hosts within the window, the gravest first. Bounded on a host that never stops
 * alerting: what is less than grave counts only close to the case, and among its own alerts only near its beginning and end.
 */
export function alertsOnHosts(
  sql: Sql,
  tenant: string,
  around: {
    readonly caseId: string
    readonly agentNames: readonly string[]
    /** The case's own time, and how far before and after it to look. */
    readonly firstSeenMs: number
    readonly lastSeenMs: number
    readonly windowMs: number
    readonly limit: number
  },
): Promise<RawAlertRow[]> {
  const columns = 'case_id, key, level, timestamp_ms'
  const part = (condition: string, order: string) =>
    `(select ${columns} from alerts where tenant_id = $1 and agent_name = host.name
      and ${condition} order by timestamp_ms ${order} limit ${lookedAt})`
  // A range of one level, and in its order: asked for `level = of_level`, the planner may take the index without levels and go
  // through all alerts of the host for a level that none has.
  const graveIn = (condition: string, order: string, most: string) =>
    `(select ${columns} from alerts where tenant_id = $1 and agent_name = host.name and level >= ${graveLevel}
      and level >= of_level and level <= of_level and ${condition}
      order by level ${order}, timestamp_ms ${order} limit ${most})`
  return sql.query<RawAlertRow>(
    `select a.raw, a.why, a.received_ms as "receivedMs", a.generation from (
       select near.* from unnest($3::text[]) as host (name) cross join lateral (
         (select grave.* from generate_series(${graveLevel}, ${highestLevel}) as of_level cross join lateral (
           ${graveIn('timestamp_ms >= $4 and timestamp_ms < $6', 'asc', '$8')}
           union all ${graveIn('timestamp_ms between $6 and $5', 'asc', `${graveLookedAt}`)}
           union all ${graveIn('timestamp_ms between $6 and $5', 'desc', `${graveLookedAt}`)}
           union all ${graveIn('timestamp_ms > $5 and timestamp_ms <= $7', 'asc', '$8')}) as grave)
         union ${part('timestamp_ms between $4 and $5', 'desc')}
         union ${part('timestamp_ms between $6 and $7', 'asc')}
       ) as near where near.case_id <> $2 order by near.level desc, near.timestamp_ms, near.key limit $8
     ) as chosen cross join lateral (select * from alerts where tenant_id = $1 and key = chosen.key limit 1) as a
     order by a.level desc, a.timestamp_ms, a.key`,
    [
      tenant,
      around.caseId,
      around.agentNames,
      around.firstSeenMs - around.windowMs,
      around.lastSeenMs,
      around.firstSeenMs,
      around.lastSeenMs + around.windowMs,
      around.limit,
    ],
  )
}

/**
 * Alerts of other cases that name these source addresses, within the window, the gravest first. Of each such case so many of the
 * gravest and of the first ones as are wanted in all: one may hold a million.
 */
export function alertsFromSources(
  sql: Sql,
  tenant: string,
  around: {
    readonly caseId: string
    readonly addresses: readonly string[]
    readonly fromMs: number
    readonly toMs: number
    readonly limit: number
  },
): Promise<RawAlertRow[]> {
  const ofCase = (condition: string, order: string) =>
    `(select key, level, timestamp_ms from alerts where tenant_id = $1 and case_id = named.case_id
      and ${condition} timestamp_ms between $4 and $5 order by ${order} limit $6)`
  return sql.query<RawAlertRow>(
    `select a.raw, a.why, a.received_ms as "receivedMs", a.generation from (
       select near.* from (
         select distinct case_id from case_entities
         where tenant_id = $1 and type = 'address' and value = any($3) and 'source' = any(roles) and case_id <> $2
         limit 100
       ) as named cross join lateral (
         ${ofCase(`level >= ${graveLevel} and`, 'level desc, rule_id desc, timestamp_ms desc')}
         union ${ofCase('', 'timestamp_ms, key')}
       ) as near order by near.level desc, near.timestamp_ms limit $6
     ) as chosen cross join lateral (select * from alerts where tenant_id = $1 and key = chosen.key limit 1) as a
     order by a.level desc, a.timestamp_ms`,
    [tenant, around.caseId, around.addresses, around.fromMs, around.toMs, around.limit],
  )
}

export interface RuleHistoryRow {
  readonly ruleId: string
  readonly agentName: string
  readonly alerts: number
  readonly lastSeenMs: number | null
  /** The days that were counted, as far back as there is a memory. */
  readonly days: number
}

/**
 * How often these rules fired on these hosts on the `maxDays` days up to, not including, `toDay`. Nothing where no alert
 * was counted before that day.
 */
export function ruleHistory(
  sql: Sql,
  tenant: string,
  subjects: readonly { readonly ruleId: string; readonly agentName: string }[],
  toDay: number,
  maxDays: number,
): Promise<RuleHistoryRow[]> {
  return sql.query<RuleHistoryRow>(
    `select s.rule_id as "ruleId", s.agent_name as "agentName", coalesce(sum(c.count), 0) as alerts,
       max(c.last_seen_ms) as "lastSeenMs", $4 - memory.from_day as days
     from (
       select greatest(first_day, $4::int - $5::int) as from_day from grouping_epoch
       where tenant_id = $1 and first_day < $4::int
     ) as memory
     cross join unnest($2::text[], $3::text[]) as s (rule_id, agent_name)
     left join alert_counts c on c.tenant_id = $1 and c.rule_id = s.rule_id and c.agent_name = s.agent_name
       and c.day >= memory.from_day and c.day < $4
     group by s.rule_id, s.agent_name, memory.from_day`,
    [
      tenant,
      subjects.map(subject => subject.ruleId),
      subjects.map(subject => subject.agentName),
      toDay,
      maxDays,
    ],
  )
}

export interface DecidedCaseRow {
  readonly caseId: string
  readonly verdict: Verdict
  readonly reason: string
  readonly by: string
  readonly atMs: number
}

/** Cases of the same title (rule and host) that people have decided, newest first. */
export function decidedLikeThis(
  sql: Sql,
  tenant: string,
  caseId: string,
  title: string,
  limit: number,
): Promise<DecidedCaseRow[]> {
  return sql.query<DecidedCaseRow>(
    `select c.id as "caseId", c.verdict, coalesce(c.verdict_reason, '') as reason,
       coalesce(u.display_name, c.verdict_by) as by, c.verdict_ms as "atMs"
     from cases c left join users u on u.tenant_id = c.tenant_id and u.id = c.verdict_by
     where c.tenant_id = $1 and c.title = $2 and c.id <> $3 and c.verdict is not null
     order by c.verdict_ms desc limit $4`,
    [tenant, title, caseId, limit],
  )
}

/** On which hosts alerts name this file hash, over the first hundred alerts of each of the newest 200 cases that do. */
export async function hostsWithFile(
  sql: Sql,
  tenant: string,
  sha256: string,
): Promise<{ readonly hosts: string[]; readonly firstSeenMs: number | null }> {
  const [row] = await sql.query<{ hosts: string[] | null; firstSeenMs: number | null }>(
    `select array_agg(distinct agent_name) as hosts, min(timestamp_ms) as "firstSeenMs" from (
       select case_id from case_entities where tenant_id = $1 and type = 'hash' and value = $2 order by case_id desc limit 200
     ) as named cross join lateral (
       select agent_name, timestamp_ms, raw from alerts where tenant_id = $1 and case_id = named.case_id
       order by timestamp_ms, key limit 100
     ) as a where raw::text like '%' || $2 || '%'`,
    [tenant, sha256],
  )
  return { hosts: row?.hosts ?? [], firstSeenMs: row?.firstSeenMs ?? null }
}
