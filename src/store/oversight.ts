import type { Sql } from '../lib/database.ts'
import { realProposal } from './seeded-suggestions.ts'

export interface OversightPeriod {
  readonly fromMs: number
  /** Not included. */
  readonly toMs: number
}

// A verdict's time to decide is from the brief that it answers to the verdict: the last brief before it. Samples do not count.
const decided = `select c.verdict_by as by_id, c.verdict_ms as at_ms, (c.verdict = c.proposed_verdict)::int as followed,
    (c.verdict_ms - (select max(b.created_ms) from briefs b
       where b.tenant_id = c.tenant_id and b.case_id = c.id and b.created_ms <= c.verdict_ms)) / 1000.0 as seconds
  from cases c
  where c.tenant_id = $1 and c.verdict_ms >= $2 and c.verdict_ms < $3 and c.verdict_by is not null
    and c.proposed_verdict is not null and not c.sample and c.merged_into is null`

const approvals = `select a.approver as by_id, a.at_ms, a.decision, (a.at_ms - p.created_ms) / 1000.0 as seconds
  from approvals a join proposals p on p.tenant_id = a.tenant_id and p.id = a.proposal_id
  where a.tenant_id = $1 and a.at_ms >= $2 and a.at_ms < $3 and ${realProposal}`

/** The first decision on each bad suggestion that a lead put there. */
const seeded = `select a.approver as by_id, (a.decision = 'reject')::int as caught, (a.at_ms - s.at_ms) / 1000.0 as seconds
  from seeded_suggestions s, lateral (select approver, decision, at_ms from approvals a
    where a.tenant_id = s.tenant_id and a.proposal_id = s.proposal_id order by at_ms limit 1) as a
  where s.tenant_id = $1 and a.at_ms >= $2 and a.at_ms < $3`

const median = 'percentile_cont(0.5) within group (order by seconds)'

export interface VerdictSums {
  readonly decided: number
  readonly followed: number
  readonly medianSeconds: number | null
}

export interface OversightSums {
  readonly verdicts: VerdictSums
  readonly approvals: {
    readonly decided: number
    readonly approved: number
    readonly medianSeconds: number | null
  }
  readonly reviews: { readonly reviewed: number; readonly rejected: number }
  /** Of verdicts and approvals together. */
  readonly hasty: { readonly decided: number; readonly hasty: number }
  readonly seeded: {
    readonly decided: number
    readonly caught: number
    readonly medianSeconds: number | null
  }
  readonly byWeek: readonly { weekMs: number; decided: number; followed: number }[]
  readonly byPerson: readonly (VerdictSums & { byId: string; seeded: number; caught: number })[]
}

const weekMs = 7 * 86_400_000

/** Sums of what people decided about what was proposed to them. */
export async function readOversight(
  sql: Sql,
  tenant: string,
  { fromMs, toMs }: OversightPeriod,
  hastySeconds: number,
): Promise<OversightSums> {
  const values = [tenant, fromMs, toMs]
  const [verdicts] = await sql.query<VerdictSums>(
    `select count(*) as decided, coalesce(sum(followed), 0) as followed, ${median} as "medianSeconds" from (${decided}) as d`,
    values,
  )
  const [decisions] = await sql.query<OversightSums['approvals']>(
    `select count(*) as decided, count(*) filter (where decision = 'approve') as approved, ${median} as "medianSeconds"
     from (${approvals}) as d`,
    values,
  )
  const [reviews] = await sql.query<OversightSums['reviews']>(
    `select count(*) as reviewed, count(*) filter (where review = 'rejected') as rejected from briefs
     where tenant_id = $1 and reviewed_by is not null and reviewed_ms >= $2 and reviewed_ms < $3`,
    values,
  )
  const [hasty] = await sql.query<OversightSums['hasty']>(
    `select count(*) as decided, count(*) filter (where seconds < $4) as hasty
     from (select seconds from (${decided}) as d union all select seconds from (${approvals}) as a) as both_kinds`,
    [...values, hastySeconds],
  )
  const [seeds] = await sql.query<OversightSums['seeded']>(
    `select count(*) as decided, coalesce(sum(caught), 0) as caught, ${median} as "medianSeconds" from (${seeded}) as d`,
    values,
  )
  const byWeek = await sql.query<OversightSums['byWeek'][number]>(
    `select at_ms / ${weekMs} * ${weekMs} as "weekMs", count(*) as decided, sum(followed) as followed
     from (${decided}) as d group by 1 order by 1`,
    values,
  )
  const byPerson = await sql.query<OversightSums['byPerson'][number]>(
    `select coalesce(d.by_id, s.by_id) as "byId", coalesce(d.decided, 0) as decided, coalesce(d.followed, 0) as followed,
       d."medianSeconds", coalesce(s.seeded, 0) as seeded, coalesce(s.caught, 0) as caught
     from (select by_id, count(*) as decided, sum(followed) as followed, ${median} as "medianSeconds"
       from (${decided}) as v group by by_id) as d
     full join (select by_id, count(*) as seeded, sum(caught) as caught from (${seeded}) as c group by by_id) as s
       on s.by_id = d.by_id
     order by decided desc, 1 limit 100`,
    values,
  )
  return {
    verdicts: verdicts ?? { decided: 0, followed: 0, medianSeconds: null },
    approvals: decisions ?? { decided: 0, approved: 0, medianSeconds: null },
    reviews: reviews ?? { reviewed: 0, rejected: 0 },
    hasty: hasty ?? { decided: 0, hasty: 0 },
    seeded: seeds ?? { decided: 0, caught: 0, medianSeconds: null },
    byWeek,
    byPerson,
  }
}
