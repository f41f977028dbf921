import { setMaxListeners } from 'node:events'
import { pause, sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import {
  bringBack,
  claim,
  claimSuspect,
  complete,
  fail,
  type Job,
  jobsChannel,
  keep,
  reclaim,
} from './jobs.ts'
import { observeJob } from './observe-job.ts'
import { WorkerPulse } from './worker-pulse.ts'

/** How one kind of job is done. Handlers are idempotent: a job may run again after a crash. */
export interface JobHandler {
  readonly kind: string
  /** How many run at once in this process. */
  readonly concurrency: number
  /** How long a job may take in all; then its signal fires, and another worker takes it. */
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
  /** Told how many jobs were set aside, since they took their workers down. */
  readonly onSetAside?: (count: number) => void
  /** How long jobs in hand may go on once the signal has fired; then theirs fires, and they are put back. */
  readonly drainMs?: number
  /** Who is asked whether this worker hangs. */
  readonly pulse?: WorkerPulse
}

const pollMs = 1000
const reclaimEveryMs = 5_000
const bringBackEveryMs = 30_000
const longestDelayMs = 15 * 60_000
/** A worker that has not been heard of for so long has vanished. Long enough for a machine that is very busy. */
const aliveMs = 30_000
const keepEveryMs = 5_000
/** So many workers may vanish with a job before it is set aside. */
const maxCrashes = 5
/** A database that is away, or whose disk is full, is not the job's fault: hours of it cost a job none of its own tries. */
const triesWhileAway = 30
/** A job that was told to end, since it took too long, and goes on for so long hangs. */
const deafMs = 2 * 60_000
/** A database that is away answers with an error in seconds; a connection that was lost without a word is noticed in a quarter of an hour at most. */
const answeredMs = 20 * 60_000

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
  const pulse = parts.pulse ?? new WorkerPulse()
  const hand = new JobsInHand(parts, handlers, pulse, signal)
  const loops = handlers.flatMap(handler => {
    const bell = bells.get(handler.kind)
    return bell === undefined ? [] : [workOn(parts, handler, hand, bell, pulse, signal)]
  })
  const drained = new AbortController()
  const keeping = hand.keepUntil(drained.signal)
  try {
    await Promise.all([...loops, workOnSuspects(parts, handlers, hand, pulse, signal)])
  } finally {
    drained.abort()
    await Promise.all([keeping, listening])
  }
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
        await pause(ms, AbortSignal.any([stop.signal, signal]))
        wake = () => {}
      }
      rung = false
    },
  }
}

async function workOn(
  parts: WorkerParts,
  handler: JobHandler,
  hand: JobsInHand,
  bell: Bell,
  pulse: WorkerPulse,
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  while (!signal.aborted) {
    const free = handler.concurrency - running.size
    const jobs =
      free > 0
        ? await pulse.during(`taking jobs ${handler.kind}`, answeredMs, () => claimJobs(parts, handler, free))
        : []
    for (const job of jobs) {
      const work = hand.run(handler, job).finally(() => running.delete(work))
      running.add(work)
    }
    if (running.size >= handler.concurrency) {
      await Promise.race(running)
      await moreFree(running, handler.concurrency)
    } else if (jobs.length < free) await bell.wait(pollMs, signal)
  }
  await Promise.all(running)
}

/** Jobs that end within a moment are followed by one claim for all: a claim costs the database as much as half a brief. */
const togetherMs = 5

async function moreFree(running: ReadonlySet<Promise<void>>, concurrency: number): Promise<void> {
  const moment = sleep(togetherMs)
  let over = false
  void moment.then(() => {
    over = true
  })
  while (!over && running.size > concurrency / 2) await Promise.race([moment, ...running])
}

async function claimJobs(parts: WorkerParts, handler: JobHandler, limit: number): Promise<Job[]> {
  const options = { limit, leaseMs: aliveMs, nowMs: parts.clock.now() }
  return (await unlessAway(parts, claim(parts.database, handler.kind, options))) ?? []
}

/**
 * Jobs that a worker vanished with are done one at a time, of all kinds: whichever of them takes this process down too
 * then takes none of the others with it, and only the guilty one gets to `maxCrashes`.
 */
