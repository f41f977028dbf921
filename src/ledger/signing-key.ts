import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isErrno } from '../lib/file-lock.ts'
import { writeOnce } from '../lib/master-key.ts'
import { newSigningKey } from './checkpoint.ts'

/** The ledger's signing key from a PEM file, made (readable by its owner only) where there is none yet. */
export async function loadSigningKey(path: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await readFile(path, 'utf8'))
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  await writeOnce(path, newSigningKey())
  return createPrivateKey(await readFile(path, 'utf8'))
}
