import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { sleep } from '../lib/abort.ts'
import { AppError } from '../lib/app-error.ts'
import type { Database } from '../lib/database.ts'
import {
  bringBack,
  claim,
  claimSuspect,
  complete,
  enqueue,
  fail,
  type Job,
  keep,
  queueDepth,
  reclaim,
} from './jobs.ts'
import { type JobHandler, runWorker } from './run-worker.ts'
import { listSetAside } from './set-aside.ts'
import { WorkerPulse } from './worker-pulse.ts'

const fault = (error: unknown) => {
  throw error
}

describe.each(databaseKinds)('the queue on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())
  beforeEach(() => test.database.query('truncate jobs'))

  const draft = (key: string, more = {}) => ({ kind: 'test', key, payload: { key }, ...more })
  const put = (...keys: string[]) =>
    enqueue(
      test.database,
      'default',
      keys.map(key => draft(key)),
      0,
    )
  const options = { limit: 10, leaseMs: 600_000, nowMs: 0 }

  /** Runs a worker until no job is left that could be done. */
  async function work(handle: JobHandler['handle'], maxAttempts = 3): Promise<{ failures: boolean[] }> {
    const stop = new AbortController()
    const failures: boolean[] = []
    const parts = {
      database: test.connect(),
      clock: { now: Date.now },
      random: () => 0.001,
      onFailure: (_job: Job, _error: unknown, willRetry: boolean) => void failures.push(willRetry),
      onTrouble: fault,
    }
    const handler = { kind: 'test', concurrency: 3, leaseMs: 600_000, maxAttempts, handle }
    const running = runWorker(parts, [handler], stop.signal)
    const isDone = async () => (await queueDepth(test.database)).every(row => row.state === 'dead')
    try {
      await expect.poll(isDone, { interval: 20 }).toBe(true)
    } finally {
      stop.abort()
      await running
    }
    return { failures }
  }

  it('holds one waiting job for a thing, with the newest payload, the higher priority and the earlier time', async () => {
    await enqueue(test.database, 'default', [draft('a', { payload: 1, priority: 5, runAtMs: 900 })], 0)
    await enqueue(test.database, 'default', [draft('a', { payload: 2, priority: 1, runAtMs: 0 })], 0)
    const jobs = await claim(test.database, 'test', options)
    expect(jobs).toMatchObject([{ key: 'a', payload: 2, attempt: 1 }])
  })

  it('keeps another job for a thing whose job is running', async () => {
    await put('a')
    await claim(test.database, 'test', options)
    await put('a')
    expect(await claim(test.database, 'test', options)).toHaveLength(1)
  })

  it('is part of the transaction: what is rolled back was never queued', async () => {
    const failing = test.database.transaction(async sql => {
      await enqueue(sql, 'default', [draft('a')], 0)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await queueDepth(test.database)).toEqual([])
  })

  it('hands each job to one of many workers', async () => {
    await put(...Array.from({ length: 100 }, (_, index) => `job-${index}`))
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claim(test.database, 'test', { ...options, limit: 20 })),
    )
    const keys = claims.flat().map(job => job.key)
    expect(keys).toHaveLength(new Set(keys).size)
    expect(keys).toHaveLength(100)
  })

  it('does jobs that are queued while it waits, and tries failing ones again', async () => {
    await put('steady', 'flaky')
    const tries: string[] = []
    const { failures } = await work(async job => {
      tries.push(job.key)
      if (job.key === 'steady') await put('added')
      if (job.key === 'flaky' && job.attempt < 3) throw new Error('not yet')
    })
    expect(tries.toSorted()).toEqual(['added', 'flaky', 'flaky', 'flaky', 'steady'])
    expect(failures).toEqual([true, true])
    expect(await queueDepth(test.database)).toEqual([])
  })

  it('lays to rest what fails for good, at once where another try cannot help', async () => {
    await put('hopeless', 'refused')
    const tries: string[] = []
    await work(async job => {
      tries.push(job.key)
      if (job.key === 'refused') throw new AppError('never', 'this will not pass')
      throw new Error('broken')
    }, 2)
    expect(tries.toSorted()).toEqual(['hopeless', 'hopeless', 'refused'])
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'dead', count: 2 }])
  })

  it('does not count it against a job that the database was away', async () => {
    await put('a')
    const tries: number[] = []
    const { failures } = await work(async job => {
      tries.push(job.attempt)
      if (job.attempt < 6)
        throw new AppError('database-unavailable', 'could not extend file: No space left on device (53100)', {
          retryable: true,
        })
    }, 2)
    expect(tries).toEqual([1, 2, 3, 4, 5, 6])
    expect(failures).toEqual([true, true, true, true, true])
    expect(await queueDepth(test.database)).toEqual([])
  })

  it('takes no job from its worker as soon as the database is back: they could not say that they live', async () => {
    await put('a')
    await claim(test.database, 'test', { ...options, leaseMs: -1 })
    const asked = { reclaims: 0, looks: 0 }
    const stop = new AbortController()
    const { query } = test.database
    const database: Database = {
      ...test.database,
      query(text, values) {
        if (text.includes('with expired as') && ++asked.reclaims === 1)
          throw new AppError('database-unavailable', 'it is away', { retryable: true })
        // It looks for such jobs once a second, and would have reclaimed again after five.
        if (text.includes('crashes > 0 and kind') && ++asked.looks === 9) stop.abort()
        return query(text, values)
      },
    }
    const parts = { clock: { now: Date.now }, random: Math.random, onFailure: fault, onTrouble: () => {} }
    const handler = { kind: 'other', concurrency: 1, leaseMs: 600_000, maxAttempts: 1, handle: fault }
    await runWorker({ ...parts, database }, [handler], stop.signal)
    expect(asked).toEqual({ reclaims: 1, looks: 9 })
    const rows = await test.database.query('select crashes, state from jobs')
    expect(rows).toEqual([{ crashes: 0, state: 'running' }])
  })

  /** A claim whose worker was heard of too long ago. */
  const vanished = { ...options, leaseMs: -1 }

  it('gives the jobs of a vanished worker to another, and not for ever', async () => {
    await put('a')
    await claim(test.database, 'test', options)
    expect(await reclaim(test.database, 3)).toEqual({ freed: 0, setAside: 0 })
    await test.database.query('update jobs set locked_until_ms = 0')
    expect(await reclaim(test.database, 3)).toEqual({ freed: 1, setAside: 0 })
    // From now on it is done alone.
    expect(await claim(test.database, 'test', options)).toEqual([])
    expect(await claimSuspect(test.database, ['test'], vanished)).toMatchObject({ key: 'a', attempt: 2 })
    expect(await reclaim(test.database, 2)).toEqual({ freed: 0, setAside: 1 })
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'dead', count: 1 }])
    const [row] = await listSetAside(test.database, 'default', 10)
    expect(row).toMatchObject({ key: 'a', crashes: 2, error: expect.stringContaining('vanished, 2 times') })
  })

  it('a failed or lost job gives way to a newer one for the same thing', async () => {
    await put('a')
    const [job] = await claim(test.database, 'test', options)
    await put('a')
    if (job) await fail(test.database, job, { kind: 'retry', runAtMs: 0, error: 'x' })
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'ready', count: 1 }])
    await claim(test.database, 'test', vanished)
    await put('a')
    await reclaim(test.database, 5)
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'ready', count: 1 }])
  })

  it('a worker that lost a job to another can neither end nor keep nor fail it', async () => {
    await put('a')
    const [late] = await claim(test.database, 'test', vanished)
    await reclaim(test.database, 5)
    const now = await claimSuspect(test.database, ['test'], options)
    if (late === undefined || now === undefined) throw new Error('nothing was claimed')
    expect(await keep(test.database, [late], 1000)).toEqual(new Set())
    await complete(test.database, [late])
    await fail(test.database, late, { kind: 'dead', error: 'x' })
    await fail(test.database, late, { kind: 'retry', runAtMs: 0, error: 'x' })
    await fail(test.database, late, { kind: 'release' })
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'running', count: 1 }])
    expect(await keep(test.database, [now], 1000)).toEqual(new Set([now.id]))
    await complete(test.database, [now])
    expect(await queueDepth(test.database)).toEqual([])
  })

  it('a job that a process with a wrong clock queued for tomorrow is done as soon as was meant', async () => {
    const tomorrow = Date.now() + 86_400_000
    await enqueue(
      test.database,
      'default',
      [draft('now'), draft('in an hour', { runAtMs: tomorrow + 3_600_000 })],
      tomorrow,
    )
    const due = () => claim(test.database, 'test', { ...options, nowMs: Date.now() + 1000 })
    expect(await due()).toEqual([])
    expect(await bringBack(test.database)).toBe(2)
    expect(await due()).toMatchObject([{ key: 'now' }])
    expect(await bringBack(test.database)).toBe(0)
  })

  it('a job that was put back has lost nothing', async () => {
    await put('a')
    const [job] = await claim(test.database, 'test', options)
    if (job) await fail(test.database, job, { kind: 'release' })
    expect(await claim(test.database, 'test', options)).toMatchObject([{ key: 'a', attempt: 1 }])
  })

  it('lets tenants take turns, however much one of them queued, and counts what each has running', async () => {
    const many = Array.from({ length: 500 }, (_, index) => draft(`big-${index}`, { priority: 9 }))
    await enqueue(test.database, 'big', many, 0)
    await enqueue(test.database, 'small', [draft('one'), draft('two')], 0)
    await enqueue(test.database, 'tiny', [draft('only')], 0)
    const tenantsOf = (jobs: readonly Job[]) => jobs.map(job => job.tenant).toSorted()
    const first = await claim(test.database, 'test', { ...options, limit: 3 })
    expect(tenantsOf(first)).toEqual(['big', 'small', 'tiny'])
    const second = await claim(test.database, 'test', { ...options, limit: 2 })
    expect(tenantsOf(second)).toEqual(['big', 'small'])
    // Nobody else waits: the rest is for the big one.
    const rest = await claim(test.database, 'test', { ...options, limit: 100 })
    expect(new Set(tenantsOf(rest))).toEqual(new Set(['big']))
    await enqueue(test.database, 'late', [draft('comes late')], 0)
    expect(await claim(test.database, 'test', { ...options, limit: 1 })).toMatchObject([{ tenant: 'late' }])
  })

  it('many workers drain the jobs of many tenants, each job once', async () => {
    for (const tenant of ['a', 'b', 'c', 'd'])
      await enqueue(
        test.database,
        tenant,
        Array.from({ length: 50 }, (_, index) => draft(`job-${index}`)),
        0,
      )
    const got: Job[] = []
    const drain = async () => {
      for (let misses = 0; misses < 3; ) {
        const jobs = await claim(test.database, 'test', { ...options, limit: 3 })
        got.push(...jobs)
        if (jobs.length === 0) misses++
      }
    }
    await Promise.all(Array.from({ length: 6 }, drain))
    expect(new Set(got.map(job => job.id)).size).toBe(got.length)
    expect(got).toHaveLength(200)
  })

  it('is late with a job that goes on though it was told to end, and with none that it is busy with', async () => {
    await put('busy')
    let laterMs = 0
    const pulse = new WorkerPulse(() => laterMs)
    const stop = new AbortController()
    const began = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const parts = {
      database: test.connect(),
      clock: { now: Date.now },
      random: () => 0,
      onFailure: () => {},
      onTrouble: fault,
      pulse,
    }
    const handle = () => {
      began.resolve()
      return ended.promise // Whatever the signal says.
    }
    const lateJobs = () => pulse.late().filter(what => what.startsWith('job test '))
    const leaseMs = 3_600_000
    const running = runWorker(
      parts,
      [{ kind: 'test', concurrency: 1, leaseMs, maxAttempts: 1, handle }],
      stop.signal,
    )
    await began.promise
    laterMs = leaseMs
    expect(lateJobs()).toEqual([])
    laterMs = 2 * leaseMs
    expect(lateJobs()).toHaveLength(1)
    stop.abort()
    ended.resolve()
    await running
    expect(pulse.late()).toEqual([])
  })

  it('finishes what it has in hand before it ends', async () => {
    await put('slow')
    let finished = false
    const stop = new AbortController()
    const parts = {
      database: test.connect(),
      clock: { now: Date.now },
      random: () => 0,
      onFailure: () => {},
      onTrouble: fault,
    }
    const handle = async () => {
      stop.abort()
      await sleep(100)
      finished = true
    }
    await runWorker(
      parts,
      [{ kind: 'test', concurrency: 1, leaseMs: 600_000, maxAttempts: 1, handle }],
      stop.signal,
    )
    expect(finished).toBe(true)
    expect(await queueDepth(test.database)).toEqual([])
  })
})
