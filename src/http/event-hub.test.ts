import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { announce, type CaseEvent, eventsChannel } from '../store/events.ts'
import { createEventHub } from './event-hub.ts'

// Whoever signs in to the database, as any tenant, may send on its channels: PostgreSQL has no rights for that.
describe.each(databaseKinds)('events on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())

  it('go to the consoles of their tenant, whatever else is sent on the channel', async () => {
    const hub = createEventHub(test.database)
    const heard: unknown[] = []
    hub.subscribe('acme', event => heard.push(event))
    const end = new AbortController()
    const running = hub.run(end.signal)
    const event = (caseId: string): CaseEvent => ({
      kind: 'case-changed',
      caseId,
      revision: 1,
      severity: 'low',
      atMs: 1,
    })
    try {
      // Until it listens.
      await expect
        .poll(async () => {
          await announce(test.database, 'acme', [event('first')])
          return heard.length
        })
        .toBeGreaterThan(0)
      const hostile = [
        '',
        'no JSON',
        '{',
        'null',
        '[]',
        '7',
        '{"tenant":"acme"}',
        '{"tenant":{"a":1},"kind":"x"}',
        '\u0001',
      ]
      await test.database.query('select pg_notify($1, event) from unnest($2::text[]) as event', [
        eventsChannel,
        hostile,
      ])
      await announce(test.database, 'globex', [event('theirs')])
      await announce(test.database, 'acme', [event('last')])
      await expect.poll(() => heard.at(-1)).toMatchObject({ caseId: 'last' })
      expect(heard.every(each => JSON.stringify(each).match(/first|last/))).toBe(true)
    } finally {
      end.abort()
      await running
    }
  })
})
