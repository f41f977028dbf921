import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { createToken } from '../accounts/api-token.ts'
import { listEntries } from '../ledger/database-ledger.ts'
import { claim, claimSuspect, enqueue, fail, reclaim } from '../queue/jobs.ts'
import { ingestRoutes } from './routes/ingest-routes.ts'
import { jobRoutes } from './routes/job-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// Jobs that are tried no more, over the API; and alerts that come in faster than they can be stored.

let server: TestServer
let analyst: Person
let admin: Person
/** Ends the ingest of a batch that waits for its turn. */
const waiting: (() => void)[] = []

beforeAll(async () => {
  server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false),
    ...jobRoutes(accounts),
    ...ingestRoutes(
      async ({ lines }) => {
        await new Promise<void>(resolve => waiting.push(resolve))
        return { stored: lines.length, duplicates: 0, quarantined: 0, ignored: 0 }
      },
      'default',
      () => {},
    ),
  ])
  analyst = await server.signIn('analyst')
  admin = await server.signIn('admin')
})
afterAll(() => server.close())

describe('jobs that are set aside', () => {
  const options = { limit: 9, leaseMs: -1, nowMs: Number.MAX_SAFE_INTEGER }

  it('are shown with their reason, tried again by an admin, and never those of another tenant', async () => {
    const { database } = server.accounts
    const draft = (key: string) => ({ kind: 'test', key, payload: {} })
    await enqueue(database, 'default', ['refused', 'deadly'].map(draft), 0)
    await enqueue(database, 'other', [draft('theirs')], 0)
    const jobs = await claim(database, 'test', options)
    for (const job of jobs.filter(({ key }) => key !== 'deadly'))
      await fail(database, job, { kind: 'dead', error: 'it cannot be done' })
    await reclaim(database, 1)
    const read = async () => (await analyst.call('GET', '/api/jobs/set-aside')).json()
    const { jobs: shown, total } = await read()
    expect(total).toBe(2)
    expect(shown).toMatchObject([
      { key: 'deadly', crashes: 1, error: expect.stringContaining('vanished') },
      { key: 'refused', crashes: 0, error: 'it cannot be done' },
    ])
    const theirs = jobs.find(({ tenant }) => tenant === 'other')?.id
    const url = (id: number) => `/api/jobs/set-aside/${id}`
    expect((await analyst.call('POST', `${url(shown[0].id)}/retry`)).statusCode).toBe(403)
    expect((await analyst.call('DELETE', url(shown[0].id))).statusCode).toBe(403)
    expect((await admin.call('POST', `${url(theirs ?? 0)}/retry`)).statusCode).toBe(404)
    expect((await admin.call('DELETE', url(theirs ?? 0))).statusCode).toBe(404)
    expect((await admin.call('POST', `${url(shown[0].id)}/retry`)).statusCode).toBe(200)
    expect((await admin.call('POST', `${url(shown[0].id)}/retry`)).statusCode).toBe(404)
    expect((await admin.call('DELETE', url(shown[1].id))).statusCode).toBe(200)
    expect(await read()).toEqual({ jobs: [], total: 0 })
    // What took a worker down is done alone, this time too.
    expect(await claim(database, 'test', options)).toEqual([])
    expect(await claimSuspect(database, ['test'], options)).toMatchObject({ key: 'deadly', attempt: 1 })
    const entries = await listEntries(database, { tenant: 'default', limit: 9 })
    expect(entries.map(entry => entry.subject)).toEqual(
      expect.arrayContaining([`job ${shown[0].id}`, `job ${shown[1].id}`]),
    )
  })
})

describe('alerts that come in faster than they can be stored', () => {
  it('are refused before their body is held, told when to come again, and taken once there is room', async () => {
    const details = { name: 'test', scopes: ['ingest' as const], expiresInDays: null }
    const { secret } = await createToken(server.accounts.database, server.accounts, admin.id, details)
    const post = (sizeBytes: number) =>
      server.app.inject({
        method: 'POST',
        url: '/api/webhook',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' },
        payload: Buffer.alloc(sizeBytes, 'x'),
      })
    const mebibyte = 1024 * 1024
    const held = Array.from({ length: 3 }, () => post(19 * mebibyte))
    await expect.poll(() => waiting.length).toBe(3)
    const refused = await post(19 * mebibyte)
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    expect(refused.json().error.code).toBe('busy')
    // A small one still has room.
    held.push(post(1000))
    await expect.poll(() => waiting.length).toBe(4)
    for (const done of waiting.splice(0)) done()
    for (const answer of held) expect((await answer).statusCode).toBe(200)
    const again = post(19 * mebibyte)
    await expect.poll(() => waiting.length).toBe(1)
    waiting.splice(0)[0]?.()
    expect((await again).statusCode).toBe(200)
  })
})
