import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { makeCheckpoint } from '../ledger/export-ledger.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { loadSigningKey } from '../ledger/signing-key.ts'
import { type CheckpointTarget, checkpointTarget } from '../ledger/targets/checkpoint-target.ts'
import { everyWhileLeader, type Leading } from './every-while-leader.ts'

/** Marks in a checkpoint that must fit into a datagram. */
const compactMarks = 4

/** The places that are set, or those named instead. Throws `bad-usage`. */
export async function openCheckpointTargets(
  config: Pick<Config, 'checkpoints'>,
  urls: readonly string[] = config.checkpoints.to,
): Promise<CheckpointTarget[]> {
  const { s3Key, caFile } = config.checkpoints
  const extraCa = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  return urls.map(url => checkpointTarget(url, { s3Key, extraCa }))
}

/** Signs where the ledger stands and hands it to one place. Returns the entry; `undefined` while the ledger is empty. */
export async function shipCheckpoint(
  ledger: Ledger,
  key: Awaited<ReturnType<typeof loadSigningKey>>,
  target: CheckpointTarget,
  nowMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const checkpoint = await makeCheckpoint(ledger, key, nowMs, target.compact ? compactMarks : undefined)
  if (checkpoint === undefined) return undefined
  await target.keep(checkpoint, signal)
  return checkpoint.seq
}

/** What this takes of the application. */
export interface CheckpointShipping extends Leading {
  readonly config: Pick<Config, 'checkpoints' | 'dataDir' | 'tenantBound'>
}

/** Hands a checkpoint to every place that is set, each time the ledger has grown. Returns at once where none is set. */
export async function shipCheckpoints(app: CheckpointShipping, signal: AbortSignal): Promise<void> {
  const targets = await openCheckpointTargets(app.config)
  // A checkpoint is of the whole ledger, and a tenant's process sees only its own entries: the owner ships them.
  if (targets.length === 0 || app.config.tenantBound) return
  const ledger = openDatabaseLedger(app.store.database, app.clock)
  const key = await loadSigningKey(join(app.config.dataDir, 'ledger', 'signing-key.pem'))
  const keptAt = new Map<string, number>()
  const round = async () => {
    const head = await ledger.last()
    for (const target of targets) {
      if (head === undefined || keptAt.get(target.name) === head.seq) continue
      try {
        const seq = await shipCheckpoint(ledger, key, target, app.clock.now(), signal)
        if (seq !== undefined) keptAt.set(target.name, seq)
      } catch (error) {
        signal.throwIfAborted()
        app.logger.error({ err: error, target: target.name }, 'a checkpoint of the ledger was not kept')
      }
    }
  }
  const everyMs = app.config.checkpoints.everyMinutes * 60_000
  await everyWhileLeader(app, { name: 'checkpoints', everyMs }, round, signal)
}
