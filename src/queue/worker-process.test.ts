import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { claim, claimSuspect, enqueue, queueDepth } from './jobs.ts'
import { listSetAside, retrySetAside } from './set-aside.ts'

describe.each(databaseKinds)('a worker in a process of its own, on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())
  beforeEach(() => test.database.query('truncate jobs'))

  const options = { limit: 10, leaseMs: 600_000, nowMs: 0 }
  const start = (more: object = {}) => {
    const script = join(import.meta.dirname, '..', '..', 'test', 'support', 'poison-worker.ts')
    const given = { connection: test.connection, concurrency: 4, drainMs: 30_000, ...more }
    const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    const exited = once(child, 'exit')
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    return {
      child,
      output: () => output,
      exited,
      async seen(text: string) {
        while (!output.includes(text)) await Promise.race([once(child.stdout, 'data'), exited])
      },
    }
  }
  const soon = (key: string, ms = 0) => ({ kind: 'test', key, payload: { ms } })

  it('is taken down by a poisonous job only so often; then that one is set aside, and its neighbours are done', async () => {
    await enqueue(
      test.database,
      'default',
      ['poison', 'x', 'y', 'z'].map(key => soon(key, 300)),
      0,
    )
    let deaths = 0
    for (let round = 0; round < 20; round++) {
      const depth = await queueDepth(test.database)
      if (depth.every(row => row.state === 'dead')) break
      const worker = start()
      const timer = setInterval(async () => {
        const rows = await queueDepth(test.database).catch(() => [])
        if (rows.length > 0 && rows.every(row => row.state === 'dead')) worker.child.kill('SIGTERM')
      }, 200)
      const [, signal] = await worker.exited
      clearInterval(timer)
      if (signal === 'SIGKILL') deaths++
      // The worker was heard of long ago.
      await test.database.query(`update jobs set locked_until_ms = 0 where state = 'running'`)
    }
    expect(deaths).toBe(5)
    const aside = await listSetAside(test.database, 'default', 10)
    expect(aside.map(job => job.key)).toEqual(['poison'])
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'dead', count: 1 }])
    // A person has it tried again, once the cause is gone.
    expect(await retrySetAside(test.database, 'other', aside[0]?.id ?? 0, 0)).toBe(false)
    expect(await retrySetAside(test.database, 'default', aside[0]?.id ?? 0, 0)).toBe(true)
    expect(await claimSuspect(test.database, ['test'], options)).toMatchObject({
      key: 'poison',
      attempt: 1,
    })
  })

  it('told to stop, finishes what it has begun, begins nothing more, and leaves the rest', async () => {
    await enqueue(test.database, 'default', [soon('first', 6000), soon('second')], 0)
    const worker = start({ concurrency: 1 })
    await worker.seen('began')
    worker.child.kill('SIGTERM')
    expect((await worker.exited)[0]).toBe(0)
    expect(
      worker
        .output()
        .split('\n')
        .filter(line => line.startsWith('did')),
    ).toHaveLength(1)
    expect(await queueDepth(test.database)).toEqual([{ kind: 'test', state: 'ready', count: 1 }])
  })

  it('puts back what is not done in time, at once and without counting the try', async () => {
    await enqueue(test.database, 'default', [soon('endless', 600_000)], 0)
    const worker = start({ drainMs: 300 })
    await worker.seen('began')
    worker.child.kill('SIGTERM')
    expect((await worker.exited)[0]).toBe(0)
    expect(await claim(test.database, 'test', { ...options, nowMs: Date.now() })).toMatchObject([
      { key: 'endless', attempt: 1 },
    ])
  })
})
