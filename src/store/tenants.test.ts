import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import {
  changeOthers,
  denied,
  fillEveryTable,
  insertForOthers,
  leavePolicies,
  readOthers,
  refusal,
  tenantColumns,
} from '../../test/support/tenant-attack.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { checkLedger } from '../governance/check-ledger.ts'
import { appendEntries, openDatabaseLedger } from '../ledger/database-ledger.ts'
import { claim, enqueue, queueDepth } from '../queue/jobs.ts'
import { connectDatabase, type OpenDatabase } from './connect.ts'
import { dropLease, takeLease } from './leases.ts'
import { addTenant, checkBoundTo, guardTables } from './tenants.ts'

// Two tenants on one database, and one of them tries everything. The tables come from the catalogue: a new one is
// attacked without anybody having to think of it, and one that nobody decided about fails.

const clock = { now: Date.now }

describe.each(databaseKinds)('tenants on the %s database', kind => {
  let test: TestDatabase
  let ann: OpenDatabase
  let bob: OpenDatabase
  const opened: OpenDatabase[] = []
  /** By table, its column that says whose a row is. */
  let tables: ReadonlyMap<string, string>

  const open = (user: string, password: string) => {
    const database = connectDatabase({
      connection: { ...test.connection, user, password },
      maxConnections: 4,
      rowSecurity: true,
      onIdleError: () => {},
    })
    opened.push(database)
    return database
  }

  beforeAll(async () => {
    test = await openTestDatabase(kind)
    const add = async (id: string) => {
      const password = `password-of-${id}`
      const tenant = await test.database.transaction(sql => addTenant(sql, { id, name: id, password }, 0))
      return open(tenant.role, password)
    }
    ann = await add('ann')
    bob = await add('bob')
    tables = await tenantColumns(test.database)
    await fillEveryTable(test.database, tables, ['ann', 'bob'])
  })

  afterAll(async () => {
    await Promise.all(opened.map(database => database.close()))
    await test.close()
  })

  const attack = () => ({ owner: test.database, tenant: ann, id: 'ann', other: 'bob', tables })

  it('knows every table: each is guarded, and holds rows of both tenants for what follows', async () => {
    const all = await test.database.query<{ name: string; secure: boolean; policies: number }>(
      `select c.relname as name, c.relrowsecurity as secure,
         (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    )
    expect(all.length).toBeGreaterThan(60)
    expect(all.filter(table => !table.secure).map(table => table.name)).toEqual([])
    const without = all.filter(table => table.policies !== 1).map(table => table.name)
    expect(without.sort()).toEqual(['hold_ups', 'tenants'])
    const unattacked = all.map(table => table.name).filter(name => !tables.has(name))
    expect(unattacked.sort()).toEqual(['hold_ups', 'leases', 'migrations', 'tenants'])
  })

  it('shows a tenant its own rows of every table and no others, though it asks for the others by name', () =>
    readOthers(attack()))

  it('lets a tenant change and delete nothing of another’s, in any table', () => changeOthers(attack()))

  it('lets a tenant put nothing into another’s, in any table', () => insertForOthers(attack()))

  it('lets a tenant leave its policies by no way that SQL has', () => leavePolicies(attack()))

  it('a table that nobody decided about stops the start; one with a tenant is guarded as it is made', async () => {
    await test.database.query('create table undecided (id text)')
    await expect(test.database.transaction(guardTables)).rejects.toThrow(
      'the table undecided has no column tenant_id',
    )
    expect(await refusal(ann, 'select * from undecided')).toMatch(denied)
    await test.database.query('drop table undecided')
    await test.database.query('create table fresh (tenant_id text not null, id text)')
    // Until then it is out of reach altogether.
    expect(await refusal(ann, 'select * from fresh')).toMatch(denied)
    await test.database.transaction(guardTables)
    await test.database.query(`insert into fresh values ('ann', '1'), ('bob', '2')`)
    expect(await ann.query('select id from fresh')).toEqual([{ id: '1' }])
    await test.database.query('drop table fresh')
  })

  it('a process starts only as the tenant that its settings name, and only with a role that is bound', async () => {
    await checkBoundTo(ann, 'ann')
    await expect(checkBoundTo(ann, 'bob')).rejects.toThrow(`does not sign in as tenant 'bob' (ann)`)
    await expect(checkBoundTo(test.database, 'ann')).rejects.toThrow('no tenant')
    const [row] = await test.database.query<{ role: string }>(
      `select role::text from tenants where id = 'bob'`,
    )
    await test.database.query(`alter role "${row?.role}" bypassrls`)
    await expect(checkBoundTo(bob, 'bob')).rejects.toThrow('could reach other tenants')
    await test.database.query(`alter role "${row?.role}" nobypassrls`)
    await checkBoundTo(bob, 'bob')
  })

  it('takes alerts in, groups them and queues their work for each tenant alone', async () => {
    const line = (host: string) =>
      wazuhLine({ host, rule: ['5712', 10, 'sshd: brute force', ['sshd']], log: `of ${host}` })
    const [ofAnn, ofBob] = [newIngest(ann, clock), newIngest(bob, clock)]
    const [a, b] = ['ann', 'bob'].map(tenant => ({ tenant }))
    expect(await ofAnn([line('same-host')], a)).toMatchObject({ stored: 1 })
    // The same alert of another tenant is another alert, and another case.
    expect(await ofBob([line('same-host')], b)).toMatchObject({ stored: 1 })
    expect(await ofAnn([line('same-host')], a)).toMatchObject({ stored: 0, duplicates: 1 })
    // A mistake in our own code that names another tenant gets an error, not their data.
    await expect(ofAnn([line('smuggled')], b)).rejects.toThrow(/row-level security/)
    const hosts = await ann.query<{ hosts: string[] }>(`select hosts from cases where hosts <> '{}'`)
    expect(hosts).toEqual([{ hosts: ['same-host'] }])
    const jobs = await claim(bob, 'case-investigate', {
      limit: 9,
      leaseMs: 600_000,
      nowMs: Number.MAX_SAFE_INTEGER,
    })
    expect(jobs.map(job => job.tenant)).toEqual(['bob'])
    expect((await queueDepth(ann)).filter(({ kind: job }) => job === 'case-investigate')).toMatchObject([
      { state: 'ready', count: 1 },
    ])
    await expect(
      enqueue(ann, 'bob', [{ kind: 'case-investigate', key: 'x', payload: {} }], 0),
    ).rejects.toThrow(/row-level security/)
  })

  it('lets each lead its own work', async () => {
    expect(await takeLease(ann, 'retention', 'process-1', 60_000)).toBe(true)
    expect(await takeLease(ann, 'retention', 'process-2', 60_000)).toBe(false)
    expect(await takeLease(bob, 'retention', 'process-3', 60_000)).toBe(true)
    await ann.query('delete from leases')
    expect(await takeLease(bob, 'retention', 'process-4', 60_000)).toBe(false)
    await dropLease(bob, 'retention', 'process-3')
  })

  it('lets a tenant take no number of the ledger that leaves the others none', async () => {
    const highest = `insert into ledger (seq, at, kind, tenant, actor, subject, body, prev, hash)
      values (9223372036854775807, now(), 'note', 'ann', 'x', 'x', '{}', 'x', 'the last')`
    await expect(ann.query(highest)).rejects.toThrow(/row-level security/)
    const note = { kind: 'note', tenant: 'bob', actor: 'user:x', subject: 's', body: {} } as const
    await bob.transaction(sql => appendEntries(sql, [note], clock.now()))
  })

  it('keeps one ledger: each tenant appends to it, reads its own entries, and can verify them', async () => {
    await test.database.query('alter table ledger disable trigger all')
    await test.database.query('truncate ledger')
    await test.database.query('alter table ledger enable trigger all')
    const write = (on: OpenDatabase, tenant: string, text: string) =>
      on.transaction(sql =>
        appendEntries(
          sql,
          [{ kind: 'note', tenant, actor: 'user:x', subject: 's', body: { text } }],
          Date.now(),
        ),
      )
    for (let round = 0; round < 3; round++) {
      await write(ann, 'ann', `ann ${round}`)
      await write(bob, 'bob', `bob ${round}`)
    }
    await expect(write(ann, 'bob', 'forged')).rejects.toThrow(/row-level security/)
    const read = await Array.fromAsync(openDatabaseLedger(ann, clock).read({ fromSeq: 1, toSeq: 99 }))
    expect(new Set(read.map(entry => entry.tenant))).toEqual(new Set(['', 'ann']))
    const check = (on: OpenDatabase) =>
      checkLedger(openDatabaseLedger(on, clock), Date.now() + 1000, AbortSignal.timeout(300_000))
    expect(await check(ann)).toMatchObject({ firstBadSeq: null })
    expect(await check(bob)).toMatchObject({ firstBadSeq: null })
    expect(await check(test.database)).toMatchObject({ verified: 7, firstBadSeq: null })
    // What was cut out, or changed, of another tenant's or one's own still shows.
    await test.database.query('alter table ledger disable trigger all')
    await test.database.query(`delete from ledger where seq = 3`)
    expect((await check(ann)).firstBadSeq).toBe(4)
  })
})
