import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../../test/support/postgres.ts'
import { startS3Server } from '../../../test/support/s3-server.ts'
import { wazuhLine } from '../../../test/support/wazuh-alert.ts'
import { executeJob } from '../../domain/job-kinds.ts'
import type { Proposal, ProposalState } from '../../domain/proposal.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { fixedClock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { createS3Client } from '../../lib/s3-client.ts'
import { seal } from '../../lib/sealed-box.ts'
import { Secret } from '../../lib/secret.ts'
import { enqueue } from '../../queue/jobs.ts'
import { listBackupTables } from '../../store/backup-tables.ts'
import { insertChat, insertChatFile } from '../../store/chats.ts'
import { migrateIn, migrationNames } from '../../store/migrate.ts'
import { insertProposal } from '../../store/proposals.ts'
import { type ArchiveRecord, openArchive, writeArchive } from './archive.ts'
import { type BackupPlace, filePlace, objectPlace } from './backup-place.ts'
import { archiveKeyContext, makeBackup } from './make-backup.ts'
import { archiveKey } from './read-backup.ts'
import { restoreBackup } from './restore-backup.ts'

const clock = fixedClock(1_770_000_000_000)
const signal = new AbortController().signal
const masterKey = randomBytes(32)
const s3Account = { accessKeyId: 'AKID', secret: 'wJalrXUtnFEMI', region: 'us-east-1', bucket: 'backups' }
const partBytes = 4096
const hostile = 'tab\there, line\nfeed, \\. and \\N, "quoted", \u202e, 日本語, \\u0000'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const alertOf = (number: number) =>
  wazuhLine({
    id: `1770000000.${number}`,
    atMs: clock.now() + number * 1000,
    host: `web-${number % 7}`,
    rule: ['5710', 5, `failed ${hostile}`, ['sshd']],
    data: { srcip: `203.0.113.${number % 200}`, srcuser: hostile },
  })

function proposalOf(state: ProposalState): Proposal {
  const content = {
    action: 'isolate-host',
    arguments: {},
    target: { agentId: '001', agentName: 'web-1', platform: 'linux' },
    tenant: 'default',
    caseId: 'case-1',
    expiresAtMs: clock.now() + 3_600_000,
    nonce: randomBytes(16).toString('hex'),
  } as const
  const id = `proposal-${state}`
  return {
    id,
    content,
    digest: randomBytes(32).toString('hex'),
    state,
    preparedBy: 'code',
    requestedBy: 'alice',
    reason: 'a test',
    evidence: ['E1'],
    createdAtMs: clock.now(),
    outcome: undefined,
    rollbackOf: undefined,
  }
}

const states = ['draft', 'awaiting', 'approved', 'executing', 'sent', 'done', 'rejected'] as const

async function fill(database: Database): Promise<void> {
  await newIngest(database, clock)(Array.from({ length: 120 }, (_, number) => alertOf(number)))
  await database.transaction(async sql => {
    for (const state of states) await insertProposal(sql, proposalOf(state))
    const chat = { id: 'chat', ownerId: 'alice', title: hostile, caseId: null }
    await insertChat(sql, 'default', { ...chat, createdMs: clock.now(), changedMs: clock.now() })
    const kept = { bytes: null, object: 'default/chat/aa/aa' }
    const file = { id: 'file', chatId: 'chat', name: 'a.bin', sha256: 'aa', sizeBytes: 1, kept }
    await insertChatFile(sql, 'default', { ...file, createdMs: clock.now() })
    await enqueue(sql, 'default', [{ kind: executeJob, key: 'proposal-approved', payload: {} }], clock.now())
    await sql.query(
      `insert into data_keys (tenant, case_id, wrapped) values ('default', 'case-1', '\\x00ff0a5c')`,
    )
    const note = {
      kind: 'note',
      tenant: 'default',
      actor: 'system',
      subject: 's',
      body: { text: hostile },
    } as const
    await appendEntries(sql, [note, note], clock.now())
  })
}

/** Every row of every table, as another way than COPY gives it. */
async function rowsOf(database: Database): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const { name } of await listBackupTables(database)) {
    if (name === 'migrations') continue
    const rows = await database.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
    found.set(
      name,
      rows.map(({ row }) => row),
    )
  }
  return found
}

const backUp = (database: Database, path: string) => backUpTo(database, filePlace(path))
const backUpTo = (database: Database, place: BackupPlace) =>
  makeBackup({
    database,
    dataDir: folder,
    place,
    masterKey,
    nowMs: clock.now(),
    signal,
  })

const restore = (database: Database, path: string, key = masterKey) =>
  restoreFrom(database, filePlace(path), key)
async function restoreFrom(database: Database, place: BackupPlace, key = masterKey) {
  const archive = await openArchive(place)
  const dataDir = join(folder, 'second')
  return restoreBackup({
    database,
    kind: 'server',
    newPassword: () => 'a password',
    dataDir,
    archive,
    key: archiveKey(archive, key),
    clock,
    say: line => void said.push(line),
    signal,
  })
}
/** What restoring told people. */
const said: string[] = []

