import type { Sql } from '../lib/database.ts'

export const auditResults = ['sound', 'minor', 'wrong', 'harmful'] as const
export type AuditResult = (typeof auditResults)[number]

export interface OutputAudit {
  readonly id: string
  readonly briefId: string
  readonly caseId: string
  readonly model: string
  readonly drawnBy: string
  readonly drawnMs: number
  /** The ledger's hash by which it was drawn. */
  readonly seed: string
  readonly involved: readonly string[]
  readonly result: AuditResult | null
  readonly findings: string | null
  readonly judgedBy: string | null
  readonly judgedMs: number | null
}

/** A brief of a model that was never audited: what can be drawn. */
export interface DrawableBrief {
  readonly briefId: string
  readonly caseId: string
  readonly model: string
  readonly involved: readonly string[]
}

export function drawableBriefs(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<DrawableBrief[]> {
  return sql.query(
    `select b.id as "briefId", b.case_id as "caseId", coalesce(b.brief -> 'origin' ->> 'model', '') as model,
       array_remove(array[c.verdict_by, b.reviewed_by], null) as involved
     from briefs b join cases c on c.tenant_id = b.tenant_id and c.id = b.case_id
     where b.tenant_id = $1 and b.origin = 'model' and b.created_ms >= $2 and b.created_ms < $3 and not c.sample
       and not exists (select from output_audits a where a.tenant_id = $1 and a.brief_id = b.id)
     order by b.id limit 50000`,
    [tenant, period.fromMs, period.toMs],
  )
}

export async function insertAudits(sql: Sql, tenant: string, audits: readonly OutputAudit[]): Promise<void> {
  for (const audit of audits)
    await sql.query(
      `insert into output_audits (tenant_id, id, brief_id, case_id, model, drawn_by, drawn_ms, seed, involved)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [
        tenant,
        audit.id,
        audit.briefId,
        audit.caseId,
        audit.model,
        audit.drawnBy,
        audit.drawnMs,
        audit.seed,
        audit.involved,
      ],
    )
}

const columns = `a.id, a.brief_id as "briefId", a.case_id as "caseId", a.model, a.drawn_by as "drawnBy", a.drawn_ms as "drawnMs",
  a.seed, a.involved, a.result, a.findings, a.judged_by as "judgedBy", a.judged_ms as "judgedMs"`

/** Those that wait first, then the newest. */
export function listAudits(sql: Sql, tenant: string): Promise<(OutputAudit & { title: string })[]> {
  return sql.query(
    `select ${columns}, c.title from output_audits a join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
     where a.tenant_id = $1 order by a.result is null desc, a.drawn_ms desc, a.id limit 200`,
    [tenant],
  )
}

export async function findAudit(sql: Sql, tenant: string, id: string): Promise<OutputAudit | undefined> {
  const [row] = await sql.query<OutputAudit>(
    `select ${columns} from output_audits a where a.tenant_id = $1 and a.id = $2 for update`,
    [tenant, id],
  )
  return row
}

export async function judgeAudit(
  sql: Sql,
  tenant: string,
  id: string,
  judgement: { readonly result: AuditResult; readonly findings: string; readonly by: string },
  nowMs: number,
): Promise<void> {
  await sql.query(
    `update output_audits set result = $3, findings = $4, judged_by = $5, judged_ms = $6 where tenant_id = $1 and id = $2`,
    [tenant, id, judgement.result, judgement.findings, judgement.by, nowMs],
  )
}

/** Audits by model and result: what the sample says of all. */
export function auditSums(
  sql: Sql,
  tenant: string,
  fromMs: number,
): Promise<
  { model: string; judged: number; sound: number; minor: number; wrong: number; harmful: number }[]
> {
  const results = auditResults
    .map(result => `count(*) filter (where result = '${result}') as ${result}`)
    .join(', ')
  return sql.query(
    `select model, count(*) as judged, ${results} from output_audits
     where tenant_id = $1 and result is not null and judged_ms >= $2 group by model order by model`,
    [tenant, fromMs],
  )
}