async function workOnSuspects(
  parts: WorkerParts,
  handlers: readonly JobHandler[],
  hand: JobsInHand,
  pulse: WorkerPulse,
  signal: AbortSignal,
): Promise<void> {
  const asked = <Result>(question: Promise<Result>) =>
    pulse.during('looking for jobs that were left', answeredMs, () => unlessAway(parts, question))
  const kinds = handlers.map(handler => handler.kind)
  let broughtBackMs = performance.now()
  for (let lookedMs = Number.NEGATIVE_INFINITY; !signal.aborted; ) {
    if (performance.now() - lookedMs >= reclaimEveryMs) {
      lookedMs = performance.now()
      const reclaimed = await asked(reclaim(parts.database, maxCrashes))
      // While the database was away nobody could say that they live: once it is back they get the time to.
      if (reclaimed === undefined) lookedMs = performance.now() + aliveMs - reclaimEveryMs
      else if (reclaimed.setAside > 0) parts.onSetAside?.(reclaimed.setAside)
    }
    if (performance.now() - broughtBackMs >= bringBackEveryMs) {
      broughtBackMs = performance.now()
      await asked(bringBack(parts.database))
    }
    const options = { leaseMs: aliveMs, nowMs: parts.clock.now() }
    const job = await asked(claimSuspect(parts.database, kinds, options))
    const handler = handlers.find(({ kind }) => kind === job?.kind)
    if (job !== undefined && handler !== undefined) await hand.run(handler, job)
    else await pause(pollMs, signal)
  }
}

/** Where the database is away, nothing: the caller looks again in a second. */
async function unlessAway<Result>(parts: WorkerParts, asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked
  } catch (error) {
    parts.onTrouble(error)
    if (error instanceof AppError && error.retryable) return undefined
    throw error
  }
}

/** What this process works on, and has to say again and again that it does. */
class JobsInHand {
  readonly #parts: WorkerParts
  readonly #pulse: WorkerPulse
  readonly #running = new Map<Job, { readonly untilMs: number; readonly halt: AbortController }>()
  /** Fires when what is in hand must end too. */
  readonly #halt = new AbortController()

  constructor(parts: WorkerParts, handlers: readonly JobHandler[], pulse: WorkerPulse, signal: AbortSignal) {
    this.#parts = parts
    this.#pulse = pulse
    // A listener for each job may be many: no leak.
    setMaxListeners(2 * handlers.reduce((sum, handler) => sum + handler.concurrency, 10), this.#halt.signal)
    const drain = () => {
      const reason = new AppError('worker-stops', 'the worker stops; the job is put back')
      setTimeout(() => this.#halt.abort(reason), parts.drainMs ?? 20_000).unref()
    }
    if (signal.aborted) drain()
    else signal.addEventListener('abort', drain, { once: true })
  }

  run(handler: JobHandler, job: Job): Promise<void> {
    return this.#pulse.during(`job ${job.kind} ${job.id}`, handler.leaseMs + deafMs, () =>
      this.#run(handler, job),
    )
  }

  async #run(handler: JobHandler, job: Job): Promise<void> {
    const halt = new AbortController()
    this.#running.set(job, { untilMs: performance.now() + handler.leaseMs, halt })
    try {
      const stop = AbortSignal.any([this.#halt.signal, halt.signal])
      await observeJob(job, () => handler.handle(job, stop))
      await complete(this.#parts.database, [job])
    } catch (error) {
      await this.#notDone(handler, job, error)
    } finally {
      this.#running.delete(job)
    }
  }

  async #notDone(handler: JobHandler, job: Job, error: unknown): Promise<void> {
    const { database, onFailure, onTrouble, random } = this.#parts
    // Where even this fails, the claim runs out and the job is claimed again.
    if (this.#halt.signal.aborted) return fail(database, job, { kind: 'release' }).catch(onTrouble)
    const away = error instanceof AppError && error.code === 'database-unavailable'
    const tries = handler.maxAttempts + (away ? triesWhileAway : 0)
    const retries = job.attempt < tries && isRetryable(error)
    onFailure(job, error, retries)
    const message = messageOf(error).slice(0, 2000)
    const outcome = retries
      ? { kind: 'later' as const, afterMs: delayMs(job, random), error: message }
      : { kind: 'dead' as const, error: message }
    await fail(database, job, outcome).catch(onTrouble)
  }

  /** Keeps the claims of what is in hand; a job that took too long, or went to another worker, is told to end. */
  async keepUntil(drained: AbortSignal): Promise<void> {
    while (!drained.aborted) {
      await pause(keepEveryMs, drained)
      const inTime = [...this.#running].filter(([job, { untilMs, halt }]) => {
        if (performance.now() <= untilMs) return true
        halt.abort(
          new AppError('job-too-slow', `the job ${job.kind} ${job.key} took too long`, { retryable: true }),
        )
        return false
      })
      if (inTime.length === 0) continue
      const claims = inTime.map(([job]) => job)
      const kept = await keep(this.#parts.database, claims, aliveMs).catch(this.#parts.onTrouble)
      // Done meanwhile, most often.
      for (const [job, { halt }] of kept === undefined ? [] : inTime)
        if (!kept?.has(job.id) && this.#running.has(job))
          halt.abort(new Error('another worker took the job over'))
    }
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
