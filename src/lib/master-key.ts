import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from './app-error.ts'
import { isErrno } from './file-lock.ts'
import type { Secret } from './secret.ts'

/**
 * The key that wraps all other keys: 32 bytes. From a secret that the operator gives (any text of at least 32
 * characters), else from a file that is made on first use, readable by its owner only.
 */
export async function loadMasterKey(given: Secret | undefined, path: string): Promise<Buffer> {
  if (given) {
    const text = given.expose()
    if (text.length < 32) throw new AppError('bad-usage', 'the master key must have at least 32 characters')
    return keyOfText(text)
  }
  try {
    return decode(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  await writeOnce(path, `${randomBytes(32).toString('base64')}\n`)
  return decode(await readFile(path, 'utf8'), path)
}

function keyOfText(text: string): Buffer {
  return createHash('sha256').update('tocsin master key\0').update(text).digest()
}

/**
 * The keys that a text may stand for: what an operator gave as TOCSIN_MASTER_KEY, or what a `master.key` file holds.
 * Only trying tells which of the two it was.
 */
export function masterKeysOf(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 ? [keyOfText(text), bytes] : [keyOfText(text)]
}

function decode(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32) throw new AppError('bad-usage', `${path} is not a master key: 32 bytes in base64`)
  return key
}

/**
 * Writes a file that only its owner may read, unless there is one. It is written whole under another name and then
 * linked: where two processes start at once the first one's stays, and nobody reads half of it.
 */
export async function writeOnce(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, text, { flag: 'wx', mode: 0o600 })
  await link(draft, path).catch(error => {
    if (!isErrno(error, 'EEXIST')) throw error
  })
  await rm(draft)
}
