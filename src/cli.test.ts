import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../test/support/run-command.ts'
import { commandNames } from './cli.ts'

// What scripts rely on of every command, those that are yet to come included. What each answers is in its own test.

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
  vi.stubEnv('TOCSIN_DATA', join(folder, 'data'))
  vi.stubEnv('TOCSIN_ALERTS_FILE', 'off')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

// The first to load most of the program takes its time on a busy machine.
describe.each(commandNames)('tocsin %s', name => {
  it('tells with --help how it is used and what its exit codes mean, and does nothing', async () => {
    for (const flag of ['--help', '-h']) {
      const { code, stdout, stderr } = await runCommand([name, flag])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(new RegExp(`^tocsin ${name}\\b`, 'm'))
      expect(stdout).toMatch(/exit codes?:? 0/i)
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends with 2 and prints no result where it is used badly', async () => {
    const { code, stdout, stderr } = await runCommand([name, '--no-such-option'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`tocsin ${name}: `)
    expect(stderr).toContain(`'tocsin ${name} --help' shows the usage`)
    expect(readdirSync(folder)).toEqual([])
  })
})

it.each([
  ['triage', 'GONE'],
  ['mail', 'GONE'],
  ['intel', 'GONE'],
  ['rules', 'check', 'GONE'],
  ['rules', 'test', '--ruleset', 'GONE', '--logs', 'GONE'],
  ['rules', 'convert', 'GONE', '--to', 'wazuh'],
  ['sigma', 'test', '--rules', 'GONE', '--events', 'GONE'],
  ['yara', 'check', 'GONE'],
  ['yara', 'scan', 'GONE', '--rules', 'GONE'],
  ['ask', 'how many alerts?', '--data', 'GONE'],
  ['policy', 'explain', '--file', 'GONE', '--task', 'triage'],
  ['audit', 'verify', 'GONE'],
  ['redact', '--inventory', 'GONE'],
  ['knowledge', 'import', 'GONE'],
  ['eval', 'run', 'GONE', '--model', 'none', '--out', 'GONE'],
  ['backup', 'check', 'GONE'],
  ['restore', 'GONE'],
])('ends with 2 where it cannot read what it was given: %s %s', async (...args) => {
  const gone = join(folder, 'gone', 'x')
  const { code, stdout, stderr } = await runCommand(args.map(each => (each === 'GONE' ? gone : each)))
  expect([code, `${stdout}${stderr}`]).toEqual([2, expect.stringContaining(gone)])
})

it('lists every command, and ends with 2 where none or an unknown one is named', async () => {
  const overview = await runCommand(['--help'])
  expect(overview.code).toBe(0)
  for (const name of commandNames) expect(overview.stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  expect((await runCommand([])).code).toBe(2)
  for (const name of ['triage', 'constructor', '__proto__', '--versions'])
    expect(await runCommand([name])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(name),
    })
})
