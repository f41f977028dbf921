import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'
import { settingNames } from '../config/settings.ts'
import { readConfig } from '../config.ts'
import { settingsFile } from '../main/settings-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-init-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const init = (...args: string[]) => runCommand(['init', '--out', join(folder, 'tocsin.env'), ...args])
const written = () => readFileSync(join(folder, 'tocsin.env'), 'utf8')

/** As systemd and a shell read it: lines of NAME=value, comments left out. */
const settingsOf = (text: string) =>
  Object.fromEntries(
    text.split('\n').flatMap(line => {
      const match = /^([A-Z_]+)=(.*)$/.exec(line)
      return match ? [[match[1], match[2]]] : []
    }),
  )

describe('the settings file', () => {
  const sizes = ['small', 'medium', 'large'] as const
  const models = ['none', 'local', 'cloud'] as const
  const setups = sizes.flatMap(size =>
    models.flatMap(model =>
      [true, false].map(yes => ({ size, models: model, wazuhHere: yes, indexer: yes })),
    ),
  )

  it.each(setups)('is accepted by the program, and secure: $size $models $wazuhHere', setup => {
    const text = settingsFile(setup, 'k'.repeat(43))
    const config = readConfig(settingsOf(text))
    expect(config.host).toBe('127.0.0.1')
    expect(config.respondDryRun).toBe(true)
    expect(config.alertsFile === undefined).toBe(!setup.wazuhHere)
    expect(config.masterKey === undefined).toBe(setup.size === 'small')
  })

  it.each(setups)('names real settings only, those commented out too: $size $models $wazuhHere', setup => {
    const names = [...settingsFile(setup, 'k').matchAll(/^#?([A-Z_]{5,})=/gm)].map(match => match[1])
    expect(names.filter(name => !settingNames.includes(name ?? ''))).toEqual([])
    // With every line taken in, it still holds together.
    const all = settingsOf(settingsFile(setup, 'k'.repeat(43)).replace(/^#([A-Z_]{5,}=)/gm, '$1'))
    expect(() => readConfig(all)).not.toThrow()
  })
})

describe('tocsin init', () => {
  it('writes without questions, for its owner only', async () => {
    expect((await init('--profile', 'large', '--yes')).code).toBe(0)
    expect(written()).toContain('for a large installation')
    expect(statSync(join(folder, 'tocsin.env')).mode & 0o777).toBe(0o600)
  })

  it('never replaces a file unless it is told to', async () => {
    await init('--yes')
    const before = written()
    const again = await init('--profile', 'large', '--yes')
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('--force')
    expect(written()).toBe(before)
    expect((await init('--profile', 'large', '--yes', '--force')).code).toBe(0)
    expect(written()).not.toBe(before)
  })

  it('asks nothing where everything is said', async () => {
    const all = ['--profile', 'medium', '--wazuh', 'elsewhere', '--indexer', 'yes', '--models', 'cloud']
    expect(await init(...all)).toMatchObject({ code: 0, stderr: '' })
    expect(written()).toContain('TOCSIN_INDEXER_URL')
  })

  it('does not wait for an answer where nobody can give one', async () => {
    const asked = await init('--profile', 'small')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('--wazuh')
    expect((await init('--profile', 'huge', '--yes')).code).toBe(2)
  })
})
