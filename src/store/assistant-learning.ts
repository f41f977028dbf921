import type { Sql } from '../lib/database.ts'

/** Whether a person is asked for a hypothesis of their own first: by their own wish, or because a manager requires it. */
export interface LearningRow {
  readonly wanted: boolean
  readonly requiredBy: string | null
}

export async function learningOf(sql: Sql, tenant: string, userId: string): Promise<LearningRow> {
  const [row] = await sql.query<LearningRow>(
    'select wanted, required_by as "requiredBy" from assistant_learning where tenant_id = $1 and user_id = $2',
    [tenant, userId],
  )
  return row ?? { wanted: false, requiredBy: null }
}

export async function setLearningWanted(
  sql: Sql,
  tenant: string,
  userId: string,
  wanted: boolean,
): Promise<void> {
  await sql.query(
    `insert into assistant_learning (tenant_id, user_id, wanted) values ($1, $2, $3)
     on conflict (tenant_id, user_id) do update set wanted = $3`,
    [tenant, userId, wanted],
  )
}

export async function setLearningRequired(
  sql: Sql,
  tenant: string,
  userId: string,
  requiredBy: string | null,
  nowMs: number,
): Promise<void> {
  await sql.query(
    `insert into assistant_learning (tenant_id, user_id, required_by, required_ms) values ($1, $2, $3, $4)
     on conflict (tenant_id, user_id) do update set required_by = $3, required_ms = $4`,
    [tenant, userId, requiredBy, nowMs],
  )
}

export function learningPeople(sql: Sql, tenant: string): Promise<(LearningRow & { userId: string })[]> {
  return sql.query(
    `select user_id as "userId", wanted, required_by as "requiredBy" from assistant_learning
     where tenant_id = $1 order by user_id`,
    [tenant],
  )
}
