import { createPublicKey, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Config, readConfig } from '../config.ts'
import { type Checkpoint, checkpointSchema, publicKeyPem } from '../ledger/checkpoint.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { exportLedger, makeCheckpoint } from '../ledger/export-ledger.ts'
import { openFileLedger } from '../ledger/file-ledger.ts'
import type { Ledger, LedgerRange } from '../ledger/ledger.ts'
import { loadSigningKey } from '../ledger/signing-key.ts'
import { verifyChain } from '../ledger/verify-chain.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../main/create-logger.ts'
import { openStore } from '../main/open-store.ts'
import { openCheckpointTargets, shipCheckpoint } from '../main/ship-checkpoints.ts'
import { hasEmbeddedDatabase } from '../store/embedded-postgres.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'

const usage = `tocsin audit export [--from SEQ|TIME] [--to SEQ|TIME] [--data DIR] [--ledger database|file]
tocsin audit checkpoint [--out FILE] [--ship URL]... [--public-key FILE] [--data DIR] [--ledger database|file]
tocsin audit verify FILE [--checkpoint FILE] [--public-key FILE] [--json]
tocsin audit note TEXT [--subject ID] [--data DIR]

export      writes the ledger as NDJSON, one entry a line, closed by an entry that says where it begins and ends.
            That a copy was taken is itself an entry. TIME is ISO 8601.
checkpoint  prints a signed statement of where the ledger stands (or writes it to --out), and writes the public
            key to --public-key. Keep both where the keeper of the ledger cannot reach. --ship hands it to such a place:
            file:///PATH, syslog+udp|tcp|tls://HOST[:PORT], s3+https://ENDPOINT/BUCKET/PREFIX?region=REGION (key:
            TOCSIN_CHECKPOINT_S3_KEY). The server does so by itself where TOCSIN_CHECKPOINT_TO is set.
verify      checks an export: each entry's hash and link, its closing, and, against a checkpoint, that history was
            not written anew. Needs neither server nor ledger. Prints {ok, entries, head, first_bad{seq, kind}};
            kind is edit, reorder, delete, truncate, fork or rewrite.
note        writes a person's note into the ledger.

The ledger is that of the database: of DATABASE_URL, else the embedded one in the data directory (--data DIR, or
TOCSIN_DATA), whether a server runs on it or not. Where there is no database, or with --ledger file, it is the file
ledger/ledger.ndjson of the data directory, which the commands that work without a server write to.

Exit code 0 done or verified, 1 not verified, 2 bad usage or unreadable input.
`

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  data: { type: 'string' },
  ledger: { type: 'string' },
  ship: { type: 'string', multiple: true },
  subject: { type: 'string' },
  checkpoint: { type: 'string' },
  'public-key': { type: 'string' },
  json: { type: 'boolean' },
} as const

/** `tocsin audit`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true })
    const [action, operand, ...rest] = positionals
    if (rest.length > 0) throw new AppError('bad-usage', `too many arguments: ${rest.join(' ')}`)
    if (action === 'verify' && operand !== undefined) return verify(operand, values, io)
    const config = readConfig(undefined, values.data)
    const { dataDir } = config
    const databaseUrl = values.data === undefined ? config.databaseUrl : undefined
    const kind = ledgerKind(values.ledger, databaseUrl !== undefined || (await hasEmbeddedDatabase(dataDir)))
    const { ledger, close } =
      kind === 'file' ? openFile(dataDir) : await openDatabase({ ...config, dataDir, databaseUrl }, io)
    try {
      if (action === 'note' && operand !== undefined) {
        return await note(ledger, operand, values.subject ?? '', io)
      }
      if (operand !== undefined) throw new AppError('bad-usage', `unexpected argument '${operand}'`)
      const key = await loadSigningKey(join(dataDir, 'ledger', 'signing-key.pem'))
      if (action === 'export') return await exportAll(ledger, key, values, io)
      if (action === 'checkpoint') {
        if (values.ship !== undefined) return await ship(ledger, key, config, values.ship, io)
        return await checkpoint(ledger, key, values, io)
      }
    } finally {
      await close()
    }
    throw new AppError('bad-usage', 'say one of: export, checkpoint, verify FILE, note TEXT')
  },
}

function ledgerKind(asked: string | undefined, hasDatabase: boolean): 'database' | 'file' {
  if (asked === undefined) return hasDatabase ? 'database' : 'file'
  if (asked === 'file') return 'file'
  if (asked !== 'database') throw new AppError('bad-usage', '--ledger is one of: database, file')
  if (!hasDatabase)
    throw new AppError('bad-usage', 'there is no database: set DATABASE_URL, or --data to where one was made')
  return 'database'
}

interface OpenLedger {
  readonly ledger: Ledger
  close(): Promise<void>
}

function openFile(dataDir: string): OpenLedger {
  const ledger = openFileLedger(join(dataDir, 'ledger', 'ledger.ndjson'), systemClock)
  return { ledger, close: async () => {} }
}

/** Joins the embedded server where one runs, and starts it for the time of the command where none does. */
async function openDatabase(config: Config, io: Io): Promise<OpenLedger> {
  const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
  const store = await openStore(config, createLogger(config.logLevel), say, io.signal)
  return { ledger: openDatabaseLedger(store.database, systemClock), close: store.close }
}

