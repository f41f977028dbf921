import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const key = 'k'.repeat(40)
writeFileSync(join(folder, 'tocsin-master-key'), `${key}\n`)

describe('the master key', () => {
  const keyOf = (environment: NodeJS.ProcessEnv) => readConfig(environment).masterKey?.expose()
  it('comes from the environment, a file, or the credentials of a systemd unit, in this order', () => {
    const file = join(folder, 'tocsin-master-key')
    expect(keyOf({ TOCSIN_MASTER_KEY: 'given', TOCSIN_MASTER_KEY_FILE: file })).toBe('given')
    expect(keyOf({ TOCSIN_MASTER_KEY_FILE: file })).toBe(key)
    expect(keyOf({ CREDENTIALS_DIRECTORY: folder })).toBe(key)
    expect(keyOf({ CREDENTIALS_DIRECTORY: tmpdir() })).toBeUndefined()
    expect(keyOf({})).toBeUndefined()
  })
  it('that was named and is not there stops the start, and is in no message', () => {
    const missing = join(folder, 'missing')
    expect(() => keyOf({ TOCSIN_MASTER_KEY_FILE: missing })).toThrow(/master key cannot be read/)
    expect(JSON.stringify(readConfig({ CREDENTIALS_DIRECTORY: folder }))).not.toContain(key)
  })
})
