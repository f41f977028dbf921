import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { openArchive } from '../main/backup/archive.ts'
import { keysOf, readKeys, writeKeys } from '../main/backup/backup-keys.ts'
import { backupPlace } from '../main/backup/backup-place.ts'
import { makeBackup } from '../main/backup/make-backup.ts'
import { archiveKey, readBackup } from '../main/backup/read-backup.ts'
import { createLogger } from '../main/create-logger.ts'
import { masterKeyOf } from '../main/open-models-for.ts'
import { openStore } from '../main/open-store.ts'
import { listTenants } from '../store/tenants.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { requireOwner } from './tenant.ts'

const usage = `tocsin backup FILE (--keys KEYFILE --passphrase-file P | --without-keys) [--data DIR] [--json]
tocsin backup check FILE [--keys KEYFILE --passphrase-file P] [--data DIR] [--json]

Writes all rows as of one moment, and from the data folder the settings, documents, YARA rules and imported knowledge, into FILE, while Tocsin goes on working. FILE is
sealed: it opens only with the master key. Sessions and leases are left out. Models that were pulled are left out too, and
so are files that TOCSIN_FILES keeps in an object store: the bucket has its own versions and replication.

FILE may be an object: s3+https://ENDPOINT/BUCKET/NAME?region=REGION, with TOCSIN_BACKUP_S3_KEY=ACCESS_KEY_ID:SECRET_ACCESS_KEY
(by default that of TOCSIN_FILES_S3_KEY). It goes there as it is made, in parts whose digests the store compares, and is
there once it is whole. One that is there already is kept.

Where the database has tenants, run it as the database's owner: it holds all of them. What each tenant has in its own
TOCSIN_DATA (its master key, without which its names stay sealed, its policy and models) is not in it: keep that as well.

--keys KEYFILE       writes the master key and the ledger's signing key there, sealed with the passphrase. Keep it
                     apart from FILE. Without these keys nobody can ever read the backup
--without-keys       says that you keep TOCSIN_MASTER_KEY, or master.key and ledger/signing-key.pem, yourself
--passphrase-file P  the passphrase, at least 12 characters ('-': standard input)
--data DIR           the data folder

check reads a backup to its end and checks every row's digest; it changes nothing.

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
    const [path, ...rest] = positionals
    if (path === undefined || rest.length > 0)
      throw new AppError('bad-usage', 'say backup FILE, or backup check FILE')
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
      const tenants = await listTenants(database)
      if (tenants.length > 0)
        io.stderr(
          `tocsin: keep the data folders of these tenants too, their keys are in none but those: ${tenants.map(({ id }) => id).join(', ')}\n`,
        )
      return tell(io, values.json, { file: path, keys: values.keys ?? null, ...summary }, 'written')
    } finally {
      await store.close()
    }
  },
}

function tell(io: Io, json: boolean | undefined, summary: Record<string, unknown>, word: string): number {
  if (json) writeRecord(io, summary)
  else io.stdout(`${word}: ${summary.rows} rows of ${summary.tables} tables, ${summary.files} files\n`)
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
