import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { startTestServer } from '../../test/support/test-server.ts'
import { announce, type CaseEvent, eventsChannel } from '../store/events.ts'
import { createEventHub } from './event-hub.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

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
    hub.subscribe('acme', { onEvent: event => heard.push(event), onGap: () => {} })
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

  it('that may have been missed are told of: at the first listening, and after each that broke off', async () => {
    const hub = createEventHub(test.database)
    let gaps = 0
    hub.subscribe('acme', { onEvent: () => {}, onGap: () => gaps++ })
    const end = new AbortController()
    const running = hub.run(end.signal)
    try {
      await hub.hears
      expect(gaps).toBe(1)
      await breakOff(test)
      await expect.poll(() => gaps).toBe(2)
    } finally {
      end.abort()
      await running
    }
  })
})

it('a stream whose events may have been missed ends, so that its console reads its page again', async () => {
  const end = new AbortController()
  const running: Promise<void>[] = []
  const server = await startTestServer(parts => {
    const hub = createEventHub(parts.database)
    running.push(hub.run(end.signal))
    return [...sessionRoutes(parts, false), ...eventRoutes(hub, parts.tenant, end.signal, async () => true)]
  })
  try {
    const base = await server.app.listen({ host: '127.0.0.1', port: 0 })
    const { cookie } = await server.signIn('viewer')
    const stream = await fetch(`${base}/api/events`, { headers: { cookie } })
    expect(stream.status).toBe(200)
    const read = stream.text() // Resolves at its end.
    await breakOff(server.test)
    expect(await read).toContain('retry: ')
  } finally {
    end.abort()
    await Promise.all(running)
    await server.close()
  }
})

/** Ends the connection that listens, as a restart of the database does. Waits for there to be one. */
async function breakOff(test: TestDatabase): Promise<void> {
  const ended = () =>
    test.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tocsin-listen'`,
    )
  await expect.poll(async () => (await ended()).length).toBeGreaterThan(0)
}
