import type { Sql } from '../lib/database.ts'

// A queue of jobs in the same database as what the jobs are about, so that "store + enqueue" is one transaction.
// Its life: ready -> running (claimed, with a deadline) -> deleted when done; on failure ready again later, and dead
// after the last try. A worker says again and again that it lives; where one stopped, its jobs are claimed anew: jobs
// must be idempotent. A job that takes its worker down again and again is set aside, as `dead`, for people to look at.
// How long a claim holds is told by the database's clock alone: those of the workers may differ, and jump.

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

/** Milliseconds since the epoch, by the database's clock. */
const databaseNow = '(extract(epoch from clock_timestamp()) * 1000)::bigint'
/** In a condition: the commit does not wait for the disk. */
const rebuilt = `(select set_config('synchronous_commit', 'off', true)) is not null`
const claimed = 'returning id, tenant_id as tenant, kind, key, payload, attempts as attempt'

/**
 * Claims up to `limit` due jobs for `leaseMs`; two workers never get the same one. Tenants take turns: the next job is
 * one of the tenant that has the fewest running, whoever queued more or earlier; within a tenant priority decides, then
 * time. Not those that a worker vanished with: see `claimSuspect`. Does not wait for the disk: a claim
 * that a crash of the database loses is a job that is ready again, as after any other end of its worker.
 */
export function claim(
  sql: Sql,
  kind: string,
  options: { readonly limit: number; readonly leaseMs: number; readonly nowMs: number },
): Promise<Job[]> {
  // More are looked at than are wanted: other workers may be claiming the first ones just now.
  const lookAt = 20 + 8 * options.limit
  // Tenants are found by leaping from one to the next in the index: a million waiting jobs of one cost one step.
  return sql.query<Job>(
    `with recursive tenants as (
       (select tenant_id from jobs where kind = $1 and state = 'ready' order by tenant_id limit 1)
       union all
       select (select n.tenant_id from jobs n where n.kind = $1 and n.state = 'ready' and n.tenant_id > t.tenant_id
         order by n.tenant_id limit 1)
       from tenants t where t.tenant_id is not null
     ), busy as materialized (
       select tenant_id, count(*) as running from jobs where state = 'running' and kind = $1 group by tenant_id
     ), picked as materialized (
       select j.id from tenants t
       left join busy b on b.tenant_id = t.tenant_id
       cross join lateral (
         select id, row_number() over (order by priority desc, run_at_ms) as nth from (
           select id, priority, run_at_ms from jobs
           where kind = $1 and tenant_id = t.tenant_id and state = 'ready' and run_at_ms <= $3 and crashes = 0
           order by priority desc, run_at_ms limit $5
         ) first
       ) due
       join jobs j on j.id = due.id
       where j.state = 'ready'
       order by coalesce(b.running, 0) + due.nth, random()
       limit $2 for update of j skip locked
     )
     update jobs set state = 'running', attempts = attempts + 1, locked_until_ms = ${databaseNow} + $4
     where id in (select id from picked) and ${rebuilt} ${claimed}`,
    [kind, options.limit, options.nowMs, options.leaseMs, lookAt],
  )
}

/** Claims one due job, of any of these kinds, that a worker vanished with: to be done while no other such job is. */
export async function claimSuspect(
  sql: Sql,
  kinds: readonly string[],
  options: { readonly leaseMs: number; readonly nowMs: number },
): Promise<Job | undefined> {
  const rows = await sql.query<Job>(
    `with picked as materialized (
       select id from jobs where state = 'ready' and crashes > 0 and kind = any($1) and run_at_ms <= $2
       order by crashes, run_at_ms limit 1 for update skip locked
     )
     update jobs set state = 'running', attempts = attempts + 1, locked_until_ms = ${databaseNow} + $3
     where id in (select id from picked) ${claimed}`,
    [kinds, options.nowMs, options.leaseMs],
  )
  return rows[0]
}

/** One try of a job: another worker that took it over has another. */
export type Claim = Pick<Job, 'id' | 'attempt'>

const triesOf = (claims: readonly Claim[]) => [claims.map(({ id }) => id), claims.map(each => each.attempt)]
const mine = 'unnest($1::bigint[], $2::smallint[]) as mine (id, attempt)'
const isMine = `j.id = mine.id and j.attempts = mine.attempt and j.state = 'running'`

