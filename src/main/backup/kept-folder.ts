import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { pause } from '../../lib/abort.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { isErrno } from '../../lib/file-lock.ts'
import { keyedDigest, open, seal } from '../../lib/sealed-box.ts'
import {
  confirmFolderFiles,
  listFolderFiles,
  putFolderFile,
  readFolderFile,
} from '../../store/folder-files.ts'
import type { Application } from '../application.ts'
import { masterKeyOf } from '../open-models-for.ts'
import { filesToBackUp, restoreFile } from './backed-up-files.ts'

// The owner of a database with tenants makes one backup of all of them, and has none of their data folders, which may be on other
// machines. So each tenant's processes put what a backup holds of their folder into the database, sealed under their own key.

export interface KeptFolder {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  readonly dataDir: string
  readonly masterKey: Buffer
}

const contentSchema = z.object({ path: z.string(), content: z.base64() })
const contextOf = (tenant: string) => `file of the data folder of tenant ${tenant}`
/** Sealed it is a row, which goes through memory whole. */
const largestFile = 32 * 1024 * 1024

/** Puts files that are new, or newer, into the database, and takes out those that are gone. `tooLarge`: paths that were left out. */
export async function keepFolder({ database, clock, tenant, dataDir, masterKey }: KeptFolder): Promise<{
  readonly files: number
  readonly written: number
  readonly tooLarge: readonly string[]
}> {
  const keptBy = keyedDigest(masterKey, Buffer.from(`${hostname()}:${resolve(dataDir)}`))
  const known = new Map((await listFolderFiles(database, tenant)).map(each => [each.file, each]))
  const here: string[] = []
  const tooLarge: string[] = []
  let written = 0
  for (const path of filesToBackUp(dataDir)) {
    const found = await readWithTime(join(dataDir, path))
    if (found === undefined) continue
    const { content, changedMs } = found
    if (content === undefined) {
      tooLarge.push(path)
      continue
    }
    const file = keyedDigest(masterKey, Buffer.from(`path\0${path}`))
    const digest = keyedDigest(masterKey, content)
    here.push(file)
    const before = known.get(file)
    if (before !== undefined && (before.digest === digest || before.changedMs > changedMs)) continue
    const text = JSON.stringify({ path, content: content.toString('base64') })
    const sealed = seal(masterKey, Buffer.from(text), contextOf(tenant))
    await putFolderFile(database, tenant, { file, digest, changedMs, keptBy, sealed }, clock.now())
    written++
  }
  await confirmFolderFiles(database, tenant, keptBy, here, clock.now())
  return { files: here.length, written, tooLarge }
}

async function readWithTime(
  path: string,
): Promise<{ readonly content: Buffer | undefined; readonly changedMs: number } | undefined> {
  try {
    const { mtimeMs, size } = await stat(path)
    const content = size > largestFile ? undefined : await readFile(path)
    return { content, changedMs: Math.floor(mtimeMs) }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Writes the files back into a data folder; those that are there already stay. All are opened before the first is written. Throws
 * `cannot-open` where they were sealed under another key, `no-folder-kept` where there are none.
 */
export async function restoreFolder({
  database,
  tenant,
  dataDir,
  masterKey,
  say,
}: Omit<KeptFolder, 'clock'> & { readonly say: (line: string) => void }): Promise<{
  readonly written: number
  readonly stayed: number
}> {
  const rows = await listFolderFiles(database, tenant)
  if (rows.length === 0)
    throw new AppError('no-folder-kept', `the database holds no file of a data folder of tenant '${tenant}'`)
  const opened = async (file: string) => {
    const sealed = await readFolderFile(database, tenant, file)
    if (sealed === undefined) return undefined
    return contentSchema.parse(JSON.parse(open(masterKey, sealed, contextOf(tenant)).toString('utf8')))
  }
  try {
    for (const { file } of rows) await opened(file)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'cannot-open')) throw error
    throw new AppError(
      'cannot-open',
      `the files of tenant '${tenant}' are sealed under another master key: give its file of keys with --keys, or set TOCSIN_MASTER_KEY to the one of then`,
      { cause: error },
    )
  }
  const counts = { written: 0, stayed: 0 }
  for (const { file } of rows) {
    const found = await opened(file)
    if (found === undefined) continue
    const path = await restoreFile({ dataDir, say }, found.path, Buffer.from(found.content, 'base64'))
    counts[path === undefined ? 'stayed' : 'written']++
  }
  return counts
}

const everyMs = 10 * 60_000

/** Keeps the data folder of a tenant's process in the database, now and every ten minutes. Nothing where there are no tenants. */
export async function keepFolderKept(app: Application, signal: AbortSignal): Promise<void> {
  const { config, clock, tenant, logger, store } = app
  if (!config.tenantBound) return
  const masterKey = await masterKeyOf(config)()
  const folder = { database: store.database, clock, tenant, dataDir: config.dataDir, masterKey }
  while (!signal.aborted) {
    try {
      const { tooLarge } = await keepFolder(folder)
      if (tooLarge.length > 0)
        logger.warn({ tooLarge }, 'files of the data folder are too large for the backup: keep them yourself')
    } catch (error) {
      logger.error({ err: error }, 'the data folder could not be kept for the backup')
    }
    await pause(everyMs, signal)
  }
}