async function verify(
  path: string,
  values: { readonly checkpoint?: string; readonly 'public-key'?: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const text = (await readInput(path, io)).toString('utf8')
  const checkpoints =
    values.checkpoint === undefined
      ? []
      : readCheckpoints(values.checkpoint, await readInput(values.checkpoint, io))
  const publicKey =
    values['public-key'] === undefined
      ? undefined
      : readPublicKey(values['public-key'], await readInput(values['public-key'], io))
  const report = verifyChain(text, { checkpoints, ...(publicKey ? { publicKey } : {}) })
  if (text.trim() !== '' && report.entries === 0) {
    throw new AppError(
      'unreadable-input',
      `${path} holds no ledger entry: is it an export of 'tocsin audit export'?`,
    )
  }
  const { ok, entries, head, firstBad, problems } = report
  if (values.json) writeRecord(io, { ok, entries, head, first_bad: firstBad, problems })
  else if (firstBad)
    io.stdout(`NOT VERIFIED: ${firstBad.kind} at entry ${firstBad.seq} (entries: ${entries})\n`)
  else io.stdout(`verified: ${entries === 1 ? '1 entry' : `${entries} entries`}, head ${head}\n`)
  if (!values.json) for (const each of problems) io.stderr(`${each.code}: ${each.message}\n`)
  return ok ? 0 : 1
}

/** One checkpoint, a list of them, or one a line. */
function readCheckpoints(path: string, bytes: Buffer): Checkpoint[] {
  const text = bytes.toString('utf8').trim()
  try {
    return [
      z.union([checkpointSchema.transform(one => [one]), z.array(checkpointSchema)]).parse(JSON.parse(text)),
    ].flat()
  } catch {
    try {
      return text.split('\n').map(line => checkpointSchema.parse(JSON.parse(line)))
    } catch (error) {
      throw new AppError('unreadable-input', `${path} is not a checkpoint of 'tocsin audit checkpoint'`, {
        cause: error,
      })
    }
  }
}

function readPublicKey(path: string, pem: Buffer): KeyObject {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is of type ${key.asymmetricKeyType}`)
    return key
  } catch (error) {
    throw new AppError(
      'unreadable-input',
      `${path} is not an Ed25519 public key (PEM): ${messageOf(error)}`,
      {
        cause: error,
      },
    )
  }
}

async function exportAll(
  ledger: Ledger,
  key: KeyObject,
  values: { readonly from?: string; readonly to?: string },
  io: Io,
): Promise<number> {
  const range = await resolveRange(ledger, values)
  const by = { actor: 'user:command-line', key, nowMs: systemClock.now() }
  for await (const entry of exportLedger(ledger, range, by)) io.stdout(`${canonicalJson(entry)}\n`)
  return 0
}

/** Turns `--from` and `--to`, each a number or a time, into sequence numbers. */
async function resolveRange(
  ledger: Ledger,
  values: { readonly from?: string; readonly to?: string },
): Promise<LedgerRange> {
  const from = readBound('--from', values.from)
  const to = readBound('--to', values.to)
  let fromSeq = from?.kind === 'seq' ? from.seq : 1
  let toSeq = to?.kind === 'seq' ? to.seq : Number.POSITIVE_INFINITY
  if (from?.kind === 'time' || to?.kind === 'time') {
    for await (const { seq, at } of ledger.read({ fromSeq: 1, toSeq: Number.POSITIVE_INFINITY })) {
      if (from?.kind === 'time' && Date.parse(at) < from.ms) fromSeq = Math.max(fromSeq, seq + 1)
      if (to?.kind === 'time' && Date.parse(at) <= to.ms) toSeq = seq
    }
  }
  return { fromSeq, toSeq }
}

type Bound = { readonly kind: 'seq'; readonly seq: number } | { readonly kind: 'time'; readonly ms: number }

function readBound(name: string, text: string | undefined): Bound | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,14}$/.test(text)) return { kind: 'seq', seq: Number(text) }
  const ms = Date.parse(text)
  if (Number.isNaN(ms))
    throw new AppError('bad-usage', `${name} ${text} is neither an entry number nor a time`)
  return { kind: 'time', ms }
}

async function checkpoint(
  ledger: Ledger,
  key: KeyObject,
  values: { readonly out?: string; readonly 'public-key'?: string },
  io: Io,
): Promise<number> {
  const made = await makeCheckpoint(ledger, key, systemClock.now())
  if (made === undefined) throw new AppError('ledger-empty', 'the ledger is empty: nothing to sign')
  const text = `${canonicalJson(made)}\n`
  if (values.out === undefined) io.stdout(text)
  else await writeFile(values.out, text)
  if (values['public-key'] !== undefined) await writeFile(values['public-key'], publicKeyPem(key))
  return 0
}

async function ship(
  ledger: Ledger,
  key: KeyObject,
  config: Config,
  urls: readonly string[],
  io: Io,
): Promise<number> {
  for (const target of await openCheckpointTargets(config, urls)) {
    const seq = await shipCheckpoint(ledger, key, target, systemClock.now(), io.signal)
    if (seq === undefined) throw new AppError('ledger-empty', 'the ledger is empty: nothing to sign')
    io.stdout(`entry ${seq} is kept at ${target.name}\n`)
  }
  return 0
}

async function note(ledger: Ledger, text: string, subject: string, io: Io): Promise<number> {
  const actor = 'user:command-line'
  const [entry] = await ledger.append(
    [{ kind: 'note', tenant: '', actor, subject, body: { text } }],
    io.signal,
  )
  writeRecord(io, entry)
  return 0
}
