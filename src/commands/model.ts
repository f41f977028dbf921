import { readConfig } from '../config.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { AppError } from '../lib/app-error.ts'
import { rewrapEnvelope, sealEnvelope } from '../lib/envelope.ts'
import { masterKeysOf } from '../lib/master-key.ts'
import { apiKeyContext } from '../llm/api-key.ts'
import { pullModel } from '../llm/llama/pull-model.ts'
import { priceOf } from '../llm/price-table.ts'
import { readModelSettings } from '../main/open-models.ts'
import { masterKeyOf, modelsDirOf, openModelsOffline } from '../main/open-models-for.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { rollBackModel, showStates } from './model/model-states.ts'
import { testModel } from './model/test-model.ts'

const usage = `tocsin model list [--json]
tocsin model pull NAME --from URL|FILE --sha256 DIGEST [--json]
tocsin model test NAME [--json]
tocsin model states [--json]
tocsin model rollback NAME --reason TEXT
tocsin model key NAME
tocsin model rotate NAME --old-master-key FILE

list    the models of models.yaml
pull    installs the local runtime (node-llama-cpp) and a GGUF file into the data directory; takes a broken download
        up where it stopped, and checks the digest
test    asks the model for a real triage brief of made-up alerts; prints speed, validity and cost
states  every model profile and where it stands: candidate, shadow, canary, active, retired
rollback  takes a model out of use at once, and puts back what it replaced; letting one in is the console's
key     reads an API key from standard input and prints it sealed, for 'key: { sealed: … }' in models.yaml
rotate  reads sealed keys from standard input, one a line, and prints them for the present master key

The models are set up in models.yaml of the data directory (or the file that TOCSIN_MODELS names).
Exit code 0 done, 1 the model failed its test, 2 bad usage.
`

/** `tocsin model`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        from: { type: 'string' },
        sha256: { type: 'string' },
        'old-master-key': { type: 'string' },
        reason: { type: 'string' },
      },
    })
    const [action, name, ...rest] = positionals
    if (rest.length > 0) throw new AppError('bad-usage', `too many arguments: ${rest.join(' ')}`)
    if (action === 'list' && name === undefined) return listModels(values.json ?? false, io)
    if (action === 'states' && name === undefined) return showStates(readConfig(), values.json ?? false, io)
    if (name === undefined)
      throw new AppError(
        'bad-usage',
        'say one of: list, states, pull NAME, test NAME, rollback NAME, key NAME',
      )
    if (action === 'pull') return pull(name, values, io)
    if (action === 'test') return test(name, values.json ?? false, io)
    if (action === 'rollback') {
      if (values.reason === undefined) throw new AppError('bad-usage', 'say why: --reason TEXT')
      return rollBackModel(readConfig(), name, values.reason, io)
    }
    if (action === 'key') return sealKey(name, io)
    if (action === 'rotate') return rotate(name, values['old-master-key'], io)
    throw new AppError('bad-usage', `there is no 'model ${action}'`)
  },
}

async function listModels(json: boolean, io: Io): Promise<number> {
  const config = readConfig()
  const { models, prices } = await readModelSettings(config.modelsFile)
  for (const { name, provider, model, zone, tasks } of models) {
    const price = priceOf(model, prices, zone)
    const record = { name, provider, model, zone, tasks: tasks ?? 'all', price: price ?? null }
    if (json) writeRecord(io, record)
    else io.stdout(`${name.padEnd(20)} ${provider.padEnd(18)} ${model.padEnd(30)} ${zone}\n`)
  }
  if (models.length === 0) io.stderr(`no model is set up in ${config.modelsFile}\n`)
  return 0
}

async function pull(
  name: string,
  values: { readonly from?: string; readonly sha256?: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  if (values.from === undefined || values.sha256 === undefined) {
    throw new AppError(
      'bad-usage',
      'say where the GGUF file is, and its digest: --from URL|FILE --sha256 DIGEST',
    )
  }
  const pulled = await pullModel({
    name,
    modelsDir: modelsDirOf(readConfig()),
    from: values.from,
    sha256: values.sha256,
    say: line => io.stderr(`${line}\n`),
    signal: io.signal,
  })
  if (values.json) writeRecord(io, pulled)
  else io.stdout(`${pulled.path}\n`)
  return 0
}

async function test(name: string, json: boolean, io: Io): Promise<number> {
  const models = await openModelsOffline(readConfig(), name, emptyInventory)
  try {
    const report = await testModel(name, models, io.signal)
    if (json) writeRecord(io, report)
    else
      io.stdout(
        Object.entries(report)
          .map(([key, value]) => `${key.padEnd(22)} ${JSON.stringify(value)}\n`)
          .join(''),
      )
    return report.valid ? 0 : 1
  } finally {
    await models.close()
  }
}

async function sealKey(name: string, io: Io): Promise<number> {
  const key = (await readInput('-', io)).toString('utf8').trim()
  if (key === '') throw new AppError('bad-usage', 'no key on standard input')
  io.stdout(`${sealEnvelope(await masterKeyOf(readConfig())(), key, apiKeyContext(name))}\n`)
  return 0
}

async function rotate(name: string, oldKeyFile: string | undefined, io: Io): Promise<number> {
  if (oldKeyFile === undefined)
    throw new AppError('bad-usage', 'say where the old master key is: --old-master-key FILE')
  const old = masterKeysOf((await readInput(oldKeyFile, io)).toString('utf8').trim())
  const current = await masterKeyOf(readConfig())()
  const sealed = (await readInput('-', io))
    .toString('utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
  for (const envelope of sealed) io.stdout(`${rewrapFrom(old, current, envelope, apiKeyContext(name))}\n`)
  return 0
}

/** With the first of the keys that opens it; throws what the last one did where none does. */
function rewrapFrom(keys: readonly Buffer[], to: Buffer, envelope: string, context: string): string {
  let failure: unknown
  for (const key of keys) {
    try {
      return rewrapEnvelope(key, to, envelope, context)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
