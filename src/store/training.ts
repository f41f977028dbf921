import type { EvidenceItem } from '../domain/evidence.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'

/** A decided case as training data is made of it. */
export interface TrainingRow {
  readonly caseId: string
  readonly title: string
  readonly verdict: Verdict
  readonly reason: string
  readonly decidedMs: number
  /** Of brief 0: what the person could see. */
  readonly evidence: readonly EvidenceItem[]
  readonly agreed: boolean
  readonly withdrawn: boolean
}

/** Cases that people decided in a period, the oldest first, with whether their words may be used. */
export function trainingRows(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<TrainingRow[]> {
  return sql.query(
    `select c.id as "caseId", c.title, c.verdict, coalesce(c.verdict_reason, '') as reason, c.verdict_ms as "decidedMs",
       b.evidence, coalesce(t.agreed, false) as agreed, coalesce(e.state = 'withdrawn', false) as withdrawn
     from cases c
     join briefs b on b.tenant_id = c.tenant_id and b.case_id = c.id and b.origin = 'computed'
     left join training_consents t on t.tenant_id = c.tenant_id and t.user_id = c.verdict_by
     left join evaluation_cases e on e.tenant_id = c.tenant_id and e.id = 'case:' || c.id
     where c.tenant_id = $1 and c.verdict_ms >= $2 and c.verdict_ms < $3 and c.verdict_by is not null
       and c.verdict <> 'undetermined' and c.status = 'closed' and c.merged_into is null and not c.sample
     order by c.verdict_ms, c.id limit 100000`,
    [tenant, period.fromMs, period.toMs],
  )
}

export async function setTrainingConsent(
  sql: Sql,
  tenant: string,
  userId: string,
  agreed: boolean,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into training_consents values ($1, $2, $3, $4)
     on conflict (tenant_id, user_id) do update set agreed = excluded.agreed, at_ms = excluded.at_ms`,
    [tenant, userId, agreed, nowMs],
  )
}

/** Who agreed, and whether this person did. */
export async function trainingConsents(
  sql: Sql,
  tenant: string,
  userId: string,
): Promise<{ readonly agreed: number; readonly mine: boolean }> {
  const [row] = await sql.query<{ agreed: number; mine: boolean | null }>(
    `select count(*) filter (where agreed) as agreed, bool_or(agreed) filter (where user_id = $2) as mine
     from training_consents where tenant_id = $1`,
    [tenant, userId],
  )
  return { agreed: row?.agreed ?? 0, mine: row?.mine ?? false }
}
