import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

let folder = ''
const inFolder = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-redact-'))
  await writeFile(
    inFolder('inventory.json'),
    JSON.stringify({ hosts: ['srv1'], users: ['jdoe'], terms: ['Apollo'] }),
  )
  await writeFile(inFolder('key'), 'a key of thirty-two bytes, or so')
  await writeFile(inFolder('other-key'), 'another key')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const vault = () => [
  '--vault',
  inFolder('vault'),
  '--key-file',
  inFolder('key'),
  '--tenant',
  'acme',
  '--case',
  'c1',
]

describe('tocsin redact and reveal', () => {
  it('go there and back to the byte, bytes that are no text included', async () => {
    const input = Buffer.concat([
      Buffer.from('srv1 SRV1 [HOST-1] '),
      Buffer.from('ff00c328edb280', 'hex'),
      Buffer.from('\r\njdoe'),
    ])
    const redacted = await runCommand(
      ['redact', '--inventory', inFolder('inventory.json'), ...vault()],
      input,
    )
    expect(redacted.code).toBe(0)
    expect(redacted.bytes.toString('latin1')).not.toMatch(/srv1|jdoe/i)
    const revealed = await runCommand(['reveal', ...vault()], redacted.bytes)
    expect(revealed.bytes).toEqual(input)
  })

  it('keep the map encrypted, private to its owner, and the same over runs', async () => {
    const again = await runCommand(
      ['redact', '--inventory', inFolder('inventory.json'), ...vault()],
      'jdoe on srv1',
    )
    expect(again.stdout).toBe('[USER-1] on [HOST-1]')
    expect(await readFile(inFolder('vault'), 'utf8')).not.toMatch(/srv1|jdoe|acme/)
    expect((await stat(inFolder('vault'))).mode & 0o077).toBe(0)
  })

  it('reveal nothing to another case or key', async () => {
    const otherCase = [...vault().slice(0, -1), 'c2']
    expect((await runCommand(['reveal', ...otherCase], '[HOST-1]')).stdout).toBe('[HOST-1]')
    const otherKey = vault().map(flag => (flag === inFolder('key') ? inFolder('other-key') : flag))
    const refused = await runCommand(['reveal', ...otherKey], '[HOST-1]')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/wrong key/)
  })

  it('leave readable what policy says, also where the scan of a request would find it', async () => {
    await writeFile(inFolder('keep.yaml'), 'version: 1\nrules: []\nredaction: {keep: [host]}\n')
    const flags = ['--inventory', inFolder('inventory.json'), '--policy', inFolder('keep.yaml')]
    const token = 'xghp_16C7e42F292c6912E7710c838347Ae178B4a'
    const { stdout } = await runCommand(['redact', ...flags], `jdoe on srv1 with ${token}`)
    expect(stdout).toBe('[USER-1] on srv1 with [SECRET-1]')
  })

  it('write one record with code-point offsets', async () => {
    const { stdout, code } = await runCommand(
      ['redact', '--inventory', inFolder('inventory.json'), '--json'],
      '😀 Apollo',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      text: '😀 [TERM-1]',
      replacements: [{ placeholder: '[TERM-1]', class: 'term', offset: 2, length: 6 }],
      decoded: [],
      problems: [],
    })
  })

  it('take - for standard input, and no other path', async () => {
    expect((await runCommand(['redact', '-'], 'x')).stdout).toBe('x')
    expect((await runCommand(['reveal', '-', ...vault()], 'x')).stdout).toBe('x')
    expect((await runCommand(['redact', 'file.txt'], 'x')).code).toBe(2)
  })

  it('refuse what they cannot read', async () => {
    await writeFile(inFolder('bad.json'), '{"hosts": "srv1"}')
    expect((await runCommand(['redact', '--inventory', inFolder('bad.json')], 'x')).code).toBe(2)
    expect((await runCommand(['redact', '--inventory', inFolder('none.json')], 'x')).code).toBe(2)
    expect((await runCommand(['redact', '--vault', inFolder('v2')], 'x')).code).toBe(2)
    expect((await runCommand(['reveal'], 'x')).code).toBe(2)
    await writeFile(inFolder('policy.yaml'), 'version: 1\nrules: []\nredacton: {}\n')
    expect((await runCommand(['redact', '--policy', inFolder('policy.yaml')], 'x')).code).toBe(2)
  })
})
