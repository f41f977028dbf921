import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { fixedClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'

const start = 1_770_000_000_000
const clock = fixedClock(start)

const failedLogon = (second: number) =>
  wazuhLine({
    id: `${1_770_000_000 + second}.${second}`,
    atMs: start + second * 1000,
    host: 'web-01',
    rule: ['5710', 5, 'sshd: attempt to log in with a name that does not exist', ['sshd']],
    data: { srcip: '203.0.113.9', srcuser: 'bob' },
  })

describe('a batch that is sorted out while the one before it is stored', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())
  beforeEach(() =>
    test.database.query(
      'truncate alerts, cases, case_entities, alert_counts, quarantine, jobs, checkpoints, grouping_epoch',
    ),
  )

  /** A batch of alert 1 before its commit, and one of alerts 1 and 2 that has been sorted out meanwhile. */
  async function twoUnderWay() {
    const held = holding(test.database)
    const take = newIngest(held.database, clock)
    await take([failedLogon(0)])
    held.hold()
    const first = take([failedLogon(1)])
    await held.atCommit
    const second = take([failedLogon(1), failedLogon(2)])
    await held.lookedUp
    return { first, second, release: held.release }
  }

  /** An alert that another process is to store as soon as the batch under way has had its turn. */
  async function nextInLine(line: string) {
    const taken = newIngest(test.connect(), clock)([line])
    await expect
      .poll(() =>
        test.database.query(`select from pg_stat_activity
           where wait_event_type = 'Lock' and datname = current_database()`),
      )
      .toHaveLength(1)
    return { taken }
  }

  const stored = async () => {
    const [row] = await test.database.query(
      `select (select count(*) from alerts) as alerts, (select sum(alert_count)::int from cases) as counted,
         (select sum(count)::int from alert_counts) as by_day`,
    )
    return row
  }

  it('knows what that one stores', async () => {
    const { first, second, release } = await twoUnderWay()
    release()
    expect(await first).toMatchObject({ stored: 1, duplicates: 0 })
    expect(await second).toMatchObject({ stored: 1, duplicates: 1 })
    expect(await stored()).toEqual({ alerts: 3, counted: 3, by_day: 3 })
  })

  it('takes nothing for stored that was rolled back', async () => {
    const { first, second, release } = await twoUnderWay()
    release(new Error('planted'))
    await expect(first).rejects.toThrow('planted')
    expect(await second).toMatchObject({ stored: 2, duplicates: 0 })
    expect(await stored()).toEqual({ alerts: 3, counted: 3, by_day: 3 })
  })

  it('takes nothing for new that another process has stored since', async () => {
    const { first, second, release } = await twoUnderWay()
    const { taken } = await nextInLine(failedLogon(2))
    release()
    expect(await first).toMatchObject({ stored: 1 })
    expect(await taken).toMatchObject({ stored: 1 })
    expect(await second).toMatchObject({ stored: 0, duplicates: 2 })
    expect(await stored()).toEqual({ alerts: 3, counted: 3, by_day: 3 })
  })

  it('is rolled back with the one before, another process comes first: nothing is lost, nothing doubled', async () => {
    const { first, second, release } = await twoUnderWay()
    const { taken } = await nextInLine(failedLogon(3))
    release(new Error('planted'))
    await expect(first).rejects.toThrow('planted')
    expect(await taken).toMatchObject({ stored: 1 })
    expect(await second).toMatchObject({ stored: 2, duplicates: 0 })
    expect(await stored()).toEqual({ alerts: 4, counted: 4, by_day: 4 })
  })
})

/** A database whose next transaction, once told to `hold`, waits before its commit for `release`. */
function holding(inner: Database) {
  const atCommit = Promise.withResolvers<void>()
  const lookedUp = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let holds = false
  const database: Database = {
    ...inner,
    async query<Row>(text: string, values?: readonly unknown[]) {
      const rows = await inner.query<Row>(text, values)
      if (text.includes('unnest($2::text[]) as asked')) lookedUp.resolve()
      return rows
    },
    transaction: (action, options) =>
      inner.transaction(async sql => {
        const result = await action(sql)
        if (holds) {
          holds = false
          atCommit.resolve()
          await released.promise
        }
        return result
      }, options),
  }
  return {
    database,
    hold: () => {
      holds = true
    },
    atCommit: atCommit.promise,
    lookedUp: lookedUp.promise,
    release: (error?: Error) => (error === undefined ? released.resolve() : released.reject(error)),
  }
}
