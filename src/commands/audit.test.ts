import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { runCli } from '../cli.ts'

const folder = await mkdtemp(join(tmpdir(), 'tocsin-audit-'))
const data = join(folder, 'data')
const inFolder = (name: string) => join(folder, name)

/** Runs `tocsin audit` on a data directory of its own. */
async function audit(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const io = {
    stdin: Readable.from([]),
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void err.push(text),
    signal: AbortSignal.timeout(30_000),
  }
  const code = await runCli(['audit', ...args], io)
  return { code, out: out.join(''), err: err.join('') }
}

it('exports, signs and verifies offline, and exits by what it finds', async () => {
  for (const text of ['one', 'two', 'three']) await audit('note', text, '--data', data)
  const exported = await audit('export', '--data', data)
  expect(exported.code).toBe(0)
  await writeFile(inFolder('export.ndjson'), exported.out)
  await audit(
    'checkpoint',
    '--data',
    data,
    '--out',
    inFolder('checkpoint.json'),
    '--public-key',
    inFolder('key.pem'),
  )
  const against = ['--checkpoint', inFolder('checkpoint.json'), '--public-key', inFolder('key.pem'), '--json']

  const good = await audit('verify', inFolder('export.ndjson'), ...against)
  expect(good.code).toBe(0)
  const lines = exported.out.trim().split('\n')
  const head: unknown = JSON.parse(lines.at(-1) ?? '').hash
  expect(JSON.parse(good.out)).toEqual({ ok: true, entries: 5, head, first_bad: null, problems: [] })

  await writeFile(inFolder('edited.ndjson'), exported.out.replace('"two"', '"zwei"'))
  const edited = await audit('verify', inFolder('edited.ndjson'), ...against)
  expect(edited.code).toBe(1)
  expect(JSON.parse(edited.out)).toMatchObject({ ok: false, first_bad: { seq: 3, kind: 'edit' } })

  await writeFile(inFolder('cut.ndjson'), `${lines.slice(0, 3).join('\n')}\n`)
  const cut = await audit('verify', inFolder('cut.ndjson'), ...against)
  expect(JSON.parse(cut.out)).toMatchObject({ first_bad: { seq: 4, kind: 'truncate' } })
})

it('keeps the signing key from everybody but its owner, and out of what it prints', async () => {
  const pem = await readFile(join(data, 'ledger', 'signing-key.pem'), 'utf8')
  const secret = pem.split('\n')[1] ?? ''
  for (const action of ['export', 'checkpoint']) {
    const { out, err } = await audit(action, '--data', data)
    expect(out + err).not.toContain(secret)
  }
})

it.each([
  [['verify', '/nowhere']],
  [['verify', join(import.meta.dirname, 'audit.ts')]],
  [['verify', inFolder('export.ndjson'), '--checkpoint', inFolder('key.pem')]],
  [['verify', inFolder('export.ndjson'), '--public-key', inFolder('export.ndjson')]],
  [['export', '--from', 'yesterday-ish', '--data', data]],
  [['frobnicate']],
  [[]],
])('exits 2 for %j', async args => expect((await audit(...args)).code).toBe(2))
