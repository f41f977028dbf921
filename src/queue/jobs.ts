import type { Sql } from '../lib/database.ts'

// A queue of jobs in the same database as what the jobs are about, so that "store + enqueue" is one transaction.
// Its life: ready -> running (claimed, with a deadline) -> deleted when done; on failure ready again later, and dead
// after the last try. A worker that dies lets the deadline pass, and the job is claimed again: jobs must be idempotent.

/** The channel on which `enqueue` wakes waiting workers (at commit). */
export const jobsChannel = 'tocsin_jobs'

export interface JobDraft {
  readonly kind: string
  /** What it is about. While a job for it waits, another one is not queued. */
  readonly key: string
  readonly payload: unknown
  readonly priority?: number
  /** Not before this time; now when left out. */
  readonly runAtMs?: number
}

export interface Job {
  readonly id: number
  readonly tenant: string
  readonly kind: string
  readonly key: string
  /** As enqueued: the handler parses it. */
  readonly payload: unknown
  /** 1 for the first try. */
  readonly attempt: number
}

/** Queues jobs in the caller's transaction; workers are woken when it commits. */
export async function enqueue(
  sql: Sql,
  tenant: string,
  jobs: readonly JobDraft[],
  nowMs: number,
): Promise<void> {
  await enqueueQuietly(sql, tenant, jobs, nowMs)
  await wakeWorkers(sql, jobs)
}

/** Queues jobs in the caller's transaction and wakes nobody: `wakeWorkers` is called once it is committed. */
export async function enqueueQuietly(
  sql: Sql,
  tenant: string,
  jobs: readonly JobDraft[],
  nowMs: number,
): Promise<void> {
  if (jobs.length === 0) return
  // A waiting job takes the newer payload, the higher priority and the earlier time.
  await sql.query(
    `insert into jobs as j (tenant_id, kind, key, payload, priority, run_at_ms, created_ms)
     select $1, kind, key, payload::json, priority, run_at, $7
     from unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[]) as r (kind, key, payload, priority, run_at)
     on conflict (tenant_id, kind, key) where state = 'ready' do update
       set payload = excluded.payload, priority = greatest(j.priority, excluded.priority),
         run_at_ms = least(j.run_at_ms, excluded.run_at_ms)`,
    [
      tenant,
      jobs.map(job => job.kind),
      jobs.map(job => job.key),
      jobs.map(job => JSON.stringify(job.payload)),
      jobs.map(job => job.priority ?? 0),
      jobs.map(job => job.runAtMs ?? nowMs),
      nowMs,
    ],
  )
}

/** Wakes the workers that wait for such jobs. Without it they look for themselves within a second. */
export async function wakeWorkers(sql: Sql, jobs: readonly JobDraft[]): Promise<void> {
  const kinds = [...new Set(jobs.map(job => job.kind))]
  if (kinds.length === 0) return
  await sql.query('select pg_notify($1, kind) from unnest($2::text[]) as kind', [jobsChannel, kinds])
}

/**
 * Claims up to `limit` due jobs for `leaseMs`; two workers never get the same one. Does not wait for the disk: a claim
 * that a crash of the database loses is a job that is ready again, as after any other end of its worker.
 */
export function claim(
  sql: Sql,
  kind: string,
  options: { readonly limit: number; readonly leaseMs: number; readonly nowMs: number },
): Promise<Job[]> {
  return sql.query<Job>(
    `update jobs set state = 'running', attempts = attempts + 1, locked_until_ms = $3 + $4
     where id in (
       select id from jobs where kind = $1 and state = 'ready' and run_at_ms <= $3
       order by priority desc, run_at_ms limit $2 for update skip locked
     ) and (select set_config('synchronous_commit', 'off', true)) is not null
     returning id, tenant_id as tenant, kind, key, payload, attempts as attempt`,
    [kind, options.limit, options.nowMs, options.leaseMs],
  )
}

/** Removes jobs that are done. Does not wait for the disk: a job whose completion is lost in a crash runs again. */
export async function complete(sql: Sql, ids: readonly number[]): Promise<void> {
  await sql.query(
    `delete from jobs where id = any($1) and (select set_config('synchronous_commit', 'off', true)) is not null`,
    [ids],
  )
}

/** Puts a failed job back for later, or to rest where the tries are used up or another cannot help. */
export async function fail(
  sql: Sql,
  job: Job,
  outcome:
    | { readonly kind: 'retry'; readonly runAtMs: number; readonly error: string }
    | { readonly kind: 'dead'; readonly error: string },
): Promise<void> {
  const dead = `update jobs set state = 'dead', last_error = $2, locked_until_ms = null where id = $1`
  if (outcome.kind === 'dead') {
    await sql.query(dead, [job.id, outcome.error])
    return
  }
  // Where a newer job for the same thing waits already, this one has nothing left to do.
  await sql.query(
    `with newer as (
       select 1 from jobs where tenant_id = $2 and kind = $3 and key = $4 and state = 'ready'
     ), gone as (
       delete from jobs where id = $1 and exists (select from newer)
     )
     update jobs set state = 'ready', run_at_ms = $5, last_error = $6, locked_until_ms = null
     where id = $1 and not exists (select from newer)`,
    [job.id, job.tenant, job.kind, job.key, outcome.runAtMs, outcome.error],
  )
}

/** Frees jobs whose worker vanished; a job that took its worker down `maxAttempts` times rests. Returns how many. */
export async function reclaim(sql: Sql, nowMs: number, maxAttempts: number): Promise<number> {
  const rows = await sql.query(
    `with expired as (
       select id, tenant_id, kind, key, attempts from jobs
       where state = 'running' and locked_until_ms < $1 for update skip locked
     ), lost as (
       select id, attempts, row_number() over (partition by tenant_id, kind, key order by id desc) as nth,
         exists (select from jobs r where r.tenant_id = e.tenant_id and r.kind = e.kind and r.key = e.key
           and r.state = 'ready') as superseded
       from expired e
     ), gone as (
       delete from jobs where id in (select id from lost where superseded or nth > 1)
     )
     update jobs set locked_until_ms = null, run_at_ms = $1,
       state = case when attempts >= $2 then 'dead' else 'ready' end,
       last_error = coalesce(last_error, 'the worker vanished')
     where id in (select id from lost where not superseded and nth = 1) returning id`,
    [nowMs, maxAttempts],
  )
  return rows.length
}

/** Takes all jobs of a kind away, whatever their state. */
export async function removeJobs(sql: Sql, kind: string): Promise<void> {
  await sql.query('delete from jobs where kind = $1', [kind])
}

/** How many jobs wait, run and rest dead, by kind. */
export function queueDepth(sql: Sql): Promise<{ kind: string; state: string; count: number }[]> {
  return sql.query('select kind, state, count(*) as count from jobs group by kind, state')
}
