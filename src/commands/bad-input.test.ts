import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'
import { commandNames } from '../cli.ts'

// What every command says of what it cannot use: what, where and what to do, on stderr, with 2 for usage and input.

const folder = mkdtempSync(join(tmpdir(), 'tocsin-bad-input-'))
const inFolder = (name: string) => join(folder, name)
const contents = {
  'text.txt': 'hello',
  'bad.json': '{ "a": ',
  'list.json': '[1, 2]',
  'bad.yaml': 'a: [',
  'bad.xml': '<group><rule',
  'bad.yar': 'rule x {',
  'models-typo.yaml': 'model: []',
  'not-packed.gz': 'plain',
}
beforeAll(() => {
  for (const [name, content] of Object.entries(contents)) writeFileSync(inFolder(name), content)
  mkdirSync(inFolder('empty'))
  vi.stubEnv('TOCSIN_DATA', inFolder('data'))
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Names of `contents`, and `gone`, stand for paths. */
const pathsIn = (words: string) =>
  words.split(' ').map(word => (word in contents || /^(?:gone|empty)/.test(word) ? inFolder(word) : word))

describe('every command', () => {
  it.each(commandNames)(
    '%s refuses an option that it does not have, and shows the way to its usage',
    async name => {
      const { code, stdout, stderr } = await runCommand([name, '--nonsense'])
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(new RegExp(`^tocsin ${name}: .*--nonsense`))
      expect(stderr).toContain(`'tocsin ${name} --help' shows the usage.`)
      expect(stderr).not.toContain('To specify')
    },
  )
})

it.each([
  ['', /^tocsin COMMAND \[--help\]/],
  ['nonsense', /no command 'nonsense'. 'tocsin --help' lists them/],
  ['triage gone.json', /cannot read .*gone\.json: there is no such file or folder\n/],
  ['triage empty', /cannot read .*empty: it is a folder, not a file/],
  ['triage not-packed.gz', /not-packed\.gz: it is named \.gz and is no whole gzip file/],
  ['mail gone.eml', /cannot read .*gone\.eml: there is no such file/],
  ['mail text.txt --org gone.json', /gone\.json: there is no such file/],
  ['mail text.txt --org bad.json', /bad\.json is no organisation file/],
  ['intel gone.pdf', /gone\.pdf: there is no such file/],
  ['redact --inventory gone.json', /gone\.json: there is no such file/],
  ['redact --inventory bad.json', /bad\.json: the inventory is not JSON/],
  ['redact --inventory list.json', /list\.json: the inventory is not a JSON object of lists/],
  ['redact --policy bad.yaml', /bad\.yaml: the policy is not YAML: Flow sequence/],
  ['redact --vault gone.vault', /--vault needs --key-file/],
  ['redact text.txt', /use < .*text\.txt/],
  ['reveal --vault gone.vault --key-file text.txt', /there is no vault .*gone\.vault/],
  ['reveal --vault bad.json --key-file text.txt', /bad\.json: this is not a vault file/],
  ['rules check gone.xml', /gone\.xml: there is no such file/],
  ['rules test --ruleset gone --logs text.txt', /gone has no decoders\/\*\.xml/],
  ['rules convert gone.yaml --to wazuh', /gone\.yaml: there is no such file/],
  ['rules convert bad.yaml --to nowhere', /--to takes one of wazuh, opensearch/],
  ['rules ci gone', /gone is no folder/],
  [
    'sigma test --rules gone.yaml --events text.txt',
    /^tocsin sigma: cannot read .*gone\.yaml: there is no such file or folder\n/,
  ],
  ['yara check gone.yar', /gone\.yar: there is no such file/],
  ['yara scan text.txt --rules gone.yar', /gone\.yar: there is no such file/],
  ['yara scan text.txt --rules bad.yar --timeout-ms soon', /--timeout-ms takes a whole number/],
  ['ask Q --data gone.json', /gone\.json: there is no such file/],
  ['ask Q --case nope', /there is no case nope/],
  ['policy explain --file gone.txt --task case-brief', /gone\.txt: there is no such file/],
  ['policy explain --file text.txt --task wrong', /--task is one of case-brief/],
  ['audit verify gone.ndjson', /gone\.ndjson: there is no such file/],
  ['audit verify bad.json', /bad\.json holds no ledger entry: is it an export/],
  ['compliance report --framework x', /--framework is one of: nist-csf/],
  ['eval run gone', /gone: there is no such file/],
  ['eval run triage --model nope', /there is no model 'nope' in .*models\.yaml/],
  ['knowledge import gone.json', /gone\.json: there is no such file/],
  ['knowledge import bad.json', /bad\.json is no JSON/],
  ['model test nope', /there is no model 'nope'/],
  ['model rotate x --old-master-key gone.key', /gone\.key: there is no such file/],
  ['backup check gone.backup', /gone\.backup: there is no such file/],
  ['restore text.txt', /text\.txt is not a backup/],
  ['keys rotate --old-master-key gone.key', /gone\.key: there is no such file/],
  ['retention set cases=9', /no kind of record 'cases': say one of closed-cases, /],
  ['retention set chats=soon', /chats takes 1 to 36500 days, or never; not 'soon'/],
  ['sign-in check', /cannot read .*sign-in\.yaml: there is no such file or folder; 'tocsin sign-in --help'/],
  ['init --profile huge', /--profile is one of: small, medium, large/],
  [
    'init --out gone/tocsin.env --profile small --yes',
    /cannot write .*gone\/tocsin\.env: there is no such file or folder/,
  ],
  ['mcp --data gone.json', /gone\.json: there is no such file/],
  ['training import gone --name x', /cannot read .*gone.*: there is no such file|needed/],
] as const)('tocsin %s: exit 2', async (words, said) => {
  const { code, stderr } = await runCommand(words === '' ? [] : pathsIn(words))
  expect(stderr).toMatch(said)
  expect(stderr).not.toMatch(/ENOENT|EISDIR|at .*\.ts:\d/)
  expect(code).toBe(2)
})

it.each([
  ['rules check bad.xml', /a tag has no >/],
  ['yara check bad.yar', /does not compile/],
  ['knowledge import list.json', /not imported: this is no STIX bundle/],
  ['knowledge show T9999', /ATT&CK has no such technique/],
] as const)('tocsin %s: exit 1, for what was looked at and does not hold', async (words, said) => {
  const { code, stdout } = await runCommand(pathsIn(words))
  expect(stdout).toMatch(said)
  expect(code).toBe(1)
})

it.each(['mail', 'intel', 'rules check'])(
  'tocsin %s says of a folder that there is nothing in it',
  async words => {
    const { stderr } = await runCommand(pathsIn(`${words} empty`))
    expect(stderr).toContain(`${inFolder('empty')} has no file to read`)
  },
)

it('ask says how much of its data it could not use', async () => {
  const { code, stderr } = await runCommand(pathsIn('ask Q --data bad.json'))
  expect([code, stderr]).toEqual([0, expect.stringContaining('1 of the lines are no Wazuh alerts')])
})

const root = resolve(import.meta.dirname, '..', '..')

/** What a shell says of the program when its results go there. */
function inShell(results: string) {
  const command = `set -o pipefail; "$0" bin/tocsin.js triage samples/alerts.ndjson --json ${results}`
  return spawnSync('bash', ['-c', command, process.execPath], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TOCSIN_SKIP_INSTALL: '1' },
  })
}

