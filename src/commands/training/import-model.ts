import { createHash } from 'node:crypto'
import { access, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument, stringify } from 'yaml'
import type { Config } from '../../config.ts'
import { registerProfiles } from '../../governance/model-gates/register-profiles.ts'
import { AppError } from '../../lib/app-error.ts'
import { systemClock } from '../../lib/clock.ts'
import { isErrno } from '../../lib/file-lock.ts'
import { fileTrouble } from '../../lib/file-trouble.ts'
import { randomIds } from '../../lib/ids.ts'
import { readGgufHeader } from '../../llm/llama/gguf-header.ts'
import { pullModel } from '../../llm/llama/pull-model.ts'
import { parseModelSettings } from '../../llm/model-settings.ts'
import { configuredProfiles } from '../../main/model-profiles.ts'
import { modelsDirOf, readPolicyFile } from '../../main/open-models-for.ts'
import { storedAttack } from '../../main/stored-knowledge.ts'
import type { Io } from '../command.ts'
import { withStore } from '../with-store.ts'

export interface ImportRequest {
  readonly name: string
  readonly file: string
  readonly sha256: string
  readonly licence: string
  /** The data card of the set that it was trained on. */
  readonly card: string
  /** For an adapter (LoRA): the name under which the model that it was trained for was pulled. */
  readonly base: string | undefined
}

/**
 * Takes a model that was fine-tuned elsewhere into the local path: a whole GGUF file, or a LoRA adapter for one that is
 * here. It is named in models.yaml and registered as a candidate, whatever the gates say: nobody has measured it yet.
 */
export async function importModel(
  config: Config,
  request: ImportRequest,
  io: Io,
): Promise<{ profile: string; state: string }> {
  const { name, base } = request
  const header = await readHeader(request.file)
  const adapter = header.type === 'adapter'
  if (adapter !== (base !== undefined))
    throw new AppError(
      'bad-usage',
      adapter
        ? `${request.file} is an adapter: say for which model with --base NAME`
        : `${request.file} is a whole model: --base is for adapters`,
    )
  const modelsDir = modelsDirOf(config)
  if (base !== undefined) {
    const path = join(modelsDir, `${base}.gguf`)
    const known = await access(path).then(
      () => true,
      () => false,
    )
    if (!known) throw new AppError('bad-usage', `there is no model ${base} to put it on: pull it first`)
    const { architecture } = await readHeader(path)
    if (architecture !== header.architecture)
      throw new AppError('bad-usage', `the adapter is for ${header.architecture}, ${base} is ${architecture}`)
  }
  const cardText = await readCard(request.card)
  const cardDigest = createHash('sha256').update(cardText).digest('hex')
  const yamlText = await readFile(config.modelsFile, 'utf8').catch(error => {
    if (isErrno(error, 'ENOENT')) return ''
    throw error
  })
  const before = parseModelSettings(yamlText)
  if (before.models.some(each => each.name === name))
    throw new AppError('bad-usage', `models.yaml has a model ${name} already: choose another name`)
  const pulled = await pullModel({
    name,
    modelsDir,
    from: request.file,
    sha256: request.sha256,
    say: line => io.stderr(`${line}\n`),
    signal: io.signal,
  })
  const profile = {
    name,
    provider: 'in-process',
    model: base ?? name,
    zone: 'local',
    fineTuned: {
      weights: pulled.sha256,
      card: cardDigest,
      licence: request.licence,
      ...(adapter ? { adapter: name } : {}),
    },
  }
  const next = withModel(yamlText, profile)
  const settings = parseModelSettings(next) // Nothing is written that the next start could not read.
  await writeFile(join(modelsDir, `${name}.card.json`), cardText, { mode: 0o600 })
  await writeFile(config.modelsFile, next, { mode: 0o600 })
  const configured = configuredProfiles(
    settings,
    await readPolicyFile(config),
    storedAttack(config.dataDir).versions,
  )
  return withStore(config, io, async ({ database }) => {
    const parts = { database, clock: systemClock, ids: randomIds() }
    const ids = await registerProfiles(parts, config.tenant, configured)
    return { profile: ids.get(name) ?? '', state: 'candidate' }
  })
}

async function readHeader(path: string) {
  const file = await open(path).catch(error => {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  })
  try {
    const buffer = Buffer.alloc(1024 * 1024)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    return readGgufHeader(buffer.subarray(0, bytesRead), path)
  } finally {
    await file.close()
  }
}

async function readCard(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  })
  try {
    const card: unknown = JSON.parse(text)
    if (typeof card === 'object' && card !== null && 'kind' in card && card.kind === 'tocsin-training-set')
      return text
  } catch {
    // Said below.
  }
  throw new AppError('unreadable-input', `${path} is no data card of 'tocsin training export'`)
}

/** Adds a model to the text of models.yaml; comments stay. */
function withModel(yamlText: string, profile: object): string {
  const document = parseDocument(yamlText)
  if (document.contents === null) return stringify({ models: [profile] })
  if (document.has('models')) document.addIn(['models'], document.createNode(profile))
  else document.set('models', [profile])
  return String(document)
}
