import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newIngest } from '../../../test/support/new-ingest.ts'
import { databaseKinds } from '../../../test/support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../../../test/support/postgres-server.ts'
import { runCommand } from '../../../test/support/run-command.ts'
import { attackAsTenant, fillEveryTable, tenantColumns } from '../../../test/support/tenant-attack.ts'
import { startTocsin } from '../../../test/support/tocsin-process.ts'
import { wazuhLine } from '../../../test/support/wazuh-alert.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { connectDatabase, type OpenDatabase } from '../../store/connect.ts'
import { checkBoundTo, listTenants } from '../../store/tenants.ts'

// An MSSP's server burns down: its backup goes onto a second PostgreSQL server, where the tenants' processes start again,
// and one of them then tries everything against the other.

const tenants = ['ann', 'bob'] as const

describe.skipIf(!databaseKinds.includes('server'))(
  'a database with tenants, restored on a second server',
  () => {
    let folder: string
    let first: PostgresServer
    let second: PostgresServer
    const opened: OpenDatabase[] = []
    let before: ReadonlyMap<string, readonly string[]>
    let owner: OpenDatabase
    /** By tenant, the address that `tocsin restore` printed. */
    const urls = new Map<string, string>()

    const open = (url: string, rowSecurity = false) => {
      const connection = { connectionString: url }
      const database = connectDatabase({ connection, maxConnections: 4, rowSecurity, onIdleError: () => {} })
      opened.push(database)
      return database
    }
    const at = (server: PostgresServer | undefined, data: string) => {
      vi.stubEnv('DATABASE_URL', server?.url ?? '')
      vi.stubEnv('TOCSIN_DATA', join(folder, data))
    }
    const backup = () => join(folder, 'backup')

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tocsin-restore-tenants-'))
      chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
      ;[first, second] = (await Promise.all(
        ['db1-', 'db2-'].map(name => startPostgresServer(mkdtempSync(join(folder, name)))),
      )) as [PostgresServer, PostgresServer]
      at(first, 'owner')
      for (const tenant of tenants) {
        const added = await runCommand<{ database_url: string }>(['tenant', 'add', tenant, '--json'])
        expect(added.code, added.stderr).toBe(0)
        await takeIn(open(added.records[0]?.database_url ?? '', true), tenant)
      }
      before = await rowsOf(open(first.url))
      const made = await runCommand(['backup', backup(), '--without-keys'])
      expect(made.code, made.stderr).toBe(0)
      expect(made.stderr).toContain('ann, bob')

      // A role of that name is there already, and nobody can tell whose it is.
      owner = open(second.url)
      await owner.query('create role "tocsin-postgres-bob" login superuser')
      at(second, 'owner')
      type Restored = { tenants: { tenant: string; database_url: string }[]; compared: number }
      const restored = await runCommand<Restored>(['restore', backup(), '--json'])
      expect(restored.code, restored.stderr).toBe(0)
      expect(restored.records[0]?.compared).toBe(
        [...before].reduce((sum, [table, rows]) => sum + (table === 'migrations' ? 0 : rows.length), 0),
      )
      for (const each of restored.records[0]?.tenants ?? []) urls.set(each.tenant, each.database_url)
      vi.unstubAllEnvs()
    })
    afterEach(() => vi.unstubAllEnvs())
    afterAll(async () => {
      await Promise.all(opened.map(database => database.close()))
      await Promise.all([first?.stop(), second?.stop()])
      rmSync(folder, { recursive: true, force: true })
    })

    it('holds the same rows, one by one', async () => {
      const after = await rowsOf(owner)
      expect([...after.keys()]).toEqual([...before.keys()])
      for (const [table, rows] of before) {
        // The roles are of this server; the ledger says at its end that a backup was restored.
        if (['tenants', 'migrations'].includes(table)) continue
        const found = after.get(table) ?? []
        expect([table, table === 'ledger' ? found.slice(0, rows.length) : found]).toEqual([table, rows])
      }
      expect(before.get('alerts')?.length).toBe(6)
      expect(after.get('ledger')?.length).toBe((before.get('ledger')?.length ?? 0) + 1)
    })

    it('has a role for each tenant, bound to it, and took over none that was there', async () => {
      const roles = new Map((await listTenants(owner)).map(({ id, role }) => [id, role]))
      expect(roles.get('ann')).toBe('tocsin-postgres-ann')
      expect(roles.get('bob')).toMatch(/^tocsin-postgres-bob-[0-9a-f]{8}$/)
      for (const tenant of tenants) await checkBoundTo(open(urls.get(tenant) ?? '', true), tenant)
      const unguarded = await owner.query(
        `select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`,
      )
      expect(unguarded).toEqual([])
    })

    it('is worked on by each tenant’s own processes, and by no other’s', async () => {
      const start = (tenant: string, url: string) =>
        startTocsin(['worker'], {
          DATABASE_URL: url,
          TOCSIN_TENANT: tenant,
          TOCSIN_DATA: join(folder, tenant),
          TOCSIN_PORT: '0',
          TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411',
        })
      const workers = tenants.map(tenant => start(tenant, urls.get(tenant) ?? ''))
      try {
        await Promise.all(workers.map(worker => worker.seen(/working/)))
        for (const tenant of tenants)
          await expect
            .poll(() =>
              owner.query('select from briefs where tenant_id = $1', [tenant]).then(rows => rows.length > 0),
            )
            .toBe(true)
      } finally {
        await Promise.all(workers.map(worker => worker.end('SIGTERM')))
      }
      const stranger = start('ann', urls.get('bob') ?? '')
      await stranger.seen(/does not sign in as tenant/)
      await expect.poll(() => stranger.child.exitCode).toBe(1)
    })

    it('gives a role another password when it is asked to', async () => {
      at(second, 'owner')
      const password = () =>
        owner.query(`select rolpassword from pg_authid where rolname = 'tocsin-postgres-ann'`)
      const old = await password()
      const renewed = await runCommand<{ database_url: string }>(['tenant', 'password', 'ann', '--json'])
      expect(renewed.code, renewed.stderr).toBe(0)
      expect(await password()).not.toEqual(old)
      expect(renewed.records[0]?.database_url).not.toBe(urls.get('ann'))
      await checkBoundTo(open(renewed.records[0]?.database_url ?? '', true), 'ann')
      expect((await runCommand(['tenant', 'password', 'carol'])).stderr).toContain(`no tenant 'carol'`)
      // A tenant's own process reaches neither roles nor backups.
      vi.stubEnv('TOCSIN_TENANT', 'ann')
      vi.stubEnv('DATABASE_URL', urls.get('ann') ?? '')
      for (const args of [
        ['tenant', 'password', 'bob'],
        ['backup', join(folder, 'mine'), '--without-keys'],
        ['restore', backup()],
      ])
        expect(await runCommand(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('owner') })
    })

    it('goes into no embedded database, and to nobody who may not make roles', async () => {
      at(undefined, 'embedded')
      mkdirSync(join(folder, 'embedded'))
      cpSync(join(folder, 'owner', 'master.key'), join(folder, 'embedded', 'master.key'))
      const embedded = await runCommand(['restore', backup()])
      expect(embedded).toMatchObject({ code: 2, stderr: expect.stringContaining('set DATABASE_URL') })

      await owner.query('create role plain login')
      await owner.query('create database plain owner plain')
      vi.stubEnv('DATABASE_URL', second.url.replace('//tocsin@', '//plain@').replace('/postgres?', '/plain?'))
      const plain = await runCommand(['restore', backup()])
      expect(plain).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('alter role "plain" createrole'),
      })
      const there = open(second.url.replace('/postgres?', '/plain?'))
      expect(await there.query(`select from pg_tables where schemaname = 'public'`)).toEqual([])
    })

    it('lets neither tenant reach anything of the other, by whatever way', async () => {
      const tables = await tenantColumns(owner)
      await fillEveryTable(owner, tables, tenants)
      for (const [id, other] of [tenants, [...tenants].reverse()] as [string, string][])
        await attackAsTenant({ owner, tenant: open(urls.get(id) ?? '', true), id, other, tables })
    })
  },
)