it('a reader that goes away ends the program without a word', () => {
  expect(inShell('| head -c 10')).toMatchObject({ status: 0, stderr: '' })
})

it.skipIf(!existsSync('/dev/full'))('a full disk ends it with 1 and a word', () => {
  expect(inShell('> /dev/full')).toMatchObject({
    status: 1,
    stderr: 'tocsin: cannot write the results: the disk is full\n',
  })
})

it.each(['-h', '--help', 'help'])('%s shows what there is', async word => {
  const { code, stdout } = await runCommand([word])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^tocsin COMMAND[\s\S]*\n {2}triage /)])
})

it.each([
  ['bad.yaml', /bad\.yaml is not YAML: Flow sequence/],
  [
    'models-typo.yaml',
    /models-typo\.yaml has settings that cannot be used .*models\.example\.yaml[\s\S]*"model"/,
  ],
  ['empty', /cannot read .*empty: it is a folder, not a file/],
] as const)('the models of %s cannot be used: exit 2, and which file', async (name, said) => {
  vi.stubEnv('TOCSIN_MODELS', inFolder(name))
  try {
    const { code, stderr } = await runCommand(['model', 'list'])
    expect(stderr).toMatch(said)
    expect(code).toBe(2)
  } finally {
    vi.stubEnv('TOCSIN_MODELS', '')
  }
})

it('a file without an alert in it is said to have none', async () => {
  writeFileSync(inFolder('none.ndjson'), '')
  const { code, stdout, stderr } = await runCommand(['triage', inFolder('none.ndjson'), '--json'])
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toMatch(/^tocsin triage: there is no alert in .*none\.ndjson\n$/)
})
