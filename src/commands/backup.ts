import { type Config, readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { count } from '../lib/count.ts'
import type { Sql } from '../lib/database.ts'
import { openArchive } from '../main/backup/archive.ts'
import { keysOf, readKeys, writeKeys } from '../main/backup/backup-keys.ts'
import { backupPlace } from '../main/backup/backup-place.ts'
import { keepFolder } from '../main/backup/kept-folder.ts'
import { makeBackup } from '../main/backup/make-backup.ts'
import { archiveKey, readBackup } from '../main/backup/read-backup.ts'
import { createLogger } from '../main/create-logger.ts'
import { masterKeyOf } from '../main/open-models-for.ts'
import { openStore } from '../main/open-store.ts'
import { countFolderFiles } from '../store/folder-files.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { requireOwner } from './tenant.ts'
import { withStore } from './with-store.ts'

const usage = `tocsin backup FILE (--keys KEYFILE --passphrase-file P | --without-keys) [--data DIR] [--json]
tocsin backup check FILE [--keys KEYFILE --passphrase-file P] [--data DIR] [--json]
tocsin backup keys KEYFILE --passphrase-file P [--data DIR]
tocsin backup folder [--data DIR] [--json]

Writes all rows as of one moment, and from the data folder the settings, documents, YARA rules and imported knowledge, into FILE, while Tocsin goes on working. FILE is
sealed: it opens only with the master key. Sessions and leases are left out. Models that were pulled are left out too, and
so are files that TOCSIN_FILES keeps in an object store: the bucket has its own versions and replication.

FILE may be an object: s3+https://ENDPOINT/BUCKET/NAME?region=REGION, with TOCSIN_BACKUP_S3_KEY=ACCESS_KEY_ID:SECRET_ACCESS_KEY
(by default that of TOCSIN_FILES_S3_KEY). It goes there as it is made, in parts whose digests the store compares, and is
there once it is whole. One that is there already is kept.

Where the database has tenants, run it as the database's owner: it holds all of them, and the same files of each tenant's own
data folder: its processes put them into the database every ten minutes, sealed under the tenant's own master key, which
the owner has not. Each tenant keeps its keys itself: 'tocsin backup keys', run with the tenant's settings.

--keys KEYFILE       writes the master key and the ledger's signing key there, sealed with the passphrase. Keep it
                     apart from FILE. Without these keys nobody can ever read the backup
--without-keys       says that you keep TOCSIN_MASTER_KEY, or master.key and ledger/signing-key.pem, yourself
--passphrase-file P  the passphrase, at least 12 characters ('-': standard input)
--data DIR           the data folder

check   reads a backup to its end and checks every row's digest; it changes nothing
keys    writes the keys alone, as --keys does
folder  with a tenant's settings: puts its data folder into the database now

Exit code 0 written or whole, 1 damaged or another key, 2 bad usage, or a file that is there already.
`

const options = {
  keys: { type: 'string' },
  'without-keys': { type: 'boolean' },
  'passphrase-file': { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** `tocsin backup`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true })
    const config = readConfig(undefined, values.data)
    if (positionals[0] === 'check' && positionals.length === 2) {
      const archive = await openArchive(await backupPlace(positionals[1] ?? '', config, io.signal))
      const key = archiveKey(archive, await keyToOpen(values, masterKeyOf(config), io))
      const nothing = async () => {}
      const drain = async (_: unknown, rows: AsyncIterable<Buffer>) => {
        for await (const _ of rows);
      }
      const summary = await readBackup(archive, key, { manifest: nothing, table: drain, file: nothing })
      return tell(io, values.json, { made_at: archive.head.made_at, ...summary }, 'whole')
    }
    if (positionals[0] === 'keys' && positionals.length === 2) {
      const passphrase = await readPassphrase(values['passphrase-file'], io)
      const keys = await keysOf(config.dataDir, await masterKeyOf(config)())
      await writeKeys(positionals[1] ?? '', keys, passphrase)
      io.stdout(`written: the keys of ${config.dataDir}\n`)
      return 0
    }
    if (positionals[0] === 'folder' && positionals.length === 1) return keepFolderNow(config, io, values.json)
    const [path, ...rest] = positionals
    if (path === undefined || rest.length > 0)
      throw new AppError(
        'bad-usage',
        'say backup FILE, backup check FILE, backup keys KEYFILE or backup folder',
      )
    if ((values.keys === undefined) === (values['without-keys'] !== true))
      throw new AppError(
        'bad-usage',
        'say where the keys go: --keys KEYFILE, or --without-keys if you keep them yourself',
      )
    const passphrase =
      values.keys === undefined ? undefined : await readPassphrase(values['passphrase-file'], io)
    const place = await backupPlace(path, config, io.signal)
    requireOwner(config, 'backups are')
    const masterKey = await masterKeyOf(config)()
    const store = await openStore(
      config,
      createLogger(config.logLevel),
      line => io.stderr(`tocsin: ${line}\n`),
      io.signal,
    )
    try {
      if (values.keys !== undefined && passphrase !== undefined)
        await writeKeys(values.keys, await keysOf(config.dataDir, masterKey), passphrase)
      const { database } = store
      const nowMs = systemClock.now()
      const summary = await makeBackup({
        database,
        dataDir: config.dataDir,
        place,
        masterKey,
        nowMs,
        signal: io.signal,
      })
      for (const line of await folderNotes(database, nowMs)) io.stderr(`tocsin: ${line}\n`)
      return tell(io, values.json, { file: path, keys: values.keys ?? null, ...summary }, 'written')
    } finally {
      await store.close()
    }
  },
}

