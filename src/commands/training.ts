import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { trainingFormatNames } from '../governance/training/training-formats.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { organisationInventory, readPolicyFile } from '../main/open-models-for.ts'
import { type Command, type Io, readArgs, writeRecord } from './command.ts'
import { exportTrainingSet } from './training/export-set.ts'
import { importModel } from './training/import-model.ts'
import { withStore } from './with-store.ts'

/** `tocsin training`. */
export const command: Command = {
  usage: `tocsin training export --out FOLDER --licence TEXT [--format ${trainingFormatNames.join('|')}] [--from DAY] [--to DAY]
tocsin training import FILE.gguf --name NAME --sha256 DIGEST --card data-card.json --licence TEXT [--base MODEL]

export  makes a training set of the cases that people decided: with their consent (under Learning in the console), redacted,
        without duplicates and contradictions, split by time into train, validation and test. A leakage scan that shares
        nothing with redaction reads every example; what it finds stops the export before anything is written. Beside
        the set: lineage, and a data card, signed.
import  takes a fine-tuned model for this machine: a whole GGUF file, or a LoRA adapter with --base. It is added to
        models.yaml and registered as a candidate: asked nothing before people let it.

  --out      a folder that is not there yet, or empty
  --licence  who may do what with the set, or with the weights: it stands in the card and in the profile
  --format   openai and mistral: chat messages; gemini: contents; alpaca: instruction, input, output (default openai)
  --from, --to  days of the verdicts, as 2026-01-31; left out: all

Exit codes: 0 done; 1 refused (no consent, something leaked); 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        licence: { type: 'string' },
        format: { type: 'string', default: 'openai' },
        from: { type: 'string' },
        to: { type: 'string' },
        name: { type: 'string' },
        sha256: { type: 'string' },
        card: { type: 'string' },
        base: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    const [action, file, ...rest] = positionals
    if (rest.length > 0) throw new AppError('bad-usage', `too many arguments: ${rest.join(' ')}`)
    if (action === 'export' && file === undefined) return exportSet(values, io)
    if (action !== 'import' || file === undefined)
      throw new AppError('bad-usage', 'say `export` or `import FILE`')
    const request = {
      file,
      name: needed(values.name, 'name'),
      sha256: needed(values.sha256, 'sha256'),
      card: needed(values.card, 'card'),
      licence: needed(values.licence, 'licence'),
      base: values.base,
    }
    const imported = await importModel(readConfig(), request, io)
    if (values.json) writeRecord(io, imported)
    else
      io.stdout(
        `${request.name} is ${imported.state} ${imported.profile}: evaluate it, then let it in under Models\n`,
      )
    return 0
  },
}

async function exportSet(
  values: {
    readonly out?: string
    readonly licence?: string
    readonly format: string
    readonly from?: string
    readonly to?: string
    readonly json?: boolean
  },
  io: Io,
): Promise<number> {
  const config = readConfig()
  const format = trainingFormatNames.find(name => name === values.format)
  if (format === undefined)
    throw new AppError('bad-usage', `--format is one of ${trainingFormatNames.join(', ')}`)
  const folder = needed(values.out, 'out')
  const licence = needed(values.licence, 'licence')
  const fromMs = dayOf(values.from, 'from') ?? 0
  const toMs = dayOf(values.to, 'to') ?? systemClock.now()
  const card = await withStore(config, io, async ({ database }) =>
    exportTrainingSet(
      {
        database,
        tenant: config.tenant,
        clock: systemClock,
        inventory: await organisationInventory(config, database)(config.tenant),
        policy: await readPolicyFile(config),
        keyFile: join(config.dataDir, 'ledger', 'signing-key.pem'),
      },
      { folder, format, licence, fromMs, toMs },
    ),
  )
  if (values.json) writeRecord(io, card)
  else
    io.stdout(
      `${Object.entries(card.splits)
        .map(([split, { examples }]) => `${split} ${examples}`)
        .join(', ')}; left out: ${JSON.stringify(card.leftOut)}\n`,
    )
  return 0
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new AppError('bad-usage', `--${name} is needed`)
  return value
}

function dayOf(value: string | undefined, name: string): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms)) throw new AppError('bad-usage', `--${name} takes a day, as 2026-01-31`)
  return ms
}
