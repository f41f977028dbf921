import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { sleep } from '../lib/abort.ts'
import { AppError } from '../lib/app-error.ts'
import { claim, enqueue, fail, type Job, queueDepth, reclaim } from './jobs.ts'
import { type JobHandler, runWorker } from './run-worker.ts'

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
  const options = { limit: 10, leaseMs: 1000, nowMs: 0 }

  /** Runs a worker until no job is left, or for two seconds. */
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
    const handler = { kind: 'test', concurrency: 3, leaseMs: 5000, maxAttempts, handle }
    const running = runWorker(parts, [handler], stop.signal)
    for (let round = 0; round < 100; round++) {
      await sleep(20)
      if ((await queueDepth(test.database)).every(row => row.state === 'dead')) break
    }
    stop.abort()
    await running
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

  it('gives the jobs of a vanished worker to another, and not for ever', async () => {
    await put('a')
    await claim(test.database, 'test', options)
    expect(await reclaim(test.database, 500, 3)).toBe(0)
    expect(await reclaim(test.database, 1500, 3)).toBe(1)
    expect(await claim(test.database, 'test', { ...options, nowMs: 1500 })).toMatchObject([{ attempt: 2 }])
    await reclaim(test.database, 9999, 2)
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'dead', count: 1 }])
  })

  it('a failed or lost job gives way to a newer one for the same thing', async () => {
    await put('a')
    const [job] = await claim(test.database, 'test', options)
    await put('a')
    if (job) await fail(test.database, job, { kind: 'retry', runAtMs: 0, error: 'x' })
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'ready', count: 1 }])
    await claim(test.database, 'test', options)
    await put('a')
    await reclaim(test.database, 5000, 5)
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'ready', count: 1 }])
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
      [{ kind: 'test', concurrency: 1, leaseMs: 5000, maxAttempts: 1, handle }],
      stop.signal,
    )
    expect(finished).toBe(true)
    expect(await queueDepth(test.database)).toEqual([])
  })
})
