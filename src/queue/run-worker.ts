import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { claim, complete, fail, type Job, jobsChannel, reclaim } from './jobs.ts'

/** How one kind of job is done. Handlers are idempotent: a job may run again after a crash. */
export interface JobHandler {
  readonly kind: string
  /** How many run at once in this process. */
  readonly concurrency: number
  /** How long a claimed job may take; then another worker takes it. */
  readonly leaseMs: number
  readonly maxAttempts: number
  readonly handle: (job: Job, signal: AbortSignal) => Promise<void>
}

export interface WorkerParts {
  readonly database: Database
  readonly clock: Clock
  readonly random: () => number
  /** Told about every failure; the job itself is retried or laid to rest. */
  readonly onFailure: (job: Job, error: unknown, willRetry: boolean) => void
  /** Told when the queue itself could not be reached; it is looked at again. */
  readonly onTrouble: (error: unknown) => void
}

const pollMs = 1000
const reclaimEveryMs = 5_000
const longestDelayMs = 15 * 60_000

/**
 * Works until the signal fires; then claims nothing more and waits for the jobs in hand. Jobs wake it through
 * LISTEN/NOTIFY; it also looks once a second, for jobs that were put off and notices that were missed.
 */
export async function runWorker(
  parts: WorkerParts,
  handlers: readonly JobHandler[],
  signal: AbortSignal,
): Promise<void> {
  const bells = new Map(handlers.map(handler => [handler.kind, createBell()]))
  const listening = parts.database.listen(
    jobsChannel,
    kind => bells.get(kind)?.ring(),
    () => {
      for (const bell of bells.values()) bell.ring()
    },
    signal,
  )
  const loops = handlers.flatMap(handler => {
    const bell = bells.get(handler.kind)
    return bell === undefined ? [] : [workOn(parts, handler, bell, signal)]
  })
  await Promise.all([...loops, reclaimLost(parts, handlers, signal), listening])
}

interface Bell {
  ring(): void
  /** Resolves at the next ring, or at once where it has rung since the last wait; or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

function createBell(): Bell {
  let rung = false
  let wake = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    async wait(ms, signal) {
      if (!rung) {
        const stop = new AbortController()
        wake = () => stop.abort()
        await sleep(ms, AbortSignal.any([stop.signal, signal])).catch(() => {})
        wake = () => {}
      }
      rung = false
    },
  }
}

async function workOn(
  parts: WorkerParts,
  handler: JobHandler,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  while (!signal.aborted) {
    const free = handler.concurrency - running.size
    const jobs = free > 0 ? await claimJobs(parts, handler, free) : []
    for (const job of jobs) {
      const work = runJob(parts, handler, job, signal).finally(() => running.delete(work))
      running.add(work)
    }
    if (running.size >= handler.concurrency) await Promise.race(running)
    else if (jobs.length < free) await bell.wait(pollMs, signal)
  }
  await Promise.all(running)
}

async function claimJobs(parts: WorkerParts, handler: JobHandler, limit: number): Promise<Job[]> {
  try {
    return await claim(parts.database, handler.kind, {
      limit,
      leaseMs: handler.leaseMs,
      nowMs: parts.clock.now(),
    })
  } catch (error) {
    parts.onTrouble(error)
    if (error instanceof AppError && error.retryable) return [] // The database is away: look again in a second.
    throw error
  }
}

async function runJob(parts: WorkerParts, handler: JobHandler, job: Job, signal: AbortSignal): Promise<void> {
  try {
    await handler.handle(job, signal)
    await complete(parts.database, [job.id])
  } catch (error) {
    const retries = job.attempt < handler.maxAttempts && isRetryable(error)
    parts.onFailure(job, error, retries)
    const message = messageOf(error).slice(0, 2000)
    const outcome = retries
      ? { kind: 'retry' as const, runAtMs: parts.clock.now() + delayMs(job, parts.random), error: message }
      : { kind: 'dead' as const, error: message }
    // Where even this fails, the lease runs out and the job is claimed again.
    await fail(parts.database, job, outcome).catch(parts.onTrouble)
  }
}

/** A fault that nobody has classified may pass: it gets its tries. One that says it will not, does not. */
function isRetryable(error: unknown): boolean {
  return !(error instanceof AppError) || error.retryable || error.code === 'database-failed'
}

/** Full jitter around 1 s, 2 s, 4 s… up to 15 min. */
function delayMs(job: Job, random: () => number): number {
  return Math.ceil(Math.min(longestDelayMs, 1000 * 2 ** (job.attempt - 1)) * random())
}

async function reclaimLost(
  parts: WorkerParts,
  handlers: readonly JobHandler[],
  signal: AbortSignal,
): Promise<void> {
  const maxAttempts = Math.max(...handlers.map(handler => handler.maxAttempts))
  while (!signal.aborted) {
    await reclaim(parts.database, parts.clock.now(), maxAttempts).catch(parts.onTrouble)
    await sleep(reclaimEveryMs, signal).catch(() => {})
  }
}
