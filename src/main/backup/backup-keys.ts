import { scryptSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../lib/app-error.ts'
import { isErrno } from '../../lib/file-lock.ts'
import { fileTrouble } from '../../lib/file-trouble.ts'
import { writeOnce } from '../../lib/master-key.ts'
import { open, seal } from '../../lib/sealed-box.ts'

// The keys that a backup cannot be read without, in a file of their own: whoever finds the backup alone has nothing,
// and the file of keys opens with a passphrase only.

const fileSchema = z.object({
  format: z.literal('tocsin-keys'),
  version: z.literal(1),
  salt: z.base64(),
  sealed: z.base64(),
})
const keysSchema = z.object({ masterKey: z.base64(), signingKey: z.string().nullable() })

/** What a restored Tocsin needs besides its rows. */
export interface BackupKeys {
  /** 32 bytes: opens the backup, vaults, data keys and API keys. */
  readonly masterKey: Buffer
  /** PEM of the key that signs the ledger; null where none was made yet. */
  readonly signingKey: string | null
}

const signingKeyPath = (dataDir: string) => join(dataDir, 'ledger', 'signing-key.pem')

/** Reads the keys of a data folder. */
export async function keysOf(dataDir: string, masterKey: Buffer): Promise<BackupKeys> {
  const signingKey = await readFile(signingKeyPath(dataDir), 'utf8').catch(error => {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  })
  return { masterKey, signingKey }
}

/** Seals the keys with a passphrase into a new file, readable by its owner only. */
export async function writeKeys(path: string, keys: BackupKeys, passphrase: string): Promise<void> {
  const salt = crypto.getRandomValues(Buffer.alloc(16))
  const content = { masterKey: keys.masterKey.toString('base64'), signingKey: keys.signingKey }
  const sealed = seal(stretch(passphrase, salt), Buffer.from(JSON.stringify(content)), 'backup keys')
  const file = {
    format: 'tocsin-keys',
    version: 1,
    salt: salt.toString('base64'),
    sealed: sealed.toString('base64'),
  }
  await writeFile(path, `${JSON.stringify(file)}\n`, { flag: 'wx', mode: 0o600, flush: true }).catch(
    error => {
      throw new AppError('unreadable-input', `cannot write ${path}: ${fileTrouble(error)}`, { cause: error })
    },
  )
}

/** Throws `unreadable-input` for what is no file of keys, `wrong-passphrase` for a wrong passphrase. */
export async function readKeys(path: string, passphrase: string): Promise<BackupKeys> {
  let file: z.infer<typeof fileSchema>
  try {
    file = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new AppError('unreadable-input', `${path} is not a file of 'tocsin backup --keys'`, {
      cause: error,
    })
  }
  const key = stretch(passphrase, Buffer.from(file.salt, 'base64'))
  let opened: Buffer
  try {
    opened = open(key, Buffer.from(file.sealed, 'base64'), 'backup keys')
  } catch (error) {
    throw new AppError(
      'wrong-passphrase',
      `${path} does not open: another passphrase, or the file was changed`,
      {
        cause: error,
      },
    )
  }
  const content = keysSchema.parse(JSON.parse(opened.toString()))
  return { masterKey: Buffer.from(content.masterKey, 'base64'), signingKey: content.signingKey }
}

/**
 * Puts the keys where a Tocsin of this data folder looks for them; `masterKeyGiven`: the settings give the master key. Throws
 * `keys-differ` where others lie there.
 */
export async function placeKeys(dataDir: string, keys: BackupKeys, masterKeyGiven: boolean): Promise<void> {
  if (!masterKeyGiven) await place(join(dataDir, 'master.key'), `${keys.masterKey.toString('base64')}\n`)
  if (keys.signingKey !== null) await place(signingKeyPath(dataDir), keys.signingKey)
}

async function place(path: string, text: string): Promise<void> {
  await writeOnce(path, text)
  if ((await readFile(path, 'utf8')).trim() !== text.trim())
    throw new AppError(
      'keys-differ',
      `${path} holds another key already: restore into a data folder without one`,
    )
}

// 128 MB and about half a second: a passphrase cannot be tried by the million (RFC 7914; OWASP Password Storage).
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const stretch = (passphrase: string, salt: Buffer) => scryptSync(passphrase, salt, 32, cost)
