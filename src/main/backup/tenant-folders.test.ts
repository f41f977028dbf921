import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { apiPerson, until } from '../../../test/support/api-person.ts'
import { consolePassword } from '../../../test/support/console-visit.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { databaseKinds } from '../../../test/support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../../../test/support/postgres-server.ts'
import { runCommand } from '../../../test/support/run-command.ts'
import { startTocsin } from '../../../test/support/tocsin-process.ts'
import { checkLedger } from '../../governance/check-ledger.ts'
import { openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { connectDatabase, type OpenDatabase } from '../../store/connect.ts'

// An MSSP loses its database server and the machine of one customer. The owner has one backup, the customer its file of keys:
// together they bring back who may sign in, what the ledger says, and what the customer's data folder held.

const files: Readonly<Record<string, string>> = {
  'models.yaml': 'models: []\n',
  'policy.yaml': '{ version: 1, rules: [] } # 1\n',
  'response.yaml': '{} # nothing of its own\n',
  'documents/runbooks/vpn.md': '# The VPN of ann, which nobody else knows of\n',
  'yara/ours.yar': 'rule ours { condition: true }\n',
}
const clock = { now: Date.now }

describe.skipIf(!databaseKinds.includes('server'))('the data folder of a tenant', () => {
  let folder: string
  let first: PostgresServer
  let second: PostgresServer
  const opened: OpenDatabase[] = []
  const urls = new Map<string, string>()

  const open = (url: string, rowSecurity = false) => {
    const connection = { connectionString: url }
    const database = connectDatabase({ connection, maxConnections: 2, rowSecurity, onIdleError: () => {} })
    opened.push(database)
    return database
  }
  const asOwner = (server: PostgresServer) => {
    vi.unstubAllEnvs()
    vi.stubEnv('DATABASE_URL', server.url)
    vi.stubEnv('TOCSIN_DATA', join(folder, 'owner'))
  }
  const asTenant = (tenant: string, data = tenant) => {
    vi.unstubAllEnvs()
    vi.stubEnv('DATABASE_URL', urls.get(tenant) ?? '')
    vi.stubEnv('TOCSIN_TENANT', tenant)
    vi.stubEnv('TOCSIN_DATA', join(folder, data))
  }
  const at = (name: string) => join(folder, name)
  const done = async (args: readonly string[]) => {
    const run = await runCommand(args)
    expect(run.code, `${args.join(' ')}: ${run.stderr}`).toBe(0)
    return run
  }
  const start = async (tenant: string, data: string) => {
    const port = await freePort()
    const program = startTocsin(['up'], {
      DATABASE_URL: urls.get(tenant) ?? '',
      TOCSIN_TENANT: tenant,
      TOCSIN_DATA: join(folder, data),
      TOCSIN_PORT: String(port),
    })
    await program.seen(/ready on/)
    return { program, base: `http://127.0.0.1:${port}` }
  }
  const put = (data: string, texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, data, name)), { recursive: true })
      writeFileSync(join(folder, data, name), text)
    }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-folders-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    ;[first, second] = (await Promise.all(
      ['db1-', 'db2-'].map(name => startPostgresServer(mkdtempSync(join(folder, name)))),
    )) as [PostgresServer, PostgresServer]
    asOwner(first)
    for (const tenant of ['ann', 'bob']) {
      const added = await done(['tenant', 'add', tenant, '--json'])
      urls.set(tenant, added.records[0]?.database_url)
    }
    writeFileSync(at('passphrase'), 'a passphrase of ann\n')
  })
  afterEach(() => vi.unstubAllEnvs())
  afterAll(async () => {
    await Promise.all(opened.map(database => database.close()))
    await Promise.all([first?.stop(), second?.stop()])
    rmSync(folder, { recursive: true, force: true })
  })

  it('comes back from the owner’s backup: the tenant signs in, its ledger verifies, its files are there', async () => {
    // The process puts the folder into the database by itself.
    put('ann', files)
    const before = await start('ann', 'ann')
    try {
      const [, password = ''] = await before.program.seen(/one-time password (\S+)/)
      await apiPerson(before.base, 'admin', password)
      const owner = open(first.url)
      await until('the files of ann', async () => {
        const rows = await owner.query(`select from folder_files where tenant_id = 'ann'`)
        return rows.length === Object.keys(files).length ? true : undefined
      })
    } finally {
      await before.program.end('SIGTERM')
    }
    asTenant('ann')
    await done(['backup', 'keys', at('ann.keys'), '--passphrase-file', at('passphrase')])
    asOwner(first)
    const made = await done(['backup', at('backup'), '--without-keys'])
    expect(made.stderr).toContain('of tenant bob no data folder is in it')
    expect(made.stderr).not.toContain('of tenant ann')

    // All of it is lost but the backup, the owner's key and ann's file of keys.
    await first.stop('immediate')
    rmSync(at('ann'), { recursive: true })
    asOwner(second)
    const restored = await done(['restore', at('backup'), '--json'])
    for (const { tenant, database_url } of restored.records[0]?.tenants ?? []) urls.set(tenant, database_url)

    asTenant('ann')
    const keyless = await runCommand(['restore', 'folder'])
    expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining('--keys') })
    expect(existsSync(join(folder, 'ann', 'master.key'))).toBe(false)
    const back = await done([
      ...['restore', 'folder', '--keys', at('ann.keys'), '--passphrase-file', at('passphrase'), '--json'],
    ])
    expect(back.records).toEqual([{ written: Object.keys(files).length, stayed: 0 }])
    for (const [name, text] of Object.entries(files)) {
      expect([name, readFileSync(join(folder, 'ann', name), 'utf8')]).toEqual([name, text])
      expect(statSync(join(folder, 'ann', name)).mode & 0o777).toBe(0o600)
    }

    const after = await start('ann', 'ann')
    try {
      const admin = await apiPerson(after.base, 'admin', consolePassword)
      expect((await admin('GET', '/api/cases')).status).toBe(200)
    } finally {
      await after.program.end('SIGTERM')
    }
    const ledger = openDatabaseLedger(open(urls.get('ann') ?? '', true), clock)
    const checked = await checkLedger(ledger, Number.MAX_SAFE_INTEGER, AbortSignal.timeout(300_000))
    expect(checked.firstBadSeq).toBeNull()
    expect(checked.verified).toBeGreaterThan(1)
  })

  it('says nothing to the owner or to another tenant, not even the name of a file', async () => {
    const owner = open(second.url)
    const rows = await owner.query<{ row: string; sealed: Buffer }>(
      'select f::text as row, sealed from folder_files f',
    )
    expect(rows.length).toBe(Object.keys(files).length)
    for (const word of ['models', 'runbooks', 'vpn', 'nobody else', 'condition'])
      for (const { row, sealed } of rows) {
        expect(row).not.toContain(word)
        expect(sealed.includes(word)).toBe(false)
      }
    // With the owner's key, or bob's, they do not open; and bob does not even see them.
    asTenant('ann', 'owner')
    const stranger = await runCommand(['restore', 'folder'])
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('another master key') })
    asTenant('bob')
    put('bob', { 'master.key': readFileSync(at('ann/master.key'), 'utf8') })
    const none = await runCommand(['restore', 'folder'])
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`no file of a data folder of tenant 'bob'`),
    })
  })

  it('goes on with what changes: newer content, files that are gone, a second machine of the same tenant', async () => {
    asTenant('ann')
    const keep = async (data: string) => {
      asTenant('ann', data)
      return (await done(['backup', 'folder', '--json'])).records[0]
    }
    expect(await keep('ann')).toMatchObject({ files: 5, written: 0, tooLarge: [] })
    put('ann', { 'policy.yaml': '{ version: 1, rules: [] } # 2\n' })
    rmSync(join(folder, 'ann', 'yara/ours.yar'))
    expect(await keep('ann')).toMatchObject({ files: 4, written: 1 })
    // A machine with an older policy and a document of its own puts the one there and leaves the other.
    put('ann-2', {
      'master.key': readFileSync(at('ann/master.key'), 'utf8'),
      'policy.yaml': '{ version: 1, rules: [] } # 0\n',
      'documents/second.md': 'of the second machine\n',
    })
    utimesSync(join(folder, 'ann-2', 'policy.yaml'), 1000, 1000)
    expect(await keep('ann-2')).toMatchObject({ files: 2, written: 1 })
    put('ann-3', {
      'master.key': readFileSync(at('ann/master.key'), 'utf8'),
      'models.yaml': 'models: [] # mine\n',
    })
    asTenant('ann', 'ann-3')
    expect((await done(['restore', 'folder', '--json'])).records).toEqual([{ written: 4, stayed: 1 }])
    const found = (name: string) => readFileSync(join(folder, 'ann-3', name), 'utf8')
    expect(found('policy.yaml')).toBe('{ version: 1, rules: [] } # 2\n')
    expect(found('documents/second.md')).toBe('of the second machine\n')
    expect(found('models.yaml')).toBe('models: [] # mine\n')
    expect(existsSync(join(folder, 'ann-3', 'yara/ours.yar'))).toBe(false)
    // Whoever has no tenants has the folder in the backup itself.
    asOwner(second)
    for (const args of [
      ['backup', 'folder'],
      ['restore', 'folder'],
    ])
      expect(await runCommand(args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('TOCSIN_TENANT'),
      })
  })
})
