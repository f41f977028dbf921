import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readKeys, writeKeys } from './backup-keys.ts'

const masterKey = randomBytes(32)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('the file of keys opens with its passphrase only', async () => {
  const path = join(folder, 'keys')
  const keys = { masterKey, signingKey: 'PEM' }
  await writeKeys(path, keys, 'correct horse battery')
  expect(await readKeys(path, 'correct horse battery')).toEqual(keys)
  await expect(readKeys(path, 'correct horse batterz')).rejects.toMatchObject({ code: 'wrong-passphrase' })
  expect(readFileSync(path, 'utf8')).not.toContain(masterKey.toString('base64'))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
