import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { dataDirectory, environmentSecret, readConfig } from './config.ts'

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

describe('a folder of secrets', () => {
  const secrets = mkdtempSync(join(tmpdir(), 'tocsin-secrets-'))
  afterAll(() => rmSync(secrets, { recursive: true }))
  writeFileSync(join(secrets, 'DATABASE_URL'), 'postgres://tocsin:hidden@db/tocsin\n')
  writeFileSync(join(secrets, 'TOCSIN_MASTER_KEY'), key)
  writeFileSync(join(secrets, 'TOCSIN_PORT'), '7500\n')
  writeFileSync(join(secrets, 'HOUSE_MODEL_KEY'), 'sk-house\n')

  it('gives what is in none but its files, and the environment goes before it', () => {
    const config = readConfig({ TOCSIN_SECRETS: secrets, TOCSIN_MASTER_KEY: '' })
    expect(config.databaseUrl?.expose()).toBe('postgres://tocsin:hidden@db/tocsin')
    expect(config.masterKey?.expose()).toBe(key)
    expect(config.port).toBe(7500)
    expect(JSON.stringify(config)).not.toMatch(/hidden|kkkk/)
    const given = readConfig({ TOCSIN_SECRETS: secrets, DATABASE_URL: 'postgres://other', TOCSIN_PORT: '1' })
    expect([given.databaseUrl?.expose(), given.port]).toEqual(['postgres://other', 1])
  })

  it('holds what models.yaml names, and no path leads out of it', () => {
    vi.stubEnv('TOCSIN_SECRETS', secrets)
    try {
      expect(environmentSecret('HOUSE_MODEL_KEY')?.expose()).toBe('sk-house')
      expect(environmentSecret('NO_SUCH_KEY')).toBeUndefined()
      for (const name of [`../${basename(folder)}/tocsin-master-key`, '.', 'a/b', ''])
        expect(environmentSecret(name)).toBeUndefined()
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('that is not there, or cannot be read, stops the start', () => {
    expect(() => readConfig({ TOCSIN_SECRETS: join(secrets, 'none') })).toThrow(/TOCSIN_SECRETS names/)
    mkdirSync(join(secrets, 'TOCSIN_API_TOKEN'))
    expect(() => readConfig({ TOCSIN_SECRETS: secrets })).toThrow(/TOCSIN_API_TOKEN cannot be read/)
  })
})

describe('a setting that cannot be used', () => {
  it.each([
    ['TOCSIN_PORT', 'abc', 'it must be a number'],
    ['TOCSIN_PORT', '74.5', 'it must be a number'],
    ['TOCSIN_PORT', '99999', 'the most is 65535'],
    ['TOCSIN_INDEXER_POLL_SECONDS', '0', 'the least is 1'],
    ['TOCSIN_CHECKPOINT_MINUTES', '0', 'the least is more than 0'],
    ['TOCSIN_PUBLISH', 'yes', 'it must be on or off'],
    ['TOCSIN_INDEXER_URL', 'ftp://indexer', 'it must be a whole address, such as https://host:port'],
    ['TOCSIN_INDEXER_URL', 'indexer:9200', 'it must be a whole address, such as https://host:port'],
    ['TOCSIN_MAIL_FROM', 'us', 'it must be an e-mail address'],
    ['TOCSIN_TENANT', 'No Such!', 'it has characters that are not taken'],
    ['TOCSIN_SLA_MINUTES', '1,2,3,4,5', 'at most 4 values'],
    ['TOCSIN_SLA_MINUTES', '1,2,3,x', 'it must be a number'],
    [
      'DATABASE_URL',
      'mysql://tocsin@database/tocsin',
      'it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    ],
    ['DATABASE_URL', 'localhost', 'it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE'],
  ])('%s=%s is told in words', (name, value, words) => {
    expect(() => readConfig({ [name]: value })).toThrow(`${name} is not usable: ${words}`)
  })
})

it('keeps data under an absolute path, wherever it was started', () => {
  expect(readConfig({ TOCSIN_DATA: 'relative/place' }).dataDir).toBe(join(process.cwd(), 'relative/place'))
  expect(dataDirectory(undefined, { TOCSIN_DATA: '/srv/tocsin' })).toBe('/srv/tocsin')
  expect(dataDirectory('/given', { TOCSIN_DATA: '/srv/tocsin' })).toBe('/given')
  expect(dataDirectory(undefined, { TOCSIN_DATA: '' })).toBe(dataDirectory(undefined, {}))
})
