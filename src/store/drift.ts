import type { Sql } from '../lib/database.ts'

/** What people judged: what code and models proposed, each under the name of its task. */
export const driftTasks = [
  'triage-code',
  'case-brief',
  'brief-review',
  'mail-code',
  'mail-judgement',
  'chat',
] as const
export type DriftTask = (typeof driftTasks)[number]

export interface DriftRow {
  readonly task: DriftTask
  readonly byId: string
  readonly role: string | null
  readonly weekMs: number
  readonly decided: number
  readonly disagreed: number
}

const week = 7 * 86_400_000

// Of a model's briefs the one that the person had before them: the last before the verdict.
const modelBrief = `lateral (select b.brief from briefs b where b.tenant_id = c.tenant_id and b.case_id = c.id
  and b.origin = 'model' and b.created_ms <= c.verdict_ms order by b.created_ms desc limit 1) as b`
const decidedCase = `c.tenant_id = $1 and c.verdict_ms >= $2 and c.verdict_ms < $3 and c.verdict_by is not null
  and c.verdict <> 'undetermined' and not c.sample and c.merged_into is null`
const harmful = `array['suspicious', 'phishing', 'bec', 'malware']`

/** Judgements, one row each: task, who, when, whether the person disagreed. Undetermined says nothing either way. */
const judged = `
  select 'triage-code' as task, c.verdict_by as by_id, c.verdict_ms as at_ms, c.verdict <> c.proposed_verdict as disagreed
  from cases c where ${decidedCase} and c.proposed_verdict <> 'undetermined'
  union all
  select 'case-brief', c.verdict_by, c.verdict_ms, c.verdict <> b.brief ->> 'verdict'
  from cases c, ${modelBrief} where ${decidedCase} and b.brief ->> 'verdict' <> 'undetermined'
  union all
  select 'brief-review', reviewed_by, reviewed_ms, review = 'rejected' from briefs
  where tenant_id = $1 and reviewed_ms >= $2 and reviewed_ms < $3 and reviewed_by is not null
  union all
  select 'mail-code', decided_by, decided_ms,
    (report ->> 'verdict' = any(${harmful})) <> (decided_verdict = any(${harmful})) from mail_messages
  where tenant_id = $1 and decided_ms >= $2 and decided_ms < $3 and decided_verdict is not null
  union all
  select 'mail-judgement', decided_by, decided_ms,
    (judgement ->> 'verdict' = any(${harmful})) <> (decided_verdict = any(${harmful})) from mail_messages
  where tenant_id = $1 and decided_ms >= $2 and decided_ms < $3 and decided_verdict is not null
    and judgement ->> 'kind' = 'judged'
  union all
  select 'chat', h.owner_id, m.created_ms, m.feedback < 0
  from chat_messages m join chats h on h.tenant_id = m.tenant_id and h.id = m.chat_id
  where m.tenant_id = $1 and m.created_ms >= $2 and m.created_ms < $3 and m.feedback <> 0`

/** How often people disagreed with what was proposed, by task, person and week. */
export function readDisagreement(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<DriftRow[]> {
  return sql.query(
    `select j.task, j.by_id as "byId", u.role, j.at_ms / ${week} * ${week} as "weekMs", count(*) as decided,
       count(*) filter (where j.disagreed) as disagreed
     from (${judged}) as j left join users u on u.tenant_id = $1 and u.id = j.by_id
     where j.disagreed is not null
     group by j.task, j.by_id, u.role, 4 order by 4, j.task, j.by_id`,
    [tenant, period.fromMs, period.toMs],
  )
}

/** Proposals of one task whose confidence fell into one tenth. */
export interface CalibrationRow {
  readonly task: 'triage-code' | 'case-brief'
  /** 0 for up to 0.1, 9 for more than 0.9. */
  readonly tenth: number
  readonly proposals: number
  readonly meanConfidence: number
  readonly right: number
  /** Sum of (confidence - right)^2. */
  readonly squares: number
}

/** How sure proposals were, and how often people decided the same. */
export function readCalibration(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<CalibrationRow[]> {
  return sql.query(
    `select task, least(9, floor(sure * 10))::int as tenth, count(*) as proposals, avg(sure)::float8 as "meanConfidence",
       count(*) filter (where is_right) as right, sum((sure - is_right::int) ^ 2)::float8 as squares
     from (
       select 'triage-code' as task, c.confidence::float8 as sure, c.verdict = c.proposed_verdict as is_right
       from cases c where ${decidedCase} and c.proposed_verdict <> 'undetermined' and c.confidence is not null
       union all
       select 'case-brief', (b.brief ->> 'confidence')::float8, c.verdict = b.brief ->> 'verdict'
       from cases c, ${modelBrief} where ${decidedCase} and b.brief ->> 'verdict' <> 'undetermined'
     ) as looked
     where sure between 0 and 1 group by 1, 2 order by 1, 2`,
    [tenant, period.fromMs, period.toMs],
  )
}

/** How often people decided otherwise than the briefs of one model profile proposed. */
export interface ProfileDisagreement {
  /** Its id; empty for briefs of before there were profiles. */
  readonly profile: string
  readonly decided: number
  readonly disagreed: number
}

/** By profile: the ledger's entry of the answer says which one it was. */
export function readProfileDisagreement(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<ProfileDisagreement[]> {
  return sql.query(
    `select coalesce(l.body ->> 'profile', '') as profile, count(*) as decided,
       count(*) filter (where c.verdict <> b.brief ->> 'verdict') as disagreed
     from cases c cross join ${modelBrief}
       left join ledger l on l.seq = (b.brief -> 'origin' ->> 'ledgerSeq')::bigint and l.tenant = c.tenant_id
     where ${decidedCase} and b.brief ->> 'verdict' <> 'undetermined' group by 1`,
    [tenant, period.fromMs, period.toMs],
  )
}
