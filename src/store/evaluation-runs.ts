import type { Sql } from '../lib/database.ts'

export interface EvaluationRun {
  readonly id: string
  readonly suite: string
  readonly model: string
  readonly profileId: string | null
  /** As `runReport` made it. */
  readonly report: unknown
  /** Exactly what was signed. */
  readonly document: string
  readonly signature: string
  readonly key: string
  readonly createdBy: string | null
  readonly createdMs: number
}

const columns = `id, suite, model, profile_id as "profileId", report, signature, key, created_by as "createdBy",
  created_ms as "createdMs"`

export async function insertRun(sql: Sql, tenant: string, run: EvaluationRun): Promise<void> {
  await sql.query(
    `insert into evaluation_runs (tenant_id, id, suite, model, profile_id, report, document, signature, key, created_by, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenant,
      run.id,
      run.suite,
      run.model,
      run.profileId,
      JSON.stringify(run.report),
      run.document,
      run.signature,
      run.key,
      run.createdBy,
      run.createdMs,
    ],
  )
}

/** Newest first, without the signed documents. */
export function listRuns(
  sql: Sql,
  tenant: string,
  limit: number,
  profileId?: string,
): Promise<Omit<EvaluationRun, 'document'>[]> {
  return sql.query(
    `select ${columns} from evaluation_runs where tenant_id = $1 and ($3::text is null or profile_id = $3)
     order by created_ms desc, id desc limit $2`,
    [tenant, limit, profileId ?? null],
  )
}

export async function findRun(sql: Sql, tenant: string, id: string): Promise<EvaluationRun | undefined> {
  const [row] = await sql.query<EvaluationRun>(
    `select ${columns}, document from evaluation_runs where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}
