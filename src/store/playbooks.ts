import type { Sql } from '../lib/database.ts'

// Bodies and answers are as `chat/` and the contract write them: JSON without NUL.

export interface PlaybookRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly body: unknown
  readonly changedBy: string
  readonly createdMs: number
  readonly changedMs: number
}

const columns = `id, name, description, body, changed_by as "changedBy", created_ms as "createdMs",
  changed_ms as "changedMs"`

export function listPlaybooks(sql: Sql, tenant: string): Promise<PlaybookRow[]> {
  return sql.query<PlaybookRow>(
    `select ${columns} from playbooks where tenant_id = $1 order by lower(name), id limit 500`,
    [tenant],
  )
}

export async function findPlaybook(sql: Sql, tenant: string, id: string): Promise<PlaybookRow | undefined> {
  const [row] = await sql.query<PlaybookRow>(
    `select ${columns} from playbooks where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

export async function savePlaybook(sql: Sql, tenant: string, playbook: PlaybookRow): Promise<void> {
  const { id, name, description, body, changedBy, createdMs, changedMs } = playbook
  await sql.query(
    `insert into playbooks (tenant_id, id, name, description, body, changed_by, created_ms, changed_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, id) do update set name = excluded.name, description = excluded.description,
       body = excluded.body, changed_by = excluded.changed_by, changed_ms = excluded.changed_ms`,
    [tenant, id, name, description, jsonText(body), changedBy, createdMs, changedMs],
  )
}

/** Deletes the playbook; its runs are copies and stay. False where there is none. */
export async function deletePlaybook(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const rows = await sql.query('delete from playbooks where tenant_id = $1 and id = $2 returning id', [
    tenant,
    id,
  ])
  return rows.length > 0
}

export interface PlaybookRunRow {
  readonly id: string
  readonly caseId: string
  readonly playbookId: string
  readonly name: string
  readonly body: unknown
  readonly input: unknown
  readonly byId: string
  readonly byRole: string
  readonly createdMs: number
  readonly changedMs: number
}

const runColumns = `id, case_id as "caseId", playbook_id as "playbookId", name, body, input, by_id as "byId",
  by_role as "byRole", created_ms as "createdMs", changed_ms as "changedMs"`

export async function insertPlaybookRun(sql: Sql, tenant: string, run: PlaybookRunRow): Promise<void> {
  await sql.query(
    `insert into playbook_runs (tenant_id, id, case_id, playbook_id, name, body, input, by_id, by_role, created_ms,
       changed_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenant,
      run.id,
      run.caseId,
      run.playbookId,
      run.name,
      jsonText(run.body),
      jsonText(run.input),
      run.byId,
      run.byRole,
      run.createdMs,
      run.changedMs,
    ],
  )
}

export async function findPlaybookRun(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<PlaybookRunRow | undefined> {
  const [row] = await sql.query<PlaybookRunRow>(
    `select ${runColumns} from playbook_runs where tenant_id = $1 and id = $2`,
    [tenant, id],
  )
  return row
}

/** Runs on a case, the latest first, with how many steps of each are behind it. */
export function listPlaybookRuns(
  sql: Sql,
  tenant: string,
  caseId: string,
): Promise<(PlaybookRunRow & { readonly taken: number })[]> {
  return sql.query(
    `select ${runColumns}, (select count(*) from playbook_run_steps s
       where s.tenant_id = r.tenant_id and s.run_id = r.id) as taken
     from playbook_runs r where tenant_id = $1 and case_id = $2 order by created_ms desc, id desc limit 50`,
    [tenant, caseId],
  )
}

export interface PlaybookRunStepRow {
  readonly step: number
  readonly state: 'done' | 'skipped'
  readonly answer: unknown
  readonly atMs: number
}

export function playbookRunSteps(sql: Sql, tenant: string, runId: string): Promise<PlaybookRunStepRow[]> {
  return sql.query<PlaybookRunStepRow>(
    `select step, state, answer, at_ms as "atMs" from playbook_run_steps
     where tenant_id = $1 and run_id = $2 order by step`,
    [tenant, runId],
  )
}

/** False where the step has been taken already, in another window. */
export async function insertPlaybookRunStep(
  sql: Sql,
  tenant: string,
  runId: string,
  step: PlaybookRunStepRow,
): Promise<boolean> {
  const rows = await sql.query(
    `with taken as (
       insert into playbook_run_steps (tenant_id, run_id, step, state, answer, at_ms)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning run_id)
     update playbook_runs set changed_ms = $6 where tenant_id = $1 and id in (select run_id from taken) returning id`,
    [tenant, runId, step.step, step.state, jsonText(step.answer), step.atMs],
  )
  return rows.length > 0
}

/** PostgreSQL's JSON text holds no NUL. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll('\\u0000', '')
}
