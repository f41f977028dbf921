import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openaiCompatible } from '../../test/support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../../test/support/provider-servers/start-server.ts'
import { runCommand } from '../../test/support/run-command.ts'
import { smallModel } from '../../test/support/small-model.ts'
import { openEnvelope, sealEnvelope } from '../lib/envelope.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { Secret } from '../lib/secret.ts'
import { apiKeyContext } from '../llm/api-key.ts'
import type { ModelTest } from './model/test-model.ts'

const found = await smallModel()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-model-'))
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rm(folder, { recursive: true, force: true }))

/** `tocsin model test` with these models set up, in a data folder of its own. */
async function modelTest(name: string, yaml: string, modelsDir?: string) {
  const data = await mkdtemp(join(folder, 'data-'))
  await writeFile(join(data, 'models.yaml'), yaml)
  if (modelsDir === undefined) await mkdir(join(data, 'models'))
  else await symlink(modelsDir, join(data, 'models'))
  vi.stubEnv('TOCSIN_DATA', data)
  vi.stubEnv('TOCSIN_MODELS', join(data, 'models.yaml'))
  vi.stubEnv('TOCSIN_STUB_KEY', 'key')
  const { code, records, stderr } = await runCommand<ModelTest>(['model', 'test', name, '--json'])
  return { code, report: records[0], stderr }
}

describe.skipIf(found === undefined)('tocsin model test on a real small model in this process', () => {
  it('runs a real triage and says how quick, valid and dear it was, also of an answer that is of no use', async () => {
    const yaml = `models: [{ name: small, provider: in-process, model: ${found?.model}, zone: local, contextTokens: 8192, maxOutputTokens: 60 }]`
    const { code, report, stderr } = await modelTest('small', yaml, found?.modelsDir)
    expect(report, stderr).toMatchObject({ name: 'small', cost_usd: 0 })
    // Sixty tokens hold no brief: it was cut, and that is said and is the exit code.
    expect(report?.outcome).toContain('cut off at its limit of output tokens')
    expect({ code, valid: report?.valid }).toEqual({ code: 1, valid: false })
    expect(report?.input_tokens).toBeGreaterThan(300)
    expect(report?.output_tokens).toBeGreaterThan(20)
    expect(report?.tokens_per_second).toBeGreaterThan(0)
    expect(report?.milliseconds).toBeGreaterThan(0)
  })
})

describe('tocsin model test on a model behind an address', () => {
  let server: ProviderServer
  beforeAll(async () => {
    server = await startProviderServer(openaiCompatible, 'key')
  })
  afterAll(() => server.close())

  const yaml = () => `
models:
  - { name: m, provider: openai-compatible, model: llama, zone: contracted, baseUrl: '${server.url}/v1', plainHttp: true, addresses: [127.0.0.1/32], key: { env: TOCSIN_STUB_KEY } }
prices: { llama: { inputUsd: 1, outputUsd: 2 } }`

  it('is valid where every sentence is in the evidence, and costs what it costs', async () => {
    const cite = { id: 'E1', quote: 'sshd: Multiple authentication failures.' }
    const text = JSON.stringify({
      headline: { text: 'sshd reported multiple authentication failures.', evidence: [cite] },
      claims: [{ text: 'sshd reported multiple authentication failures.', evidence: [cite] }],
      verdict: 'true_positive',
      confidence: 0.9,
      techniques: [],
      next_steps: [],
      nextSteps: [],
      unknowns: [],
    })
    server.always({ kind: 'answer', text })
    const { code, report, stderr } = await modelTest('m', yaml())
    expect(stderr).toBe('')
    expect(report).toMatchObject({ valid: true, outcome: 'answered', verdict: 'true_positive' })
    expect(code).toBe(0)
    // 120 and 30 tokens, as the server counts them.
    expect(report?.cost_usd).toBeCloseTo((120 * 1 + 30 * 2) / 1e6, 9)
  })

  it('fails where the model invents or does not answer, and says why', async () => {
    const cite = { id: 'E1', quote: 'sshd: Multiple authentication failures.' }
    const lie = { text: '198.51.100.77 installed CVE-2031-99999.', evidence: [cite] }
    const text = JSON.stringify({
      headline: lie,
      claims: [lie, lie],
      verdict: 'false_positive',
      confidence: 1,
      techniques: [],
      next_steps: [],
      nextSteps: [],
      unknowns: [],
    })
    server.always({ kind: 'answer', text })
    const invented = await modelTest('m', yaml())
    expect(invented).toMatchObject({ code: 1, report: { valid: false } })
    expect(invented.report?.outcome).toMatch(/^unsupported: /)
    expect(invented.report?.cost_usd).toBeGreaterThan(0)
    server.always({ kind: 'status', status: 401 })
    const refused = await modelTest('m', yaml())
    expect(refused).toMatchObject({ code: 1, report: { valid: false, cost_usd: 0 } })
    expect(refused.report?.outcome).toMatch(/^unavailable: /)
  })
})

it('seals a key for models.yaml, and moves it to another master key without showing it', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const keyOf = (text: string) => loadMasterKey(new Secret(text), '')
  const [firstKey, secondKey] = [await keyOf(first), await keyOf(second)]
  vi.stubEnv('TOCSIN_DATA', await mkdtemp(join(folder, 'keys-')))
  vi.stubEnv('TOCSIN_MASTER_KEY', first)
  const sealed = await runCommand(['model', 'key', 'm'], 'sk-very-secret\n')
  expect(sealed.code).toBe(0)
  expect(sealed.stdout + sealed.stderr).not.toContain('very-secret')
  expect(openEnvelope(firstKey, sealed.stdout.trim(), apiKeyContext('m'))).toBe('sk-very-secret')

  const oldKey = join(folder, 'old.key')
  await writeFile(oldKey, first)
  vi.stubEnv('TOCSIN_MASTER_KEY', second)
  const moved = await runCommand(['model', 'rotate', 'm', '--old-master-key', oldKey], sealed.stdout)
  expect(moved.code, moved.stderr).toBe(0)
  expect(moved.stdout + moved.stderr).not.toContain('very-secret')
  expect(openEnvelope(secondKey, moved.stdout.trim(), apiKeyContext('m'))).toBe('sk-very-secret')
  expect(() => openEnvelope(firstKey, moved.stdout.trim(), apiKeyContext('m'))).toThrow()
  // The old key as `master.key` holds it: 32 bytes, and not a text of the operator's.
  const made = Buffer.from(first, 'base64')
  const ofFile = sealEnvelope(made, 'sk-very-secret', apiKeyContext('m'))
  const again = await runCommand(['model', 'rotate', 'm', '--old-master-key', oldKey], ofFile)
  expect(openEnvelope(secondKey, again.stdout.trim(), apiKeyContext('m'))).toBe('sk-very-secret')
  // Of another model it is nobody's key.
  const other = await runCommand(['model', 'rotate', 'other', '--old-master-key', oldKey], sealed.stdout)
  expect(other.code).not.toBe(0)
})
