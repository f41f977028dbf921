import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { loraFile } from '../../test/support/lora-file.ts'
import { smallModel } from '../../test/support/small-model.ts'
import { type Config, readConfig } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { seededRandom } from '../lib/seeded-random.ts'
import type { CompletionRequest } from '../llm/completion.ts'
import { createLlamaClient } from '../llm/llama/llama-client.ts'
import { parseModelSettings } from '../llm/model-settings.ts'
import { listProfiles } from '../store/model-profiles.ts'
import type { Io } from './command.ts'
import { importModel } from './training/import-model.ts'
import { withStore } from './with-store.ts'

const found = await smallModel()
const io = { stdout: () => {}, stderr: () => {}, signal: new AbortController().signal } as unknown as Io // No input is read.
const random = seededRandom(7)
/** For the first layer of SmolLM2-135M: 576 wide. Strong enough to be noticed. */
const adapter = loraFile('llama', [
  { name: 'blk.0.attn_q.weight.lora_a', shape: [576, 4], value: () => random() - 0.5 },
  { name: 'blk.0.attn_q.weight.lora_b', shape: [4, 576], value: () => random() - 0.5 },
  { name: 'blk.0.attn_output.weight.lora_a', shape: [576, 4], value: () => random() - 0.5 },
  { name: 'blk.0.attn_output.weight.lora_b', shape: [4, 576], value: () => random() - 0.5 },
])
const card = JSON.stringify({ kind: 'tocsin-training-set', made: '2026-06-01' })
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

let folder: string
let config: Config
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-import-'))
  config = { ...readConfig(), dataDir: folder, modelsFile: join(folder, 'models.yaml') }
  await mkdir(join(folder, 'models'))
  await writeFile(join(folder, 'adapter.gguf'), adapter)
  await writeFile(join(folder, 'card.json'), card)
  return () => rm(folder, { recursive: true, force: true })
})
const request = (more: object = {}) => ({
  name: 'tuned',
  file: join(folder, 'adapter.gguf'),
  sha256: sha256(adapter),
  licence: 'internal',
  card: join(folder, 'card.json'),
  base: 'smollm2-135m',
  ...more,
})

describe('importing fine-tuned weights', () => {
  it.each([
    ['an adapter without its base', { base: undefined }, /say for which model with --base/],
    ['an adapter for a model that is not here', { base: 'nobody' }, /pull it first/],
    ['a file that is no GGUF', { file: 'card' }, /does not begin with GGUF/],
    ['a set without a card', { card: 'adapter' }, /no data card/],
  ])('refuses %s', async (_name, more, why) => {
    const paths: Record<string, string> = {
      card: join(folder, 'card.json'),
      adapter: join(folder, 'adapter.gguf'),
    }
    await writeFile(join(folder, 'models', 'smollm2-135m.gguf'), loraFile('llama', []))
    const named = Object.fromEntries(
      Object.entries(more).map(([key, value]) => [key, paths[value ?? ''] ?? value]),
    )
    await expect(importModel(config, request(named), io)).rejects.toThrow(why)
    await expect(readFile(config.modelsFile, 'utf8')).rejects.toThrow(/ENOENT/)
  })

  it('refuses an adapter of another architecture than the model', async () => {
    await writeFile(join(folder, 'models', 'smollm2-135m.gguf'), loraFile('qwen2', []))
    await expect(importModel(config, request(), io)).rejects.toThrow(/is for llama, smollm2-135m is qwen2/)
  })
})

const asked: CompletionRequest = {
  system: 'You write one word.',
  messages: [{ role: 'user', text: 'Name a city.' }],
  schema: {
    type: 'object',
    properties: { word: { type: 'string' } },
    required: ['word'],
    additionalProperties: false,
  },
  schemaName: 'word',
  maxOutputTokens: 30,
  temperature: 0,
}

describe.skipIf(found === undefined)('a LoRA for the small model', () => {
  it('becomes a candidate, is in models.yaml beside what was there, and changes what the model says', async () => {
    const modelsDir = join(folder, 'models')
    await rm(modelsDir, { recursive: true })
    await mkdir(modelsDir)
    await symlink(join(found?.modelsDir ?? '', 'runtime'), join(modelsDir, 'runtime'))
    await symlink(join(found?.modelsDir ?? '', 'smollm2-135m.gguf'), join(modelsDir, 'smollm2-135m.gguf'))
    await writeFile(
      config.modelsFile,
      'models:\n  # our own\n  - { name: house, provider: in-process, model: smollm2-135m, zone: local, contextTokens: 2048 }\n',
    )
    await expect(importModel(config, request({ sha256: 'b'.repeat(64) }), io)).rejects.toThrow(/SHA-256/)
    const { profile } = await importModel(config, request(), io)
    const states = await withStore(config, io, async ({ database }) =>
      (await listProfiles(database, 'default')).map(({ id, name, state }) => [name, state, id === profile]),
    )
    expect(states.sort()).toEqual([
      ['house', 'active', false],
      ['tuned', 'candidate', true],
    ])
    const yaml = await readFile(config.modelsFile, 'utf8')
    expect(yaml).toContain('# our own')
    const models = parseModelSettings(yaml).models
    const words: string[] = []
    for (const model of models) {
      const { client, close } = createLlamaClient({ ...model, contextTokens: 2048 }, modelsDir, systemClock)
      const { text } = await client.complete(asked, async () => {}, AbortSignal.timeout(300_000))
      words.push(text)
      await close()
    }
    expect(words).toHaveLength(2)
    expect(words[0]).not.toBe(words[1])
  })

  it('is not loaded twice under one name', async () => {
    await writeFile(join(folder, 'models', 'smollm2-135m.gguf'), loraFile('llama', []))
    await writeFile(
      config.modelsFile,
      'models:\n  - { name: tuned, provider: in-process, model: x, zone: local }\n',
    )
    await expect(importModel(config, request(), io)).rejects.toThrow(/has a model tuned already/)
  })
})
