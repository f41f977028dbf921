import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { AppError } from '../lib/app-error.ts'
import { fixedClock } from '../lib/clock.ts'
import type { Database, Sql, Transaction } from '../lib/database.ts'
import { randomIds } from '../lib/ids.ts'
import { seededRandom } from '../lib/seeded-random.ts'
import { reopenCase, setVerdicts } from '../store/case-actions.ts'
import { merge, split } from './regroup.ts'

// People regroup and decide while alerts go on coming in, from several processes. Whatever meets whatever: each alert is in one
// case, no case counts what it does not have, and no alert lies in a case that nobody looks into any more.

const tenant = 'default'
const clock = fixedClock(1_770_000_000_000)
const parts = { tenant, clock, ids: randomIds(), slaMinutes: [1440, 480, 120, 30] }
const verdict = { verdict: 'false_positive', reason: '', userId: 'user_1' } as const

let serial = 0
const alertOf = (host: string, user = 'bob') =>
  wazuhLine({
    id: `1770000000.${++serial}`,
    atMs: clock.now() + serial,
    host,
    rule: ['5710', 5 + (serial % 9), 'sshd: failed', ['sshd']],
    techniques: [`T11${10 + (serial % 3)}`],
    data: { srcip: `203.0.113.${host.length}`, srcuser: user },
  })

describe.each(databaseKinds)('regrouping on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())
  beforeEach(() =>
    test.database.query(
      'truncate alerts, cases, case_entities, alert_counts, quarantine, jobs, checkpoints, grouping_epoch, case_history',
    ),
  )

  const caseOf = async (host: string, sql: Sql = test.database) => {
    const [row] = await sql.query<{ id: string }>(
      'select case_id as id from alerts where agent_name = $1 order by timestamp_ms limit 1',
      [host],
    )
    return row?.id ?? ''
  }

  /** What cases say of themselves and is not so. */
  const untrue = () =>
    test.database.query(
      `select c.id, c.alert_count, a.count, c.status, c.merged_into, c.max_level, a.level
       from cases c left join lateral (
         select count(*) as count, max(level) as level, min(timestamp_ms) as first, max(timestamp_ms) as last
         from alerts where case_id = c.id
       ) a on true
       where c.alert_count <> a.count
         or (a.count > 0 and (c.merged_into is not null or c.first_seen_ms <> a.first or c.last_seen_ms <> a.last
           or c.max_level <> a.level))
         or exists (select from case_entities e where e.case_id = c.id and e.type = 'host' and e.alert_count <>
           (select count(*) from alerts h where h.case_id = c.id and h.agent_name = e.value))
         or exists (select from alerts h where h.case_id = c.id and not exists (
           select from case_entities e where e.case_id = c.id and e.type = 'host' and e.value = h.agent_name))`,
    )

  const acts: Readonly<Record<string, (sql: Transaction) => Promise<unknown>>> = {
    'is merged into another one': async sql =>
      merge(sql, parts, await caseOf('another', sql), [await caseOf('grown', sql)]),
    'takes another one in': async sql =>
      merge(sql, parts, await caseOf('grown', sql), [await caseOf('another', sql)]),
    'is split': async sql => {
      const id = await caseOf('grown', sql)
      const [row] = await sql.query<{ key: string }>('select key from alerts where case_id = $1 limit 1', [
        id,
      ])
      return split(sql, parts, id, [row?.key ?? ''])
    },
    'is closed': async sql => setVerdicts(sql, tenant, [await caseOf('grown', sql)], verdict, clock.now()),
  }

  it.each(Object.entries(acts))(
    'a case that %s in the moment in which it grows counts right',
    async (_, act) => {
      await newIngest(
        test.database,
        clock,
      )([alertOf('grown'), alertOf('grown'), alertOf('grown'), alertOf('another', 'eve')])
      const between = betweenStoringAndCounting(test.database, async () => {
        await test.connect().transaction(act)
      })
      expect(await newIngest(between, clock)([alertOf('grown'), alertOf('grown')])).toMatchObject({
        stored: 2,
      })
      expect(await untrue()).toEqual([])
      // Whoever comes next is in a case that is looked into.
      await newIngest(test.connect(), clock)([alertOf('grown')])
      expect(await untrue()).toEqual([])
      const hidden = await test.database.query(
        `select from alerts a join cases c on c.id = a.case_id where a.timestamp_ms = $1 and c.status = 'closed'`,
        [clock.now() + serial],
      )
      expect(hidden).toEqual([])
    },
  )

  it('any order of it all leaves every alert in one case that counts it', async () => {
    const random = seededRandom(11)
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item
    const hosts = ['a', 'bb', 'ccc', 'dddd']
    const databases = [test.database, test.connect(), test.connect()]
    const ingests = [newIngest(test.database, clock), newIngest(test.connect(), clock)]
    let sent = 0
    const caseIds = async () =>
      (await test.database.query<{ id: string }>('select id from cases order by random()')).map(
        ({ id }) => id,
      )
    const send = async (take: (typeof ingests)[number]) => {
      const lines = Array.from({ length: 6 }, () => alertOf(pick(hosts), pick(['bob', 'eve'])))
      sent += lines.length
      await take(lines)
    }
    const decide = async (database: Database) => {
      const ids = await caseIds()
      const [first = '', ...others] = ids
      const what = Math.floor(random() * 4)
      await database.transaction(async sql => {
        if (what === 0) await merge(sql, parts, first, others.slice(0, 2))
        else if (what === 1) {
          const rows = await sql.query<{ key: string }>('select key from alerts where case_id = $1 limit 2', [
            first,
          ])
          await split(
            sql,
            parts,
            first,
            rows.slice(0, 1).map(({ key }) => key),
          )
        } else if (what === 2) await setVerdicts(sql, tenant, ids.slice(0, 5), verdict, clock.now())
        else await reopenCase(sql, tenant, first, clock.now())
      })
    }
    for (let round = 0; round < 25; round++) {
      const results = await Promise.allSettled([...ingests.map(send), ...databases.map(decide)])
      // What two people want of one case at once, one of them is told; nothing else goes wrong.
      for (const result of results)
        if (result.status === 'rejected')
          expect(result.reason instanceof AppError ? result.reason.code : result.reason).toMatch(
            /^(?:conflict|bad-request)$/,
          )
      expect(await untrue()).toEqual([])
    }
    const [row] = await test.database.query<{ count: number }>('select count(*) as count from alerts')
    expect(row?.count).toBe(sent)
  })
})

/** A database in which something is done once, after a batch's alerts are written and before its cases are. */
function betweenStoringAndCounting(database: Database, act: () => Promise<void>): Database {
  return {
    ...database,
    transaction: (action, options) =>
      database.transaction(sql => {
        let acted: Promise<void> | undefined
        return action({
          ...sql,
          // Asked for while the alerts are still being written.
          query: async (text, values) => {
            await acted
            return sql.query(text, values)
          },
          copyIn: (statement, chunks) => {
            acted = sql.copyIn(statement, chunks).then(act)
            return acted
          },
        })
      }, options),
  }
}
