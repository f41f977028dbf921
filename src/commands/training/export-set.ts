import { createHash } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import type { Inventory } from '../../domain/inventory.ts'
import { readSetting } from '../../governance/setting.ts'
import { signDocument } from '../../governance/sign-document.ts'
import { cardLimits, cardText, type DataCard, describeSet } from '../../governance/training/data-card.ts'
import { trainingConsent } from '../../governance/training/training-consent.ts'
import { type TrainingFormat, trainingFormats } from '../../governance/training/training-formats.ts'
import { trainingPrompt, trainingSet, trainingSplits } from '../../governance/training/training-set.ts'
import { publicKeyPem } from '../../ledger/checkpoint.ts'
import { appendEntries, openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { loadSigningKey } from '../../ledger/signing-key.ts'
import { AppError } from '../../lib/app-error.ts'
import { canonicalJson, digestOf } from '../../lib/canonical-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import type { Policy } from '../../policy/policy.ts'
import { peopleByIds } from '../../store/people.ts'
import { trainingRows } from '../../store/training.ts'

export interface ExportParts {
  readonly database: Database
  readonly tenant: string
  readonly inventory: Inventory
  readonly policy: Policy
  /** The ledger's signing key. */
  readonly keyFile: string
  readonly clock: Clock
}

export interface ExportRequest {
  readonly folder: string
  readonly format: TrainingFormat
  readonly licence: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Writes `train.jsonl`, `validation.jsonl`, `test.jsonl`, the lineage and a signed data card into an empty folder. All or
 * nothing: what the leakage scan finds stops it before a byte is written. Throws `no-consent`, `training-leak`, `bad-usage`.
 */
export async function exportTrainingSet(parts: ExportParts, request: ExportRequest): Promise<DataCard> {
  const { database, tenant, inventory, clock } = parts
  const nowMs = clock.now()
  const { value: consent, changed } = await readSetting(database, tenant, trainingConsent)
  if (!consent.allowed || changed === null)
    throw new AppError(
      'no-consent',
      'nobody has allowed it: a lead does under Learning, Training data, and says on what basis',
    )
  const entries = await readdir(request.folder).catch(() => []) // Not there yet; what else is wrong with it, writing tells.
  if (entries.length > 0) throw new AppError('bad-usage', `${request.folder} is not empty: name a new folder`)
  const set = trainingSet(await trainingRows(database, tenant, request), inventory)
  if (set.examples.length === 0)
    throw new AppError(
      'no-consent',
      `no case is left: ${Object.entries(set.leftOut)
        .map(([why, count]) => `${count} ${why}`)
        .join(', ')}`,
    )
  const shape = trainingFormats[request.format]
  const files = new Map(
    trainingSplits.map(split => [
      `${split}.jsonl`,
      lines(set.examples.filter(each => each.split === split).map(example => shape(example))),
    ]),
  )
  const lineage = lines(
    set.examples.map(({ source, split, decidedMs }) => ({
      source,
      split,
      decided: new Date(decidedMs).toISOString(),
    })),
  )
  files.set('lineage.ndjson', lineage)
  const head = await openDatabaseLedger(database, clock).last()
  const [by] = await peopleByIds(database, tenant, changed.by === null ? [] : [changed.by])
  const card: DataCard = {
    kind: 'tocsin-training-set',
    made: new Date(nowMs).toISOString(),
    tocsin: packageJson.version,
    licence: request.licence,
    consent: {
      basis: consent.basis,
      by: by?.displayName ?? 'unknown',
      at: new Date(changed.atMs).toISOString(),
    },
    period: { from: new Date(request.fromMs).toISOString(), to: new Date(request.toMs).toISOString() },
    format: request.format,
    prompt: trainingPrompt,
    lineage: {
      sources: 'lineage.ndjson',
      ledger: { seq: head?.seq ?? 0, hash: head?.hash ?? '' },
      policy: digestOf(parts.policy),
    },
    ...describeSet(set),
    leakageScan: 'nothing found',
    files: Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)])),
    limits: cardLimits,
  }
  const document = canonicalJson(card)
  const key = await loadSigningKey(parts.keyFile)
  files.set('data-card.json', document)
  files.set('data-card.json.sig', `${signDocument(document, key)}\n`)
  files.set('public-key.pem', publicKeyPem(key))
  files.set('DATA-CARD.md', cardText(card, consent))
  const body = {
    setting: 'training-export',
    format: request.format,
    examples: set.examples.length,
    card: sha256(document),
  }
  // Before the files: that a set was made is known whatever becomes of them.
  await database.transaction(async sql => {
    const entry = { kind: 'config-change', tenant, actor: 'system', subject: 'training-set', body } as const
    await appendEntries(sql, [entry], nowMs)
  })
  await mkdir(request.folder, { recursive: true, mode: 0o700 })
  for (const [name, text] of files) await writeFile(join(request.folder, name), text, { mode: 0o600 })
  return card
}

const lines = (records: readonly object[]) => records.map(record => `${JSON.stringify(record)}\n`).join('')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
