import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { Database } from '../lib/database.ts'
import { everyWhileLeader } from './every-while-leader.ts'

describe('work that one process at a time does', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())
  beforeEach(() => test.database.query('delete from leases'))

  /** A process with a pool of its own; `tries` counts how often it asked for the lease. */
  function newProcess(owner: string) {
    const pool = test.connect(2)
    const asked = { tries: 0, failing: false }
    const database: Database = {
      ...pool,
      query(text, values) {
        if (text.includes('insert into leases')) {
          asked.tries++
          if (asked.failing) throw new Error('the database is away')
        }
        return pool.query(text, values)
      },
    }
    const app = { clock: { now: Date.now }, owner, store: { database }, logger: { error: () => undefined } }
    const stop = new AbortController()
    return {
      asked,
      stop: () => stop.abort(),
      lead: (everyMs: number, action: () => Promise<void>) =>
        everyWhileLeader(app, { name: 'work', everyMs }, action, stop.signal),
    }
  }
  const until = (holds: () => boolean | Promise<boolean>) => expect.poll(holds, { interval: 20 }).toBe(true)

  it('is done by one of many, and by another as soon as that one stops', async () => {
    const rounds = { running: 0, most: 0, by: [] as string[] }
    const processes = ['a', 'b', 'c', 'd'].map(owner => ({ owner, process: newProcess(owner) }))
    const loops = processes.map(({ owner, process }) =>
      // Much longer than a round, however slow the machine is: a lease that ran out in the middle is another's by right.
      process.lead(2000, async () => {
        rounds.most = Math.max(rounds.most, ++rounds.running)
        rounds.by.push(owner)
        await test.database.query('select pg_sleep(0.02)')
        rounds.running--
      }),
    )
    const left = new Set(['a', 'b', 'c', 'd'])
    while (left.size > 0) {
      await until(() => left.has(rounds.by.at(-1) ?? ''))
      const leader = rounds.by.at(-1) ?? ''
      processes.find(({ owner }) => owner === leader)?.process.stop()
      left.delete(leader)
    }
    await Promise.all(loops)
    expect(rounds.most).toBe(1)
    expect(new Set(rounds.by).size).toBe(4)
    expect(await test.database.query('select from leases')).toEqual([])
  })

  it('stays with the one that is at it, however long a round takes', async () => {
    const [slow, other] = [newProcess('slow'), newProcess('other')]
    let began = 0
    let end = () => {}
    const ended = new Promise<void>(resolve => {
      end = resolve
    })
    const leading = slow.lead(5000, async () => {
      began++
      await ended
    })
    await until(() => began === 1)
    let others = 0
    const waiting = other.lead(1000, async () => {
      others++
    })
    // Ten seconds are as long as a lease.
    await until(() => other.asked.tries > 11)
    expect([began, others]).toEqual([1, 0])
    slow.stop()
    end()
    await leading
    await until(() => others > 0)
    other.stop()
    await waiting
  })

  it('goes to another when the one that did it vanished, and a round that fails is no end', async () => {
    await test.database.query(
      `insert into leases (name, owner, until_ms) values ('work', 'vanished', (extract(epoch from clock_timestamp()) * 1000)::bigint + 500)`,
    )
    const process = newProcess('heir')
    let rounds = 0
    const leading = process.lead(50, async () => {
      if (++rounds === 1) throw new Error('a round that fails')
      process.asked.failing = rounds === 2
    })
    await until(() => rounds >= 2)
    process.asked.failing = false
    await until(() => rounds >= 4)
    process.stop()
    await leading
  })
})
