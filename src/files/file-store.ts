import { createHash } from 'node:crypto'
import type { KeptBytes } from '../domain/kept-bytes.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import type { S3Client } from '../lib/s3-client.ts'
import {
  filesInRows,
  forgetObject,
  isNamed,
  type KeeperKind,
  keepers,
  lockDueObject,
  noteObject,
  pointToObject,
} from '../store/stored-objects.ts'

/** Where files are kept: mails as received, files of chats, samples of rules. */
export interface FileStore {
  /** Puts a file away, before the transaction that stores its row; the row keeps what this returns. */
  keep(tenant: string, kind: KeeperKind, bytes: Buffer): Promise<KeptBytes>
  /** A file's bytes, compared with its digest. Throws `object-missing`, `file-differs`, `object-store-failed`, `files-elsewhere`. */
  read(kept: KeptBytes, sha256: string): Promise<Buffer>
}

/** Files in their rows: nothing to set up, one backup. */
export const filesInDatabase: FileStore = {
  keep: async (_tenant, _kind, bytes) => ({ bytes, object: null }),
  read: async kept => kept.bytes ?? elsewhere(kept),
}

/** An object that no row names a day after it was put was left behind by a transaction that failed. */
const leftBehindMs = 24 * 60 * 60 * 1000
/** The largest file that anything takes in is half of this. */
const mostBytes = 256 * 1024 * 1024

export interface ObjectFiles {
  readonly database: Database
  readonly clock: Clock
  readonly store: S3Client
  readonly signal: AbortSignal
}

/** Files as objects named by tenant, kind and digest: the same content of a tenant is one object. */
export function filesInObjectStore({ database, clock, store, signal }: ObjectFiles): FileStore {
  return {
    async keep(tenant, kind, bytes) {
      const object = objectName(tenant, kind, sha256Of(bytes))
      await noteObject(database, tenant, object, clock.now() + leftBehindMs)
      await store.put(object, bytes, signal)
      return { bytes: null, object }
    },
    async read(kept, sha256) {
      if (kept.object === null) return kept.bytes ?? elsewhere(kept)
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of await store.get(kept.object, signal)) {
        size += chunk.length
        if (size > mostBytes) throw differs(kept.object, 'it is larger than any file of ours')
        chunks.push(chunk)
      }
      const bytes = Buffer.concat(chunks)
      if (sha256Of(bytes) !== sha256) throw differs(kept.object, 'its digest is another')
      return bytes
    },
  }
}

/** Deletes objects that no row names any more. Returns how many. */
export async function sweepObjects({ database, clock, store, signal }: ObjectFiles): Promise<number> {
  for (let deleted = 0; ; ) {
    signal.throwIfAborted()
    const step = await database.transaction(async sql => {
      const object = await lockDueObject(sql, clock.now())
      if (object === undefined) return 'none'
      const named = await isNamed(sql, object)
      if (!named) await store.remove(object, signal)
      await forgetObject(sql, object)
      return named ? 'named' : 'deleted'
    })
    if (step === 'none') return deleted
    if (step === 'deleted') deleted++
  }
}

/** Moves files that are in their rows into the object store, a few at a time. Returns how many. */
export async function moveIntoStore(parts: ObjectFiles): Promise<number> {
  const files = filesInObjectStore(parts)
  let moved = 0
  for (const { kind } of keepers) {
    for (const { tenant, sha256, bytes } of await filesInRows(parts.database, kind, 20)) {
      parts.signal.throwIfAborted()
      const { object } = await files.keep(tenant, kind, bytes)
      if (object === null) continue
      await pointToObject(parts.database, kind, tenant, sha256, object)
      moved++
    }
  }
  return moved
}

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A tenant's name may hold what a path may not. */
const objectName = (tenant: string, kind: KeeperKind, sha256: string) =>
  `${tenant.replace(/[^a-z0-9-]/g, character => `_${character.codePointAt(0)?.toString(16)}_`)}/${kind}/${sha256.slice(0, 2)}/${sha256}`

function elsewhere(kept: KeptBytes): never {
  throw new AppError(
    'files-elsewhere',
    `the file ${kept.object} lies in an object store and none is set up here: set TOCSIN_FILES as it was when the file came in`,
  )
}

function differs(object: string, why: string): AppError {
  return new AppError('file-differs', `the object ${object} is not the file that was stored: ${why}`)
}
