import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'
import { smallModel } from '../../test/support/small-model.ts'

// The whole way of an evaluation with a real model in this process. SmolLM2 with 135 million parameters knows little: what is
// tested is that it runs, is told apart from code, and that its scores are counted; never how good they are.

const found = await smallModel()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-eval-'))
  if (found === undefined) return
  await mkdir(join(folder, 'data', 'models'), { recursive: true })
  for (const name of ['runtime', 'smollm2-135m.gguf'])
    await symlink(join(found.modelsDir, name), join(folder, 'data', 'models', name))
  await writeFile(
    join(folder, 'data', 'models.yaml'),
    'models:\n  - { name: small, provider: in-process, model: smollm2-135m, zone: local, contextTokens: 2048 }\n',
  )
  vi.stubEnv('TOCSIN_DATA', join(folder, 'data'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

async function run(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(['eval', 'run', ...args])
  const records = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  return { code, stderr, items: records.slice(0, -1), summary: records.at(-1) }
}

describe.skipIf(found === undefined)('an evaluation with the small model in this process', () => {
  it('asks it, scores it by code, and tells its scores apart from those of code', async () => {
    const file = join(folder, 'items.ndjson')
    const items = [
      {
        id: 'm1',
        task: 'choice',
        input: { question: 'Which is a colour?', options: ['red', 'seven'] },
        expected: 'A',
      },
      {
        id: 'm2',
        task: 'choices',
        input: { question: 'Which are colours?', options: ['red', 'blue', 'seven'] },
        expected: ['A', 'B'],
      },
      { id: 'i1', task: 'intel', input: 'It spoke to 198.51.100.7.', expected: ['198.51.100.7'] },
    ]
    await writeFile(file, items.map(item => `${JSON.stringify(item)}\n`).join(''))
    const { items: results, summary, stderr } = await run(file, '--model', 'small')
    expect(
      results.map(({ id, deterministic }) => [id, deterministic]),
      stderr,
    ).toEqual([
      ['m1', false],
      ['m2', false],
      ['i1', true],
    ])
    // The grammar keeps it to JSON of the schema, not to lengths: so small a model may run on, and then has no answer.
    const errors = results.flatMap(({ error }) => error ?? [])
    expect(errors.filter(error => !/cut off at its limit|did not keep to the schema/.test(error))).toEqual([])
    expect(errors.length).toBeLessThan(2)
    expect(summary).toMatchObject({
      n: 3,
      metrics: {
        errors: errors.length,
        score_deterministic: 1,
        live_choice: expect.any(Number),
        live_choices: expect.any(Number),
      },
      ci95: { score_model: [expect.any(Number), expect.any(Number)] },
      versions: { model: 'small' },
    })
    expect(Object.keys(summary.metrics)).not.toContain('live_intel')
  })
})
