import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import {
  type FileStore,
  filesInDatabase,
  filesInObjectStore,
  moveIntoStore,
  type ObjectFiles,
  sweepObjects,
} from '../files/file-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { createS3Client, type S3Client } from '../lib/s3-client.ts'
import type { Application } from './application.ts'
import { everyWhileLeader } from './every-while-leader.ts'

/** The object store that files are kept in, where one is set. */
export async function openObjectStore({ files }: Pick<Config, 'files'>): Promise<S3Client | undefined> {
  if (files === undefined) return undefined
  const extraCa = files.caFile === undefined ? undefined : await readFile(files.caFile, 'utf8')
  return createS3Client({ url: files.to, key: files.s3Key, keySetting: 'TOCSIN_FILES_S3_KEY', extraCa })
}

/** Where files are kept: in the database, or where TOCSIN_FILES says. */
export async function openFiles(config: Config, database: Database, clock: Clock): Promise<FileStore> {
  const store = await openObjectStore(config)
  // What is in hand when the program is told to stop is finished; each request has a time limit of its own.
  const { signal } = new AbortController()
  return store === undefined ? filesInDatabase : filesInObjectStore({ database, clock, store, signal })
}

const sweepEveryMs = 60_000

/** Deletes objects whose rows are gone, and moves files of before into the store. Returns at once where none is set. */
export async function keepFiles(app: Application, signal: AbortSignal): Promise<void> {
  const store = await openObjectStore(app.config)
  if (store === undefined) return
  const parts: ObjectFiles = { database: app.store.database, clock: app.clock, store, signal }
  const round = async () => {
    await sweepObjects(parts)
    while (!signal.aborted && (await moveIntoStore(parts)) > 0);
  }
  await everyWhileLeader(app, { name: `files-${app.tenant}`, everyMs: sweepEveryMs }, round, signal)
}