/** Holds claims for `leaseMs` more. Returns the ids of those that are still ours: the others went to another worker. */
export async function keep(sql: Sql, claims: readonly Claim[], leaseMs: number): Promise<Set<number>> {
  const rows = await sql.query<{ id: number }>(
    `update jobs j set locked_until_ms = ${databaseNow} + $3 from ${mine} where ${isMine} and ${rebuilt} returning j.id`,
    [...triesOf(claims), leaseMs],
  )
  return new Set(rows.map(row => row.id))
}

/**
 * Removes jobs that are done, unless another worker has them now. Does not wait for the disk: a job whose completion is
 * lost in a crash runs again.
 */
export async function complete(sql: Sql, claims: readonly Claim[]): Promise<void> {
  await sql.query(`delete from jobs j using ${mine} where ${isMine} and ${rebuilt}`, triesOf(claims))
}

/** Puts a job that was not done back, or sets it aside. Nothing where another worker has it now. */
export async function fail(
  sql: Sql,
  job: Job,
  outcome:
    | { readonly kind: 'retry'; readonly runAtMs: number; readonly error: string }
    /** By the database's clock: ours may have jumped. */
    | { readonly kind: 'later'; readonly afterMs: number; readonly error: string }
    /** The worker stops: it is not the job's fault, and the try does not count. */
    | { readonly kind: 'release' }
    | { readonly kind: 'dead'; readonly error: string },
): Promise<void> {
  if (outcome.kind === 'dead') {
    await sql.query(
      `update jobs set state = 'dead', last_error = $3, locked_until_ms = null
       where id = $1 and attempts = $2 and state = 'running'`,
      [job.id, job.attempt, outcome.error],
    )
    return
  }
  // Where a newer job for the same thing waits already, this one has nothing left to do.
  const runAtMs = outcome.kind === 'retry' ? outcome.runAtMs : null
  const afterMs = outcome.kind === 'later' ? outcome.afterMs : null
  const error = outcome.kind === 'release' ? null : outcome.error
  await sql.query(
    `with newer as (
       select 1 from jobs where tenant_id = $2 and kind = $3 and key = $4 and state = 'ready'
     ), gone as (
       delete from jobs where id = $1 and attempts = $7 and state = 'running' and exists (select from newer)
     )
     update jobs set state = 'ready', run_at_ms = coalesce($5::bigint, ${databaseNow} + $8::bigint, run_at_ms), last_error = coalesce($6::text, last_error),
       attempts = attempts - case when $5::bigint is null and $8::bigint is null then 1 else 0 end, locked_until_ms = null
     where id = $1 and attempts = $7 and state = 'running' and not exists (select from newer)`,
    [job.id, job.tenant, job.kind, job.key, runAtMs, error, job.attempt, afterMs],
  )
}

/**
 * Frees jobs whose worker vanished; those that lost their worker `maxCrashes` times are set aside. Returns how many of
 * each.
 */
export async function reclaim(sql: Sql, maxCrashes: number): Promise<{ freed: number; setAside: number }> {
  const rows = await sql.query<{ state: string }>(
    `with expired as (
       select id, tenant_id, kind, key from jobs
       where state = 'running' and locked_until_ms < ${databaseNow} for update skip locked
     ), lost as (
       select id, row_number() over (partition by tenant_id, kind, key order by id desc) as nth,
         exists (select from jobs r where r.tenant_id = e.tenant_id and r.kind = e.kind and r.key = e.key
           and r.state = 'ready') as superseded
       from expired e
     ), gone as (
       delete from jobs where id in (select id from lost where superseded or nth > 1)
     )
     update jobs set locked_until_ms = null, crashes = crashes + 1,
       state = case when crashes + 1 >= $1 then 'dead' else 'ready' end,
       last_error = 'its worker vanished, ' || crashes + 1 || ' times so far' || coalesce('; before: ' || last_error, '')
     where id in (select id from lost where not superseded and nth = 1) returning state`,
    [maxCrashes],
  )
  const setAside = rows.filter(row => row.state === 'dead').length
  return { freed: rows.length - setAside, setAside }
}

/** Further ahead of the database's clock than clocks differ. */
const aheadMs = 60_000

/**
 * Jobs from the future: a process whose clock had jumped queued them. They wait as long as was meant, from now on. Returns
 * how many.
 */
export async function bringBack(sql: Sql): Promise<number> {
  const rows = await sql.query(
    `update jobs set run_at_ms = run_at_ms - created_ms + ${databaseNow}, created_ms = ${databaseNow}
     where state = 'ready' and created_ms > ${databaseNow} + ${aheadMs} returning id`,
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
