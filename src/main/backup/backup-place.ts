import { createReadStream } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { AppError } from '../../lib/app-error.ts'
import { fileTrouble } from '../../lib/file-trouble.ts'
import { createS3Client, type S3Client } from '../../lib/s3-client.ts'

/** Where one backup lies, or is to lie. */
export interface BackupPlace {
  /** For people: a path, or a URL without credentials. */
  readonly name: string
  /** All of it, or nothing; never in place of what is there already. Throws `unreadable-input`, `object-store-failed`. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** From the first byte on, each time it is called. Throws `unreadable-input`, `object-missing`, `object-store-failed`. */
  read(): AsyncIterable<Uint8Array>
}

/** A file, or `s3+https://ENDPOINT/BUCKET/NAME?region=REGION` of an object store. Throws `bad-usage`. */
export async function backupPlace(
  text: string,
  { backups }: Pick<Config, 'backups'>,
  signal: AbortSignal,
): Promise<BackupPlace> {
  if (!/^s3\+?[a-z]*:\/\//.test(text)) return filePlace(text)
  const url = URL.canParse(text) ? new URL(text) : undefined
  // Before anything repeats the address: nobody may read them there.
  if (/^[^/]*\/\/[^/?]*@/.test(text))
    throw new AppError(
      'bad-usage',
      'credentials do not belong in the address of an object store: set TOCSIN_BACKUP_S3_KEY',
    )
  const [, folder = '', name = ''] = /^(\/.+)\/([^/]+)$/.exec(url?.pathname ?? '') ?? []
  if (url === undefined || name === '')
    throw new AppError(
      'bad-usage',
      `a backup in an object store is s3+https://ENDPOINT/BUCKET/NAME?region=REGION, not '${text}'`,
    )
  url.pathname = folder
  const extraCa = backups.caFile === undefined ? undefined : await readFile(backups.caFile, 'utf8')
  const store = createS3Client({
    url: url.href,
    key: backups.s3Key,
    keySetting: 'TOCSIN_BACKUP_S3_KEY',
    extraCa,
  })
  return objectPlace(store, decodeURIComponent(name), signal)
}

export function filePlace(path: string): BackupPlace {
  return {
    name: path,
    async write(bytes) {
      const file = await open(path, 'wx', 0o600).catch(error => {
        throw new AppError('unreadable-input', `cannot write ${path}: ${fileTrouble(error)}`, {
          cause: error,
        })
      })
      try {
        for await (const chunk of bytes) await file.write(chunk)
        await file.sync()
      } catch (error) {
        await rm(path, { force: true }) // Half a backup is none.
        throw error
      } finally {
        await file.close()
      }
    },
    async *read() {
      try {
        yield* createReadStream(path, { highWaterMark: 1024 * 1024 })
      } catch (error) {
        throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
      }
    },
  }
}

/** An object that is there only once it is whole, every part of it compared with its digest by the store. */
export function objectPlace(store: S3Client, name: string, signal: AbortSignal): BackupPlace {
  return {
    name: `${store.name}, ${name}`,
    async write(bytes) {
      await store.putStream(name, bytes, signal, { onlyNew: true })
    },
    read: () => store.getStream(name, signal),
  }
}
