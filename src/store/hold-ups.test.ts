import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { appendEntries, appendLock } from '../ledger/database-ledger.ts'
import { connectDatabase, type OpenDatabase } from './connect.ts'
import { endHoldUps, listHoldUps } from './hold-ups.ts'
import { addTenant, changeTenantConnections, resumeTenant } from './tenants.ts'

// Somebody has the database password of one tenant and locks what all share, with every setting of the session as it suits
// them. The other tenant's own processes get rid of it, and see nothing by it.

const clock = { now: Date.now }

describe.each(databaseKinds)('a tenant that holds the others up, on the %s database', kind => {
  let test: TestDatabase
  let bob: OpenDatabase
  let watch: OpenDatabase
  let roles: Readonly<Record<'ann' | 'bob', string>>
  const closing: (() => Promise<unknown>)[] = []

  const connectionOf = (tenant: 'ann' | 'bob') => ({
    ...test.connection,
    user: roles[tenant],
    password: `password-of-${tenant}`,
  })
  const open = (tenant: 'ann' | 'bob') => {
    const connection = connectionOf(tenant)
    const database = connectDatabase({
      connection,
      maxConnections: 4,
      rowSecurity: true,
      onIdleError: () => {},
    })
    closing.push(() => database.close())
    return database
  }
  /** A session of the attacker; `over` resolves once the server has ended it. */
  const session = async (tenant: 'ann' | 'bob' = 'ann') => {
    const client = new pg.Client(connectionOf(tenant))
    client.on('error', () => {})
    const over = new Promise<true>(resolve => client.once('end', () => resolve(true)))
    await client.connect()
    closing.push(() => client.end().catch(() => {}))
    const ask = (text: string) => client.query(text)
    await ask(
      `set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; set deadlock_timeout = '1s'`,
    ).catch(() =>
      ask('set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0'),
    )
    return { ask, over }
  }
  let alerts = 0
  /** What bob's processes do all day. */
  const takeIn = () => {
    const line = wazuhLine({
      id: `1770000000.${++alerts}`,
      host: 'of-bob',
      rule: ['5712', 10, 'sshd: brute force', ['sshd']],
      log: `of bob ${alerts}`,
    })
    return newIngest(bob, clock)([line], { tenant: 'bob' })
  }
  const note = () =>
    bob.transaction(sql =>
      appendEntries(
        sql,
        [{ kind: 'note', tenant: 'bob', actor: 'user:x', subject: 's', body: {} }],
        clock.now(),
      ),
    )
  /** Asks as bob's processes do, until `done` is settled. */
  const watchUntil = async <Result>(done: Promise<Result>): Promise<Result> => {
    let over = false
    const settled = done.finally(() => {
      over = true
    })
    settled.catch(() => {}) // Thrown below.
    while (!over) {
      await endHoldUps(watch)
      await Promise.race([settled.catch(() => {}), new Promise(resolve => setTimeout(resolve, 200))])
    }
    return settled
  }

  beforeAll(async () => {
    test = await openTestDatabase(kind)
    const add = async (id: string) =>
      (
        await test.database.transaction(sql =>
          addTenant(sql, { id, name: id, password: `password-of-${id}` }, 0),
        )
      ).role
    roles = { ann: await add('ann'), bob: await add('bob') }
  })
  beforeEach(() => {
    bob = open('bob')
    watch = open('bob')
  })
  afterEach(async () => {
    await Promise.all(closing.splice(0).map(close => close()))
    await resumeTenant(test.database, 'ann')
  })
  afterAll(() => test?.close())

  it('loses a lock on a shared table in seconds, and after the third may not sign in until the owner says so', async () => {
    for (const mode of ['access exclusive', 'exclusive', 'access exclusive']) {
      const attacker = await session()
      await attacker.ask(`begin; lock table cases, alerts, jobs in ${mode} mode`)
      expect(await watchUntil(takeIn())).toMatchObject({ stored: 1 })
      expect(await attacker.over).toBe(true)
    }
    await expect
      .poll(() => listHoldUps(test.database))
      .toEqual([
        { tenant: 'ann', holdUps: 3, suspendedMs: expect.any(Number), bounded: true },
        { tenant: 'bob', holdUps: 0, suspendedMs: null, bounded: true },
      ])
    await expect(session()).rejects.toThrow('not permitted to log in')
    await test.database.transaction(sql => resumeTenant(sql, 'ann'))
    await session()
  })

  it('loses its place in the row for such a lock, and whoever it waits for keeps working', async () => {
    const atWork = await session('bob')
    await atWork.ask(`begin; delete from cases where id = 'none'`)
    const attacker = await session()
    const asked = attacker.ask('begin; lock table cases in access exclusive mode')
    await expect(Promise.all([watchUntil(takeIn()), asked])).rejects.toThrow(/terminat/)
    expect(await attacker.over).toBe(true)
    await atWork.ask('commit')
    // It is counted once its end is over, and its victim goes on before that.
    await expect
      .poll(async () => (await listHoldUps(test.database)).map(each => each.holdUps))
      .toEqual([1, 0])
  })

  it('does not keep the ledger to itself', async () => {
    const attacker = await session()
    await attacker.ask(`begin; select pg_advisory_xact_lock(${appendLock})`)
    await watchUntil(note())
    expect(await attacker.over).toBe(true)
  })

  it('does not put the blame on another by waiting for it, nor turn the function against the others', async () => {
    const atWork = await session('bob')
    await atWork.ask(`begin; insert into leases (name, owner, until_ms) values ('a:bob', 'x', 0)`)
    const attacker = await session()
    const asked = attacker.ask('begin; lock table leases in share mode').catch(() => {})
    const accuser = open('ann')
    // Longer than anybody is waited for.
    const until = performance.now() + 25_000
    while (performance.now() < until) {
      await endHoldUps(accuser)
      await new Promise(resolve => setTimeout(resolve, 500))
    }
    await atWork.ask('commit')
    await asked
    expect((await listHoldUps(test.database)).find(each => each.tenant === 'bob')?.holdUps).toBe(0)
  })

  it('cannot stop the watching by calling the function in a transaction that it leaves open', async () => {
    const holder = await session()
    await holder.ask('begin; lock table cases in access exclusive mode')
    const victim = takeIn()
    const caller = await session()
    await caller.ask('begin')
    let ended = 0
    while (ended === 0) ended = (await caller.ask('select end_hold_ups() as ended')).rows[0].ended
    expect(await victim).toMatchObject({ stored: 1 })
    const next = await session()
    await next.ask('begin; lock table cases in access exclusive mode')
    expect(await watchUntil(takeIn())).toMatchObject({ stored: 1 })
  })

  it('has no more connections than its share', async () => {
    const [limits] = await test.database.query<{ limit: number; all: number }>(
      `select rolconnlimit as limit, current_setting('max_connections')::int as all from pg_roles where rolname = $1`,
      [roles.ann],
    )
    expect(limits?.limit).toBeGreaterThanOrEqual(20)
    expect(limits?.limit).toBeLessThan((limits?.all ?? 0) * 0.7)
    await changeTenantConnections(test.database, 'ann', 5)
    for (let count = 0; count < 5; count++) await session()
    await expect(session()).rejects.toThrow('too many connections for role')
    await session('bob')
    await changeTenantConnections(test.database, 'ann', limits?.limit ?? 20)
  })
})
