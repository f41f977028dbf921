import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { databaseKinds } from '../../test/support/postgres.ts'
import { startPostgresServer } from '../../test/support/postgres-server.ts'
import { runCommand } from '../../test/support/run-command.ts'
import { startTocsin } from '../../test/support/tocsin-process.ts'
import { totpContext } from '../accounts/proof.ts'
import { openContent, sealContent } from '../ledger/sealed-content.ts'
import { openDatabaseDataKeys, openFileDataKeys } from '../ledger/stored-data-keys.ts'
import { systemClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { openEnvelope, sealEnvelope } from '../lib/envelope.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { Secret } from '../lib/secret.ts'
import { targetContext } from '../notify/target.ts'
import { connectDatabase, type OpenDatabase } from '../store/connect.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { migrate } from '../store/migrate.ts'
import { saveChannel } from '../store/notifications.ts'
import { factorsOfUser, insertFactor } from '../store/second-factors.ts'
import { insertUser } from '../store/users.ts'
import { databaseVaults } from './database-vaults.ts'

const tenant = 'default'
const caseId = 'case-1'
/** The advisory lock of the ledger: whoever holds it stops a rotation after its last row, before its record. */
const appendLock = 7_230_411

const vaultsOf = (database: Database, key: Buffer) =>
  databaseVaults({ database, key, clock: systemClock, random: randomBytes, daysKept: 30 })

describe('tocsin keys rotate', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-rotate-'))
  const fileKeys = join(dataDir, 'ledger', 'data-keys.json')
  const oldText = randomBytes(32).toString('base64')
  const newText = randomBytes(32).toString('base64')
  const oldFile = join(dataDir, 'old.key')
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>
  let database: OpenDatabase
  let oldKey: Buffer
  let newKey: Buffer
  let sealed: Awaited<ReturnType<typeof sealContent>>
  let sealedInFile: Awaited<ReturnType<typeof sealContent>>

  beforeAll(async () => {
    writeFileSync(oldFile, `${oldText}\n`)
    oldKey = await loadMasterKey(new Secret(oldText), '')
    newKey = await loadMasterKey(new Secret(newText), '')
    const signal = AbortSignal.timeout(300_000)
    server = await startEmbeddedPostgres({ dataDir, onProgress: () => {}, signal })
    database = connectDatabase({ connection: server.connection, maxConnections: 6, onIdleError: () => {} })
    await migrate(database)
    const user = { id: 'user_1', username: 'ann', displayName: 'Ann', role: 'analyst' } as const
    await insertUser(database, tenant, { ...user, passwordHash: 'x', mustChangePassword: false }, 1)
  })
  afterAll(async () => {
    await database.close()
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  afterEach(() => vi.unstubAllEnvs())

  /** One of everything that a master key seals, under the old one. */
  beforeEach(async () => {
    vi.stubEnv('TOCSIN_DATA', dataDir)
    vi.stubEnv('TOCSIN_MASTER_KEY', newText)
    for (const table of ['data_keys', 'vaults', 'second_factors', 'notification_channels'])
      await database.query(`delete from ${table}`)
    rmSync(fileKeys, { force: true })
    const keys = openDatabaseDataKeys(database, oldKey)
    sealed = await sealContent(keys, tenant, caseId, 'what the model was asked')
    await keys.keyOf(tenant, 'case-2')
    await keys.keyOf(tenant, 'case-3')
    await keys.erase(tenant, 'case-3')
    sealedInFile = await sealContent(openFileDataKeys(fileKeys, oldKey), tenant, 'offline', 'asked offline')
    for (const id of [caseId, 'case-2'])
      await vaultsOf(database, oldKey).change(tenant, id, vault =>
        vault.issue('', `srv-${id}`, () => 'HOST-1'),
      )
    await insertFactor(database, tenant, {
      id: 'factor_1',
      userId: 'user_1',
      kind: 'totp',
      name: 'App',
      createdMs: 1,
      confirmedMs: 2,
      lastUsedMs: null,
      credentialId: null,
      publicKey: null,
      signCount: null,
      transports: null,
      sealedSecret: sealEnvelope(oldKey, 'totp-seed', totpContext(tenant, 'user_1')),
    })
    await saveChannel(database, tenant, {
      id: 'channel_1',
      kind: 'slack',
      name: 'SOC',
      events: [],
      minimumSeverity: 0,
      detail: 'link',
      enabled: true,
      shown: 'slack',
      createdMs: 1,
      createdBy: 'user_1',
      sealedTarget: sealEnvelope(oldKey, 'hook-address', targetContext(tenant, 'channel_1')),
    })
  })

  const rotate = (oldKeys = [oldFile]) =>
    runCommand(['keys', 'rotate', ...oldKeys.flatMap(file => ['--old-master-key', file]), '--json'])
  const everything = { data_keys: 2, vaults: 2, totp_secrets: 1, notification_targets: 1, file_data_keys: 1 }
  const nothing = Object.fromEntries(Object.keys(everything).map(kind => [kind, 0]))

  /** Everything as it lies there, byte for byte, and the ledger's records of rotations. */
  async function stored() {
    const rows = await Promise.all(
      [
        'select * from data_keys order by 1, 2',
        'select * from vaults order by 1, 2',
        'select * from second_factors order by 1, 2',
        'select * from notification_channels order by 1, 2',
        `select seq from ledger where subject = 'master-key'`,
      ].map(text => database.query(text)),
    )
    return JSON.stringify([rows, readFileSync(fileKeys, 'utf8')])
  }

  /** What a process with this key reads. */
  async function readWith(key: Buffer) {
    const keys = openDatabaseDataKeys(database, key)
    const [factor] = await factorsOfUser(database, tenant, 'user_1')
    const [channel] = await database.query<{ target: string }>(
      'select sealed_target as target from notification_channels',
    )
    return {
      content: (await openContent(keys, tenant, caseId, sealed)).toString(),
      offline: (
        await openContent(openFileDataKeys(fileKeys, key), tenant, 'offline', sealedInFile)
      ).toString(),
      vaults: await Promise.all(
        [caseId, 'case-2'].map(async id =>
          (await vaultsOf(database, key).read({ tenant, caseId: id }))
            .serialize()
            .entries.map(each => each[2]),
        ),
      ),
      totp: openEnvelope(key, factor?.sealedSecret ?? '', totpContext(tenant, 'user_1')),
      target: openEnvelope(key, channel?.target ?? '', targetContext(tenant, 'channel_1')),
    }
  }
  const readable = {
    content: 'what the model was asked',
    offline: 'asked offline',
    vaults: [['srv-case-1'], ['srv-case-2']],
    totp: 'totp-seed',
    target: 'hook-address',
  }
  const records = () =>
    database.query<{ actor: string; body: unknown }>(
      `select actor, body from ledger where subject = 'master-key' order by seq`,
    )

  it('moves everything, once, on record, and shows none of it', async () => {
    expect(await readWith(oldKey)).toEqual(readable)
    const before = (await records()).length
    const done = await rotate()
    expect(done, done.stderr).toMatchObject({ code: 0, records: [{ moved: everything }] })
    expect(await readWith(newKey)).toEqual(readable)
    await expect(readWith(oldKey)).rejects.toMatchObject({ code: 'cannot-open' })
    // What was erased stays so.
    await expect(openDatabaseDataKeys(database, newKey).keyOf(tenant, 'case-3')).rejects.toMatchObject({
      code: 'key-erased',
    })
    expect((await records()).slice(before)).toEqual([
      { actor: 'command-line', body: { setting: 'master-key', moved: everything } },
    ])
    expect(done.stdout + done.stderr).not.toMatch(/totp-seed|hook-address|srv-/)
    const after = await stored()
    expect((await rotate()).records).toEqual([{ moved: nothing }])
    expect(await stored()).toBe(after)
  })

  it('goes on where it was interrupted between the database and the file, and with what came under the old key since', async () => {
    const ofBefore = readFileSync(fileKeys)
    expect((await rotate()).code).toBe(0)
    writeFileSync(fileKeys, ofBefore)
    await openDatabaseDataKeys(database, oldKey).keyOf(tenant, 'case-4')
    const again = await rotate()
    expect(again.records).toEqual([{ moved: { ...nothing, file_data_keys: 1, data_keys: 1 } }])
    expect(await readWith(newKey)).toEqual(readable)
  })

  it('changes nothing with a wrong old key, and names what it cannot open', async () => {
    const wrong = join(dataDir, 'wrong.key')
    writeFileSync(wrong, randomBytes(32).toString('base64'))
    const before = await stored()
    const refused = await rotate([wrong])
    expect(refused).toMatchObject({ code: 1, records: [] })
    for (const name of [
      ...['the data key of default/case-1', 'the data key of default/case-2', 'offline', 'data-keys.json'],
      ...['the vault ', 'of account user_1', 'notification channel "SOC" (channel_1)'],
    ])
      expect(refused.stderr).toContain(name)
    expect(refused.stderr).not.toContain('case-3')
    expect(await stored()).toBe(before)
    // Beside the right one it does no harm.
    expect((await rotate([wrong, oldFile])).records).toEqual([{ moved: everything }])
  })

  it('changes nothing where a single row does not open, and names that one', async () => {
    const target = sealEnvelope(oldKey, 'stolen', targetContext(tenant, 'channel_2'))
    await database.query('update notification_channels set sealed_target = $1', [target])
    const before = await stored()
    const refused = await rotate()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/opens the target of notification channel "SOC" \(channel_1\): give/)
    expect(await stored()).toBe(before)
  })

  it('does not put one vault over another of the same case', async () => {
    await vaultsOf(database, newKey).change(tenant, caseId, vault => vault.issue('', 'other', () => 'HOST-1'))
    const before = await stored()
    const refused = await rotate()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('its case has one under the present key already')
    expect(await stored()).toBe(before)
  })

  it('leaves everything as it was when it is killed in the middle, and is run again', async () => {
    const before = await stored()
    let ended: number | null = 0
    await database.transaction(async sql => {
      await sql.query('select pg_advisory_xact_lock($1)', [appendLock])
      const settings = { TOCSIN_DATA: dataDir, TOCSIN_MASTER_KEY: newText }
      const program = startTocsin(['keys', 'rotate', '--old-master-key', oldFile], settings)
      // Every row is moved when it waits here.
      await vi.waitFor(
        async () => {
          expect(program.child.exitCode, program.output()).toBeNull()
          // By this very connection, which PostgreSQL would end if it stood idle in its transaction for long.
          const waiting = await sql.query(
            `select from pg_locks where locktype = 'advisory' and objid = $1 and not granted`,
            [appendLock],
          )
          expect(waiting).toHaveLength(1)
        },
        { timeout: 300_000, interval: 50 },
      )
      ended = await program.end('SIGKILL')
    })
    expect(ended).toBeNull()
    expect(await stored()).toBe(before)
    expect(await readWith(oldKey)).toEqual(readable)
    const again = await rotate()
    expect(again, again.stderr).toMatchObject({ code: 0, records: [{ moved: everything }] })
    expect(await readWith(newKey)).toEqual(readable)
  })

  it('refuses while Tocsin runs on the database, which would go on with the old key', async () => {
    const stop = new AbortController()
    const before = await stored()
    let listening = () => {}
    const begun = new Promise<void>(resolve => {
      listening = resolve
    })
    const running = database.listen('tocsin_events', () => {}, listening, stop.signal)
    try {
      await begun
      const refused = await rotate()
      expect(refused.code).toBe(1)
      expect(refused.stderr).toMatch(/connections: 1\).*Stop/)
      expect(await stored()).toBe(before)
    } finally {
      stop.abort()
      await running.catch(() => {})
    }
    await vi.waitFor(async () => expect((await rotate()).code).toBe(0), { timeout: 300_000, interval: 50 })
  })

  it('takes no present key for an old one, and needs one', async () => {
    writeFileSync(join(dataDir, 'same.key'), newText)
    expect((await rotate([join(dataDir, 'same.key')])).stderr).toContain('is the present one')
    expect((await rotate([])).code).toBe(2)
    expect((await rotate([join(dataDir, 'none.key')])).code).toBe(2)
    expect(await readWith(oldKey)).toEqual(readable)
  })
})

