import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { runCli } from '../cli.ts'

let folder = ''
const inFolder = (name: string) => join(folder, name)
const alert = {
  agent: { name: 'pay-db7', ip: '10.1.2.3' },
  full_log: 'Failed password for root from 45.155.205.233, config password=Tr0ub4dor-x9',
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-policy-'))
  await writeFile(inFolder('alert.json'), `${JSON.stringify(alert)}\n`)
  await writeFile(inFolder('plain.txt'), 'port scan from 45.155.205.233')
  await writeFile(inFolder('none.yaml'), 'version: 1\nrules: []\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const explanation = z.object({
  decision: z.enum(['allow', 'pseudonymise', 'local', 'refuse']),
  rule: z.string(),
  model: z.string().nullable(),
  zone: z.string(),
  classes: z.array(z.object({ class: z.string(), count: z.number() })),
  request_text: z.string(),
  reasons: z.array(z.string()),
})

async function explain(...flags: readonly string[]) {
  const out: string[] = []
  const code = await runCli(['policy', 'explain', '--task', 'case-brief', '--json', ...flags], {
    stdin: Readable.from([]),
    stdout: text => void out.push(String(text)),
    stderr: () => {},
    signal: new AbortController().signal,
  })
  return { code, record: code === 0 ? explanation.parse(JSON.parse(out.join(''))) : undefined }
}

describe('tocsin policy explain', () => {
  it('keeps a secret from a model without a contract, and sends it nothing', async () => {
    const { record } = await explain('--file', inFolder('alert.json'))
    expect(record).toMatchObject({ decision: 'local', zone: 'public', request_text: '' })
    expect(record?.classes[0]).toMatchObject({ class: 'secret', count: 1 })
  })

  it('shows the request with placeholders for what an alert names of ours, and the attacker as he is', async () => {
    const { record } = await explain('--file', inFolder('alert.json'), '--model', 'contracted')
    expect(record?.decision).toBe('pseudonymise')
    expect(record?.request_text).not.toMatch(/pay-db7|10\.1\.2\.3|Tr0ub4dor/)
    expect(record?.request_text).toContain('45.155.205.233')
  })

  it('never shows a secret even to a model on this machine', async () => {
    const { record } = await explain('--file', inFolder('alert.json'), '--model', 'local')
    expect(record?.request_text).toContain('pay-db7')
    expect(record?.request_text).not.toContain('Tr0ub4dor')
  })

  it('lets public data go, and nothing where no rule speaks', async () => {
    expect((await explain('--file', inFolder('plain.txt'))).record?.decision).toBe('allow')
    const denied = await explain('--file', inFolder('plain.txt'), '--policy', inFolder('none.yaml'))
    expect(denied.record).toMatchObject({ decision: 'refuse', rule: 'deny-by-default', request_text: '' })
  })

  it("takes a command's name for the task", async () => {
    expect((await explain('--file', inFolder('plain.txt'), '--task', 'mail')).record?.decision).toBe('allow')
    expect((await explain('--file', inFolder('plain.txt'), '--task', 'nonsense')).code).toBe(2)
  })

  it('refuses what it cannot read', async () => {
    expect((await explain('--file', inFolder('absent'))).code).toBe(2)
    expect((await explain()).code).toBe(2)
  })
})
