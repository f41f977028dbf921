import type { Sql } from '../lib/database.ts'

/** True of a proposal `p` that is no check on people: what is counted and learned from. */
export const realProposal = `coalesce(p.content ->> 'nonce', '') not like 'seeded-%'`

/** What a lead put among the real suggestions. */
export const seedKinds = ['wrong-address', 'wrong-host'] as const
export type SeedKind = (typeof seedKinds)[number]

export interface SeedRow {
  readonly proposalId: string
  readonly caseId: string
  readonly kind: SeedKind
  readonly whatIsWrong: string
  readonly byId: string
  readonly atMs: number
}

export async function insertSeed(sql: Sql, tenant: string, seed: SeedRow): Promise<void> {
  await sql.query(
    `insert into seeded_suggestions (tenant_id, proposal_id, case_id, kind, what_is_wrong, by_id, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, seed.proposalId, seed.caseId, seed.kind, seed.whatIsWrong, seed.byId, seed.atMs],
  )
}

export async function findSeed(sql: Sql, tenant: string, proposalId: string): Promise<SeedRow | undefined> {
  const [row] = await sql.query<SeedRow>(
    `select proposal_id as "proposalId", case_id as "caseId", kind, what_is_wrong as "whatIsWrong", by_id as "byId",
       at_ms as "atMs"
     from seeded_suggestions where tenant_id = $1 and proposal_id = $2`,
    [tenant, proposalId],
  )
  return row
}

/** A seed with what became of it. */
export interface SeedOutcome extends SeedRow {
  readonly state: string
  readonly decision: 'approve' | 'reject' | null
  readonly decidedBy: string | null
  readonly decidedMs: number | null
}

/** Newest first. Times since `fromMs`. */
export function listSeeds(sql: Sql, tenant: string, fromMs: number): Promise<SeedOutcome[]> {
  return sql.query(
    `select s.proposal_id as "proposalId", s.case_id as "caseId", s.kind, s.what_is_wrong as "whatIsWrong",
       s.by_id as "byId", s.at_ms as "atMs", p.state, a.decision, a.approver as "decidedBy", a.at_ms as "decidedMs"
     from seeded_suggestions s
     join proposals p on p.tenant_id = s.tenant_id and p.id = s.proposal_id
     left join lateral (select decision, approver, at_ms from approvals a
       where a.tenant_id = s.tenant_id and a.proposal_id = s.proposal_id order by at_ms limit 1) as a on true
     where s.tenant_id = $1 and s.at_ms >= $2 order by s.at_ms desc, s.proposal_id limit 200`,
    [tenant, fromMs],
  )
}

/** Open cases with alerts of endpoints, the newest first: where a seed can hide. */
export async function casesToSeed(sql: Sql, tenant: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from cases where tenant_id = $1 and status <> 'closed' and merged_into is null and not sample
       and cardinality(hosts) > 0 order by last_seen_ms desc, id limit 50`,
    [tenant],
  )
  return rows.map(({ id }) => id)
}

/** Cases in which this host has no part, with an alert of another one: whose host a seed may name by mistake. */
export async function casesElsewhere(sql: Sql, tenant: string, hosts: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from cases where tenant_id = $1 and merged_into is null and not hosts && $2 and cardinality(hosts) > 0
     order by last_seen_ms desc, id limit 20`,
    [tenant, hosts],
  )
  return rows.map(({ id }) => id)
}
