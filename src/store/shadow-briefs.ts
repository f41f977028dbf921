import type { Sql } from '../lib/database.ts'

export interface ShadowBrief {
  readonly id: string
  readonly caseId: string
  readonly revision: number
  readonly profileId: string
  readonly status: 'answered' | 'refused' | 'unavailable' | 'unsupported'
  readonly verdict: string | null
  readonly confidence: number | null
  readonly shownVerdict: string | null
  readonly claims: number
  readonly struck: number
  readonly costUsd: number
  readonly latencyMs: number
  readonly atMs: number
}

export async function insertShadowBrief(sql: Sql, tenant: string, brief: ShadowBrief): Promise<void> {
  await sql.query(
    `insert into shadow_briefs (tenant_id, id, case_id, revision, profile_id, status, verdict, confidence, shown_verdict,
       claims, struck, cost_usd, latency_ms, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tenant,
      brief.id,
      brief.caseId,
      brief.revision,
      brief.profileId,
      brief.status,
      brief.verdict,
      brief.confidence,
      brief.shownVerdict,
      brief.claims,
      brief.struck,
      brief.costUsd,
      brief.latencyMs,
      brief.atMs,
    ],
  )
}

/** How a shadow profile did since a time, held against the model in use and against what people decided. */
export interface ShadowRecord {
  readonly profileId: string
  readonly answers: number
  readonly answered: number
  readonly claims: number
  readonly struck: number
  /** Cases for which both proposed a verdict, and those where it was the same. */
  readonly compared: number
  readonly agreed: number
  /** Cases that a person decided; how often the shadow and the one in use proposed that. */
  readonly decided: number
  readonly shadowRight: number
  readonly shownRight: number
  /** Of the decided ones, those that only one of the two got right. */
  readonly onlyShadow: number
  readonly onlyShown: number
}

export function shadowRecords(sql: Sql, tenant: string, sinceMs: number): Promise<ShadowRecord[]> {
  return sql.query(
    `select s.profile_id as "profileId", count(*) as answers,
       count(*) filter (where s.status = 'answered') as answered,
       coalesce(sum(s.claims), 0) as claims, coalesce(sum(s.struck), 0) as struck,
       count(*) filter (where s.verdict is not null and s.shown_verdict is not null) as compared,
       count(*) filter (where s.verdict = s.shown_verdict) as agreed,
       count(*) filter (where s.verdict is not null and c.verdict is not null) as decided,
       count(*) filter (where s.verdict = c.verdict) as "shadowRight",
       count(*) filter (where s.verdict is not null and s.shown_verdict = c.verdict) as "shownRight",
       count(*) filter (where s.verdict = c.verdict and s.shown_verdict <> c.verdict) as "onlyShadow",
       count(*) filter (where s.verdict <> c.verdict and s.shown_verdict = c.verdict) as "onlyShown"
     from shadow_briefs s left join cases c on c.tenant_id = s.tenant_id and c.id = s.case_id
     where s.tenant_id = $1 and s.at_ms >= $2 group by s.profile_id`,
    [tenant, sinceMs],
  )
}