/** Alerts, their cases and work, a data key and what the ledger keeps, as a tenant's processes write them. */
async function takeIn(database: OpenDatabase, tenant: string): Promise<void> {
  const clock = { now: Date.now }
  const line = (host: string, number: number) =>
    wazuhLine({
      id: `1770000000.${number}`,
      host,
      rule: ['5712', 10, 'sshd: brute force', ['sshd']],
      log: `of ${tenant} on ${host}`,
    })
  const stored = await newIngest(database, clock)(['a', 'b', 'c'].map(line), { tenant })
  expect(stored).toMatchObject({ stored: 3 })
  await database.transaction(async sql => {
    await sql.query(`insert into data_keys (tenant, case_id, wrapped) values ($1, 'case', '\\x00ff')`, [
      tenant,
    ])
    const note = { kind: 'note', tenant, actor: 'user:x', subject: 's', body: { text: tenant } } as const
    await appendEntries(sql, [note, note], clock.now())
  })
}

/** Every row of every table, as another way than COPY gives it. */
async function rowsOf(database: OpenDatabase): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ('leases', 'sessions', 'stored_objects')
     order by relname`,
  )
  const found = new Map<string, string[]>()
  for (const { name } of tables) {
    const order = name === 'ledger' ? 'seq' : '1'
    const rows = await database.query<{ row: string }>(
      `select t::text as row from "${name}" t order by ${order}`,
    )
    found.set(
      name,
      rows.map(({ row }) => row),
    )
  }
  return found
}
