import type { FastifyBaseLogger } from 'fastify'
import type { Ingest } from '../ingest/ingest.ts'
import { pause } from '../lib/abort.ts'
import { messageOf } from '../lib/app-error.ts'
import type { Database } from '../lib/database.ts'
import type { Source, SourceState } from '../sources/source.ts'
import { readCheckpoint } from '../store/checkpoints.ts'
import { dropLease, takeLease } from '../store/leases.ts'
import type { SourceMonitor } from './source-monitor.ts'

const leaseMs = 30_000
const renewMs = 10_000

export interface SourceParts {
  readonly database: Database
  readonly ingest: Ingest
  readonly monitor: SourceMonitor
  readonly logger: FastifyBaseLogger
  readonly tenant: string
  /** Names this process among others on the same database. */
  readonly owner: string
}

/** Runs sources until the signal fires. Over all processes on a database, each is read by one at a time. */
export async function runSources(
  parts: SourceParts,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(sources.map(source => runInTurn(parts, source, signal)))
}

async function runInTurn(parts: SourceParts, source: Source, signal: AbortSignal): Promise<void> {
  const lease = `source:${parts.tenant}:${source.name}`
  while (!signal.aborted) {
    try {
      if (await takeLease(parts.database, lease, parts.owner, leaseMs)) {
        await runWhileHeld(parts, source, lease, signal)
        await dropLease(parts.database, lease, parts.owner)
      } else {
        parts.monitor.state(source.name, { kind: 'waiting', detail: 'another process reads it' })
      }
    } catch (error) {
      if (signal.aborted) return
      parts.monitor.state(source.name, { kind: 'failing', detail: messageOf(error) })
      parts.logger.error({ err: error, source: source.name }, 'source failed; it is started again')
    }
    await pause(renewMs / 2, signal)
  }
}

async function runWhileHeld(
  parts: SourceParts,
  source: Source,
  lease: string,
  signal: AbortSignal,
): Promise<void> {
  const lost = new AbortController()
  const running = AbortSignal.any([signal, lost.signal])
  const renewing = renew(parts, lease, lost, running)
  try {
    const checkpoint = await readCheckpoint(parts.database, parts.tenant, source.name)
    await source.run(
      checkpoint,
      async (records, position, before) => {
        const receipt = await parts.ingest({
          tenant: parts.tenant,
          source: source.name,
          sample: false,
          lines: records,
          checkpoint: position,
          ...(before && { before }),
        })
        parts.monitor.received(source.name, receipt)
      },
      stateTeller(parts, source.name),
      running,
    )
  } finally {
    lost.abort()
    await renewing
  }
}

/** Keeps the state for the settings page, and logs when it turns bad and when it is good again. */
function stateTeller({ monitor, logger }: SourceParts, source: string): (state: SourceState) => void {
  let failing = false
  return state => {
    monitor.state(source, state)
    if (state.kind === 'failing' && !failing) logger.warn({ source }, `a source fails: ${state.detail}`)
    if (state.kind === 'connected' && failing) logger.info({ source }, 'the source works again')
    if (state.kind !== 'waiting') failing = state.kind === 'failing'
  }
}

async function renew(
  parts: SourceParts,
  lease: string,
  lost: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(renewMs, signal)
    if (signal.aborted) return
    // A database that is away gives the lease to nobody else either.
    const held = await takeLease(parts.database, lease, parts.owner, leaseMs).catch(() => true)
    if (!held) lost.abort(new Error('another process took the source over'))
  }
}