const empty = (database: Database) => database.query('drop schema public cascade; create schema public')

describe.each(databaseKinds)('a backup of the %s database', kind => {
  let from: TestDatabase
  let to: TestDatabase
  beforeAll(async () => {
    // The other kind where there is one: a restore need not go to the same version of PostgreSQL.
    ;[from, to] = await Promise.all([
      openTestDatabase(kind),
      openTestDatabase(databaseKinds.find(other => other !== kind) ?? kind),
    ])
    await fill(from.database)
  })
  afterAll(() => Promise.all([from.close(), to.close()]))
  beforeEach(() => empty(to.database))

  it('comes out in a second place row by row as it was, and only then are unfinished actions taken back', async () => {
    const files = {
      'models.yaml': 'models: []\n',
      // Without it a restored Tocsin would act on what must be left alone.
      'response.yaml': 'protected: { addresses: [10.0.0.1] }\n',
      'sign-in.yaml': 'provider: {}\n',
      'documents/runbooks/vpn.md': '# VPN\n',
      'yara/ours.yar': 'rule ours { condition: true }\n',
      'knowledge/ics.json': '{}',
    }
    for (const [name, text] of Object.entries({
      ...files,
      'documents/holiday.iso': 'x',
      'yara/notes.bak': 'x',
    })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const before = await rowsOf(from.database)
    const path = join(folder, 'backup')
    const written = await backUp(from.database, path)
    // The ledger says that it was written: what compliance reports count.
    const noted = (await rowsOf(from.database)).get('ledger')?.at(-1)
    expect(JSON.stringify(noted)).toContain('a backup was written')
    const restored = await restore(to.database, path)
    expect(restored).toMatchObject({ rows: written.rows, tables: written.tables, files: 6, migrations: [] })
    expect(restored.compared).toBe([...before.values()].flat().length)
    expect(restored.withdrawn).toBe(4)
    expect(restored.objects).toBe(1)
    expect(said.join()).toContain('files that lie in an object store: 1.')
    expect(restored.ledger).toBeGreaterThan(2)
    for (const [name, text] of Object.entries(files))
      expect([name, readFileSync(join(folder, 'second', name), 'utf8')]).toEqual([name, text])
    expect(existsSync(join(folder, 'second', 'documents/holiday.iso'))).toBe(false)

    const after = await rowsOf(to.database)
    expect([...after.keys()]).toEqual([...before.keys()])
    for (const [table, rows] of before)
      if (!['proposals', 'jobs', 'ledger'].includes(table)) expect(after.get(table), table).toEqual(rows)
    expect(after.get('ledger')?.slice(0, -1)).toEqual(before.get('ledger'))
    expect(await stateOf(to.database)).toEqual({
      draft: 'draft',
      awaiting: 'withdrawn',
      approved: 'withdrawn',
      executing: 'unknown',
      sent: 'unknown',
      done: 'done',
      rejected: 'rejected',
    })
    expect(await to.database.query(`select from jobs where kind = '${executeJob}'`)).toEqual([])
    // Counters go on where they stood: a new job's number is none that was given before.
    await to.database.transaction(sql => enqueue(sql, 'default', [{ kind: 'k', key: 'k', payload: {} }], 1))
  })

  it('is of one moment, while others go on writing', async () => {
    const path = join(folder, 'backup')
    const ingest = newIngest(from.connect(), clock)
    let going = true
    let number = 1000
    const writer = (async () => {
      while (going) await ingest([alertOf(number++)])
    })()
    const { rows } = await backUp(from.database, path)
    going = false
    await writer
    const restored = await restore(to.database, path)
    expect(restored.rows).toBe(rows)
    const orphans = await to.database.query(
      'select from alerts a where not exists (select from cases c where c.tenant_id = a.tenant_id and c.id = a.case_id)',
    )
    expect(orphans).toEqual([])
    const sums = `select (select count(*) from alerts) as alerts, (select sum(alert_count)::int8 from cases) as counted`
    const [sum] = await to.database.query<{ alerts: number; counted: number }>(sums)
    expect(sum?.counted).toBe(sum?.alerts)
  })

  it('of an older version is brought up to date when it is restored', async () => {
    const older = await openTestDatabase(kind)
    try {
      await empty(older.database)
      const names = (await migrationNames()).filter(name => name < '0220')
      await older.database.transaction(sql => migrateIn(sql, names))
      await newIngest(older.database, clock)([alertOf(1), alertOf(2)])
      const path = join(folder, 'older')
      await backUp(older.database, path)
      const restored = await restore(to.database, path)
      expect(restored.migrations.length).toBeGreaterThan(0)
      expect(await to.database.query('select from alerts')).toHaveLength(2)
      expect(await to.database.query('select from model_profiles')).toEqual([])
    } finally {
      await older.close()
    }
  })

  it('never overwrites, and leaves the place empty when anything is wrong', async () => {
    const path = join(folder, 'backup')
    await backUp(from.database, path)
    await expect(backUp(from.database, path)).rejects.toMatchObject({ code: 'unreadable-input' })
    await expect(restore(from.database, path)).rejects.toMatchObject({ code: 'not-empty' })
    await expect(restore(to.database, path, randomBytes(32))).rejects.toMatchObject({ code: 'cannot-open' })

    const whole = readFileSync(path)
    const damages: [string, Buffer][] = [
      ['one bit changed', flipped(whole, whole.length - 400)],
      ['cut off', whole.subarray(0, whole.length - 1)],
      ['something behind its end', Buffer.concat([whole, Buffer.from('more')])],
    ]
    for (const [name, bytes] of damages) {
      const damaged = join(folder, name)
      writeFileSync(damaged, bytes)
      await expect(restore(to.database, damaged), name).rejects.toMatchObject({ code: 'cannot-open' })
      expect(await to.database.query(`select from pg_tables where schemaname = 'public'`), name).toEqual([])
    }
    await restore(to.database, path)
  })

  it('that is refused leaves no settings behind, which the next one would not replace', async () => {
    const key = randomBytes(32)
    const head = {
      format: 'tocsin-backup',
      version: 1,
      made_at: '2026-01-01T00:00:00.000Z',
      tocsin: '1',
      key: seal(masterKey, key, archiveKeyContext).toString('base64'),
    } as const
    async function* records(): AsyncGenerator<ArchiveRecord> {
      yield {
        kind: 'manifest',
        migrations: await migrationNames(),
        database: '',
        left_out: [],
        counters: [],
      }
      for (const path of ['models.yaml', 'yara/a.yar'])
        yield { kind: 'file', path, content: Buffer.from('theirs').toString('base64') }
      yield { kind: 'end', tables: 0, rows: 7, files: 2 }
    }
    const path = join(folder, 'crafted')
    await writeArchive(filePlace(path), head, key, records())
    mkdirSync(join(folder, 'second'))
    writeFileSync(join(folder, 'second', 'models.yaml'), 'ours')
    await expect(restore(to.database, path)).rejects.toMatchObject({ code: 'backup-damaged' })
    expect(readFileSync(join(folder, 'second', 'models.yaml'), 'utf8')).toBe('ours')
    expect(existsSync(join(folder, 'second', 'yara', 'a.yar'))).toBe(false)
  })

  it('goes to an object store in parts and comes back, or is not there at all', async () => {
    const store = await startS3Server({ ...s3Account, leastPartBytes: partBytes })
    const client = createS3Client({
      url: `s3+${store.url}/backups/soc`,
      key: new Secret(`${s3Account.accessKeyId}:${s3Account.secret}`),
      keySetting: 'TOCSIN_BACKUP_S3_KEY',
      extraCa: undefined,
      partBytes,
    })
    try {
      const place = objectPlace(client, 'monday', signal)
      const written = await backUpTo(from.database, place)
      const whole = store.objects.get('/backups/soc/monday') ?? Buffer.alloc(0)
      expect(whole.length).toBeGreaterThan(3 * partBytes)
      // The store is busy for a moment, as real ones are.
      store.failNext('SlowDown', 2)
      const restored = await restoreFrom(to.database, place)
      expect(restored).toMatchObject({ rows: written.rows, tables: written.tables })
      // The note that this backup was written came after what it holds.
      expect(restored.compared).toBe([...(await rowsOf(from.database)).values()].flat().length - 1)

      await expect(backUpTo(from.database, place)).rejects.toMatchObject({ code: 'object-there' })
      expect(store.objects.get('/backups/soc/monday')).toBe(whole)
      await empty(to.database)
      store.objects.set('/backups/soc/monday', flipped(whole, whole.length - 400))
      await expect(restoreFrom(to.database, place)).rejects.toMatchObject({ code: 'cannot-open' })
      expect(await to.database.query(`select from pg_tables where schemaname = 'public'`)).toEqual([])

      // What breaks on its way leaves neither an object nor parts of one.
      const other = objectPlace(client, 'tuesday', signal)
      const write = (bytes: AsyncIterable<Uint8Array>) => other.write(brokenAfter(bytes, 2 * partBytes))
      await expect(backUpTo(from.database, { ...other, write })).rejects.toThrow('the line went dead')
      expect([...store.objects.keys()]).toEqual(['/backups/soc/monday'])
      expect(store.uploads.size).toBe(0)
    } finally {
      await store.close()
    }
  })

  it('holds no readable word of what is in it', async () => {
    const path = join(folder, 'backup')
    await backUp(from.database, path)
    const bytes = readFileSync(path).toString('latin1')
    for (const word of ['203.0.113.', 'web-1', 'isolate-host', 'alerts']) expect(bytes).not.toContain(word)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

async function stateOf(database: Database): Promise<Record<string, string>> {
  const rows = await database.query<{ id: string; state: string }>('select id, state from proposals')
  return Object.fromEntries(rows.map(({ id, state }) => [id.replace('proposal-', ''), state]))
}

async function* brokenAfter(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    yield chunk
    size += chunk.length
    if (size > most) throw new Error('the line went dead')
  }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
