import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isErrno } from '../lib/file-lock.ts'
import { newSigningKey } from './checkpoint.ts'

/** The ledger's signing key from a PEM file, made (readable by its owner only) where there is none yet. */
export async function loadSigningKey(path: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await readFile(path, 'utf8'))
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // Written whole under another name, then linked: where two processes start at once, the first one's key stays
  // and nobody reads half a key.
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, newSigningKey(), { flag: 'wx', mode: 0o600 })
  await link(draft, path).catch(error => {
    if (!isErrno(error, 'EEXIST')) throw error
  })
  await rm(draft)
  return createPrivateKey(await readFile(path, 'utf8'))
}
