import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { systemClock } from '../lib/clock.ts'
import { connectDatabase } from '../store/connect.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { migrate } from '../store/migrate.ts'

const folder = await mkdtemp(join(tmpdir(), 'tocsin-audit-'))
const data = join(folder, 'data')
const inFolder = (name: string) => join(folder, name)

/** Runs `tocsin audit` on a data directory of its own. */
const audit = (...args: readonly string[]) => runCommand(['audit', ...args])

it('exports, signs and verifies offline, and exits by what it finds', async () => {
  for (const text of ['one', 'two', 'three']) await audit('note', text, '--data', data)
  const exported = await audit('export', '--data', data)
  expect(exported.code).toBe(0)
  await writeFile(inFolder('export.ndjson'), exported.stdout)
  await audit(
    'checkpoint',
    '--data',
    data,
    '--out',
    inFolder('checkpoint.json'),
    '--public-key',
    inFolder('key.pem'),
  )
  const against = ['--checkpoint', inFolder('checkpoint.json'), '--public-key', inFolder('key.pem'), '--json']

  const good = await audit('verify', inFolder('export.ndjson'), ...against)
  expect(good.code).toBe(0)
  const lines = exported.stdout.trim().split('\n')
  const head: unknown = JSON.parse(lines.at(-1) ?? '').hash
  expect(JSON.parse(good.stdout)).toEqual({ ok: true, entries: 5, head, first_bad: null, problems: [] })

  await writeFile(inFolder('edited.ndjson'), exported.stdout.replace('"two"', '"zwei"'))
  const edited = await audit('verify', inFolder('edited.ndjson'), ...against)
  expect(edited.code).toBe(1)
  expect(JSON.parse(edited.stdout)).toMatchObject({ ok: false, first_bad: { seq: 3, kind: 'edit' } })

  await writeFile(inFolder('cut.ndjson'), `${lines.slice(0, 3).join('\n')}\n`)
  const cut = await audit('verify', inFolder('cut.ndjson'), ...against)
  expect(JSON.parse(cut.stdout)).toMatchObject({ first_bad: { seq: 4, kind: 'truncate' } })
})

it('hands a checkpoint to a place out of reach', async () => {
  const place = pathToFileURL(inFolder('kept.ndjson')).href
  const { code, stdout, stderr } = await audit('checkpoint', '--data', data, '--ship', place)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^entry \d+ is kept at file:/)
  await writeFile(inFolder('later.ndjson'), (await audit('export', '--data', data)).stdout)
  const against = ['--checkpoint', inFolder('kept.ndjson')]
  expect((await audit('verify', inFolder('later.ndjson'), ...against)).code).toBe(0)
  expect((await audit('checkpoint', '--data', data, '--ship', 'gopher://x')).code).toBe(2)
})

it('keeps the signing key from everybody but its owner, and out of what it prints', async () => {
  const pem = await readFile(join(data, 'ledger', 'signing-key.pem'), 'utf8')
  const secret = pem.split('\n')[1] ?? ''
  for (const action of ['export', 'checkpoint']) {
    const { stdout, stderr } = await audit(action, '--data', data)
    expect(stdout + stderr).not.toContain(secret)
  }
})

it.each([
  [['verify', '/nowhere']],
  [['verify', join(import.meta.dirname, 'audit.ts')]],
  [['verify', inFolder('export.ndjson'), '--checkpoint', inFolder('key.pem')]],
  [['verify', inFolder('export.ndjson'), '--public-key', inFolder('export.ndjson')]],
  [['export', '--from', 'yesterday-ish', '--data', data]],
  [['frobnicate']],
  [[]],
])('exits 2 for %j', async args => expect((await audit(...args)).code).toBe(2))

it('exports the ledger of the embedded database, whether a server runs on it or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tocsin-audit-database-'))
  const signal = AbortSignal.timeout(300_000)
  const server = await startEmbeddedPostgres({ dataDir, onProgress: () => {}, signal })
  const database = connectDatabase({
    connection: server.connection,
    maxConnections: 2,
    onIdleError: () => {},
  })
  await migrate(database)
  const ledger = openDatabaseLedger(database, systemClock)
  await ledger.append([{ kind: 'note', tenant: '', actor: 'user:ann', subject: '', body: { text: 'kept' } }])
  // Another process, as the operator's would be.
  const program = join(import.meta.dirname, '..', '..', 'bin', 'tocsin.js')
  const beside = await promisify(execFile)(process.execPath, [program, 'audit', 'export', '--data', dataDir])
  expect(beside.stdout).toContain('"kept"')
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }])
  await database.close()
  await server.stop()

  const alone = await audit('export', '--data', dataDir)
  expect(alone.code, alone.stderr).toBe(0)
  await writeFile(inFolder('database.ndjson'), alone.stdout)
  expect((await audit('verify', inFolder('database.ndjson'))).code).toBe(0)
  const ofFile = await audit('export', '--data', dataDir, '--ledger', 'file')
  expect(ofFile.stdout).not.toContain('"kept"')
  expect((await audit('export', '--data', inFolder('nothing'), '--ledger', 'database')).code).toBe(2)
})
