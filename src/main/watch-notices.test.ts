import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type NotificationReceiver,
  startNotificationReceiver,
} from '../../test/support/notification-receiver.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { watchBench } from '../../test/support/watch-bench.ts'
import { keepRecord } from '../governance/keep-record.ts'
import type { RecordKind } from '../governance/record-kinds.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { type WatchedParts, watchNotices } from './watch-notices.ts'

// Somebody with the database's own rights edits the record: the watch finds it and tells a real receiver.

const tenant = 'default'
const hourMs = 60 * 60_000
const clock = fixedClock(Date.UTC(2026, 5, 1, 12))
let test: TestDatabase
let receiver: NotificationReceiver
let parts: WatchedParts
let deliver: () => Promise<void>

beforeAll(async () => {
  ;[test, receiver] = await Promise.all([openTestDatabase(), startNotificationReceiver()])
  const { database } = test
  ;({ parts, deliver } = await watchBench(test, receiver, clock, 'ledger-broken'))
  for (let entry = 0; entry < 20; entry++)
    await database.transaction(sql =>
      appendEntries(
        sql,
        [
          {
            kind: 'note',
            tenant,
            actor: 'user:ana',
            subject: `case_${entry}`,
            body: { said: `word ${entry}` },
          },
        ],
        clock.now(),
      ),
    )
})
afterAll(async () => {
  await receiver.close()
  await test.close()
})

/** Starts the watch, waits until it has looked at the ledger once, and ends it. */
async function watchOnce(): Promise<void> {
  clock.advance(2 * hourMs)
  const stop = new AbortController()
  const { database } = parts.store
  let looks = 0
  const counted: WatchedParts = {
    ...parts,
    // Whoever looks for notices has looked at the ledger before.
    notify: {
      ...parts.notify,
      database: {
        ...database,
        query: async (text, values) => {
          if (/notification_channels/.test(text)) looks++
          return database.query(text, values)
        },
        transaction: (work, options) => database.transaction(work, options),
        listen: database.listen,
      },
    },
  }
  const watching = watchNotices(counted, stop.signal)
  await expect.poll(() => looks, { interval: 50 }).toBeGreaterThan(0)
  // The round that has begun ends before the loop sees the signal.
  stop.abort()
  await watching
}

const notices = () =>
  test.database.query<{ key: string }>(`select key from notices where event = 'ledger-broken' order by key`)

/** What only the owner of the database can do, past the trigger. */
async function edit(statement: string): Promise<void> {
  await test.database.query('alter table ledger disable trigger ledger_is_append_only')
  await test.database.query(statement)
  await test.database.query('alter table ledger enable trigger ledger_is_append_only')
}

it('says nothing of a ledger that holds, and cannot be edited by the way', async () => {
  await watchOnce()
  expect(await notices()).toEqual([])
  await expect(
    test.database.query(`update ledger set body = '{"said":"other"}' where seq = 7`),
  ).rejects.toThrow(/append-only/)
})

it('tells once of an edit that got past the trigger, and of another one before it', async () => {
  await edit(`update ledger set body = '{"said":"other"}' where seq = 7`)
  await watchOnce()
  expect(await notices()).toEqual([{ key: 'ledger-broken:7' }])
  await deliver()
  expect(receiver.taken).toHaveLength(1)
  expect(receiver.taken[0]?.body).toContain('The ledger does not hold')
  expect(receiver.taken[0]?.body).toContain('https://tocsin.example.org/ledger')
  await watchOnce()
  await deliver()
  expect(receiver.taken).toHaveLength(1)
  await edit('delete from ledger where seq = 3')
  await watchOnce()
  await deliver()
  expect(await notices()).toEqual([{ key: 'ledger-broken:4' }, { key: 'ledger-broken:7' }])
  expect(receiver.taken).toHaveLength(2)
})

it('tells of a supplier whose review is due, once more when it is overdue, and not of what is looked at in time', async () => {
  const day = (days: number) => new Date(clock.now() + days * 24 * hourMs).toISOString().slice(0, 10)
  const ids = randomIds()
  const keep = (kind: RecordKind, content: object, id?: string, before = 0) =>
    keepRecord({ database: test.database, clock, ids }, tenant, { kind, content, before, id }, 'olga')
  const supplier = {
    name: 'House of models',
    provider: 'openai',
    licence: 'by contract',
    terms: 'signed',
    region: 'EU',
    retention: 'none',
    trainingUse: 'no',
    zone: 'contracted',
    notes: '',
  } as const
  const risk = {
    title: 'Analysts follow the model unread',
    likelihood: 'medium',
    impact: 'high',
    owner: 'SOC lead',
    treatment: '',
    reviewDue: day(3),
  } as const
  const due = day(20)
  const id = await keep('supplier', { ...supplier, reviewDue: due })
  const closed = await keep('risk', { ...risk, state: 'closed' })
  const opened = await keep('risk', { ...risk, state: 'open' })
  await keep('decision', { title: 'To use it', decided: day(0), decision: 'yes', reasons: '', reviewDue: '' })
  const told = async () =>
    (
      await test.database.query<{ key: string }>(
        `select key from notices where event = 'review-due' and subject <> $1 order by at_ms, key`,
        [opened],
      )
    ).map(({ key }) => key)
  await watchOnce()
  expect(await told()).toEqual([])
  expect(await test.database.query('select from notices where subject = $1', [closed])).toEqual([])
  expect(await test.database.query('select from notices where subject = $1', [opened])).toHaveLength(1)
  clock.advance(10 * 24 * hourMs)
  await watchOnce()
  await watchOnce()
  expect(await told()).toEqual([`review-due:${id}:${due}`])
  clock.advance(11 * 24 * hourMs)
  await watchOnce()
  expect(await told()).toEqual([`review-due:${id}:${due}`, `review-overdue:${id}:${due}`])
  // Looked at, it has a new day.
  await keep('supplier', { ...supplier, reviewDue: day(90) }, id, 1)
  await watchOnce()
  expect(await told()).toHaveLength(2)
})
