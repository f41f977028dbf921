import type { Sql } from '../lib/database.ts'

/** How one model fares in one process. What `state` is, only the models' gateway knows. */
export interface ModelHealthRow {
  readonly worker: string
  readonly model: string
  readonly state: unknown
  readonly running: number
  readonly updatedMs: number
}

/** Writes what one process sees of its models, and drops what other processes said before `staleMs`. */
export async function putModelHealth(
  sql: Sql,
  worker: string,
  models: readonly { readonly model: string; readonly state: unknown; readonly running: number }[],
  nowMs: number,
  staleMs: number,
): Promise<void> {
  await sql.query(
    `insert into model_health (worker, model, state, running, updated_ms)
     select $1, model, state, running, $3 from json_to_recordset($2::json) as r (model text, state json, running int)
     on conflict (worker, model) do update
       set state = excluded.state, running = excluded.running, updated_ms = excluded.updated_ms`,
    [worker, JSON.stringify(models), nowMs],
  )
  await sql.query('delete from model_health where updated_ms < $1', [staleMs])
}

/** What processes have said since. */
export function readModelHealth(sql: Sql, sinceMs: number): Promise<ModelHealthRow[]> {
  return sql.query<ModelHealthRow>(
    `select worker, model, state, running, updated_ms as "updatedMs" from model_health where updated_ms >= $1`,
    [sinceMs],
  )
}