it.skipIf(!databaseKinds.includes('server'))(
  'moves what is its own tenant’s only, signed in as that tenant, whoever else runs',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-rotate-tenants-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    const server = await startPostgresServer(mkdtempSync(join(folder, 'db-')))
    const connect = (connection: typeof server.connection) =>
      connectDatabase({ connection, maxConnections: 2, onIdleError: () => {} })
    const owner = connect(server.connection)
    const stop = new AbortController()
    try {
      vi.stubEnv('TOCSIN_DATA', folder)
      vi.stubEnv('DATABASE_URL', server.url)
      const urls = new Map<string, string>()
      for (const id of ['acme', 'globex']) {
        const added = await runCommand<{ database_url: string }>(['tenant', 'add', id, '--json'])
        urls.set(id, added.records[0]?.database_url ?? '')
      }
      const oldText = randomBytes(32).toString('base64')
      const oldKey = await loadMasterKey(new Secret(oldText), '')
      for (const id of ['acme', 'globex']) {
        await openDatabaseDataKeys(owner, oldKey).keyOf(id, caseId)
        await vaultsOf(owner, oldKey).change(id, caseId, vault => vault.issue('', id, () => 'HOST-1'))
      }
      // The other tenant's processes run on.
      const other = connect({ connectionString: urls.get('globex') })
      const running = new Promise<void>(resolve => {
        void other.listen('tocsin_events', () => {}, resolve, stop.signal).finally(() => other.close())
      })
      await running
      const ofGlobex = () =>
        owner.query(
          `select d.wrapped, v.scope, v.data from data_keys d, vaults v where d.tenant = 'globex' and v.tenant_id = 'globex'`,
        )
      const before = await ofGlobex()
      writeFileSync(join(folder, 'old.key'), oldText)
      vi.stubEnv('TOCSIN_TENANT', 'acme')
      vi.stubEnv('DATABASE_URL', urls.get('acme') ?? '')
      const newText = randomBytes(32).toString('base64')
      vi.stubEnv('TOCSIN_MASTER_KEY', newText)
      const done = await runCommand(['keys', 'rotate', '--old-master-key', join(folder, 'old.key'), '--json'])
      expect(done, done.stderr).toMatchObject({ code: 0, records: [{ moved: { data_keys: 1, vaults: 1 } }] })
      expect(before).toHaveLength(1)
      expect(await ofGlobex()).toEqual(before)
      const newKey = await loadMasterKey(new Secret(newText), '')
      expect((await vaultsOf(owner, newKey).read({ tenant: 'acme', caseId })).size).toBe(1)
      expect((await vaultsOf(owner, oldKey).read({ tenant: 'globex', caseId })).size).toBe(1)
    } finally {
      vi.unstubAllEnvs()
      stop.abort()
      await owner.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
