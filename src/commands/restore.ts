import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { openArchive } from '../main/backup/archive.ts'
import { type BackupKeys, placeKeys, readKeys } from '../main/backup/backup-keys.ts'
import { backupPlace } from '../main/backup/backup-place.ts'
import { restoreFolder } from '../main/backup/kept-folder.ts'
import { archiveKey } from '../main/backup/read-backup.ts'
import { restoreBackup } from '../main/backup/restore-backup.ts'
import { createLogger } from '../main/create-logger.ts'
import { masterKeyOf } from '../main/open-models-for.ts'
import { openStoreAsIs } from '../main/open-store.ts'
import { readPassphrase, requireTenant } from './backup.ts'
import { type Command, type Io, readArgs, writeRecord } from './command.ts'
import { newTenantPassword, requireOwner, tenantSettings } from './tenant.ts'
import { withStore } from './with-store.ts'

const usage = `tocsin restore FILE [--keys KEYFILE --passphrase-file P] [--data DIR] [--json]
tocsin restore folder [--keys KEYFILE --passphrase-file P] [--data DIR] [--json]

Puts a backup into an empty database (DATABASE_URL, or the embedded one of an empty data folder), brings the schema up to
date, reads every row back and compares it with the backup, and verifies the ledger. Any difference: nothing is kept.
An older version's backup is brought up to date. It never overwrites.

Response actions that were asked for or approved are taken back: they may have been carried out since the backup was
made. People sign in anew. FILE may be an object of a store, as of 'tocsin backup --help'.

Tenants get their database roles, rights and row security again, in the same transaction, and new passwords: the settings of
their processes are printed, and shown only now ('tocsin tenant password ID' makes another). Run it as the owner of the
database, who may create roles. Then, with the settings of each tenant and its own keys:

folder               writes what a tenant's data folder held back from the database; files that are there already stay

Start no second Tocsin on the same Wazuh while the first one runs.

--keys KEYFILE       puts the keys of 'tocsin backup --keys' into the data folder; else they must be there already, or
                     TOCSIN_MASTER_KEY must be the one of then
--passphrase-file P  the passphrase of KEYFILE ('-': standard input)
--data DIR           the data folder

Exit code 0 restored and compared, 1 damaged, not empty, another key, or a difference, 2 bad usage.
`

/** `tocsin restore`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        keys: { type: 'string' },
        'passphrase-file': { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    const [path, ...rest] = positionals
    if (path === undefined || rest.length > 0)
      throw new AppError('bad-usage', 'say restore FILE, or restore folder')
    const config = readConfig(undefined, values.data)
    const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
    if (path === 'folder') return restoreTenantFolder(config, io, values)
    requireOwner(config, 'backups are')
    const archive = await openArchive(await backupPlace(path, config, io.signal))
    const keys = await keysGiven(values, io)
    // Before anything is written: a backup that cannot be opened must leave the place as empty as it was.
    const key = archiveKey(archive, keys?.masterKey ?? (await masterKeyOf(config)()))
    await mkdir(config.dataDir, { recursive: true })
    if (keys !== undefined) await placeKeys(config.dataDir, keys, config.masterKey !== undefined)
    archiveKey(archive, await masterKeyOf(config)())
    const store = await openStoreAsIs(config, createLogger(config.logLevel), say, io.signal)
    try {
      const restored = await restoreBackup({
        database: store.database,
        kind: store.kind,
        newPassword: newTenantPassword,
        dataDir: config.dataDir,
        archive,
        key,
        clock: systemClock,
        say,
        signal: io.signal,
      })
      const { tenants, ...facts } = restored
      const settings = tenants.map(tenant => tenantSettings(config, tenant))
      if (values.json) writeRecord(io, { made_at: archive.head.made_at, ...facts, tenants: settings })
      else {
        io.stdout(
          `restored: ${restored.rows} rows of ${restored.tables} tables, ${restored.compared} compared one by one and the same; ledger of ${restored.ledger} entries verifies; ${restored.withdrawn} proposed actions taken back\n`,
        )
        for (const { tenant, database_url } of settings)
          io.stdout(`TOCSIN_TENANT=${tenant}\nDATABASE_URL=${database_url}\n`)
      }
      return 0
    } finally {
      await store.close()
    }
  },
}

interface KeyOptions {
  readonly keys?: string
  readonly 'passphrase-file'?: string
}

async function keysGiven(values: KeyOptions, io: Io): Promise<BackupKeys | undefined> {
  if (values.keys === undefined) return undefined
  return readKeys(values.keys, await readPassphrase(values['passphrase-file'], io))
}

async function restoreTenantFolder(
  config: Config,
  io: Io,
  values: KeyOptions & { readonly json?: boolean },
): Promise<number> {
  requireTenant(config)
  const { tenant, dataDir } = config
  const keys = await keysGiven(values, io)
  await mkdir(dataDir, { recursive: true })
  if (keys !== undefined) await placeKeys(dataDir, keys, config.masterKey !== undefined)
  // Else one would be made, which opens nothing and is in the way of the right one.
  if (config.masterKey === undefined && !existsSync(join(dataDir, 'master.key')))
    throw new AppError(
      'bad-usage',
      `${dataDir} has no master key: give the tenant's file of keys with --keys, or set TOCSIN_MASTER_KEY`,
    )
  const masterKey = await masterKeyOf(config)()
  const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
  const counts = await withStore(config, io, ({ database }) =>
    restoreFolder({ database, tenant, dataDir, masterKey, say }),
  )
  if (values.json) writeRecord(io, counts)
  else io.stdout(`restored: ${counts.written} files into ${dataDir}; ${counts.stayed} were there already\n`)
  return 0
}