/** Throws `bad-usage` where there are no tenants: the backup itself holds the folder then. */
export function requireTenant({ tenantBound }: Pick<Config, 'tenantBound'>): void {
  if (!tenantBound)
    throw new AppError(
      'bad-usage',
      'only a tenant keeps its data folder in the database: set TOCSIN_TENANT and its DATABASE_URL. Else the backup itself holds the folder',
    )
}

async function keepFolderNow(config: Config, io: Io, json: boolean | undefined): Promise<number> {
  requireTenant(config)
  const { tenant, dataDir } = config
  const masterKey = await masterKeyOf(config)()
  const kept = await withStore(config, io, ({ database }) =>
    keepFolder({ database, clock: systemClock, tenant, dataDir, masterKey }),
  )
  for (const path of kept.tooLarge) io.stderr(`tocsin: ${path} is too large: keep it yourself\n`)
  if (json) writeRecord(io, kept)
  else io.stdout(`kept: ${count(kept.files, 'file')} of ${dataDir}, ${kept.written} of them new or changed\n`)
  return 0
}

const dayMs = 24 * 60 * 60 * 1000

/** What the owner should know of the data folders of tenants. */
async function folderNotes(sql: Sql, nowMs: number): Promise<string[]> {
  const tenants = await countFolderFiles(sql)
  if (tenants.length === 0) return []
  const notes = tenants.flatMap(({ tenant, files, keptMs }) => {
    if (keptMs === null)
      return [`of tenant ${tenant} no data folder is in it: it has none, or none of its processes ran yet`]
    return keptMs < nowMs - dayMs
      ? [`of tenant ${tenant} ${files} files are in it as of ${new Date(keptMs).toISOString()}: does it run?`]
      : []
  })
  const names = tenants.map(({ tenant }) => tenant).join(', ')
  return [...notes, `each of these tenants keeps its own keys ('tocsin backup keys'): ${names}`]
}

interface Kept {
  readonly rows: number
  readonly tables: number
  readonly files: number
}

function tell(
  io: Io,
  json: boolean | undefined,
  summary: Kept & Record<string, unknown>,
  word: string,
): number {
  if (json) writeRecord(io, summary)
  else
    io.stdout(
      `${word}: ${count(summary.rows, 'row')} of ${count(summary.tables, 'table')}, ${count(summary.files, 'file')}\n`,
    )
  return 0
}

/** The master key: from the file of keys where one is named, else the one in force here. */
async function keyToOpen(
  values: { readonly keys?: string; readonly 'passphrase-file'?: string },
  here: () => Promise<Buffer>,
  io: Io,
): Promise<Buffer> {
  if (values.keys === undefined) return here()
  return (await readKeys(values.keys, await readPassphrase(values['passphrase-file'], io))).masterKey
}

/** The passphrase's file, its line end aside. */
export async function readPassphrase(path: string | undefined, io: Io): Promise<string> {
  if (path === undefined) throw new AppError('bad-usage', '--keys needs --passphrase-file')
  const text = (await readInput(path, io, 4096)).toString('utf8').replace(/\r?\n$/, '')
  if (text.length < 12) throw new AppError('bad-usage', 'the passphrase must have at least 12 characters')
  return text
}
