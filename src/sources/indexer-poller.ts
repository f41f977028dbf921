import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { Deliver, Source, SourceRecord, SourceState } from './source.ts'

/** The part of the indexer client that the poller uses (`wazuh/indexer.ts` has it). */
export interface SearchableIndexer {
  openView(pattern: string, signal: AbortSignal): Promise<string>
  closeView(view: string, signal: AbortSignal): Promise<void>
  page(
    view: string,
    query: Json,
    after: readonly Json[] | undefined,
    size: number,
    signal: AbortSignal,
  ): Promise<{
    readonly view: string
    readonly hits: readonly {
      readonly _index: string
      readonly _id: string
      readonly _source: Json
      readonly sort?: readonly Json[]
    }[]
  }>
}

export interface IndexerPollerOptions {
  readonly name: string
  /** `wazuh-alerts-4.x-*`, or `wazuh-findings-v5-*`. */
  readonly pattern: string
  readonly indexer: SearchableIndexer
  readonly clock: Clock
  readonly intervalMs: number
  /** How late a document may turn up: each poll looks back that far. What was stored already is known by its key. */
  readonly overlapMs: number
  /** Where to begin at the first start; milliseconds back from now. */
  readonly firstLookBackMs: number
}

const pageSize = 1_000
const retryMs = 5_000

/** How far a poller is: everything up to here, but for late documents, has been stored. */
interface Position {
  readonly throughMs: number
}

/**
 * Polls the Wazuh indexer: a consistent view, read page by page in the order of time, from a little before where the
 * last poll ended, since documents turn up late (refresh, Filebeat, agents that were offline). Each page is stored
 * before the next is asked for.
 */
export function indexerPoller(options: IndexerPollerOptions): Source {
  return {
    name: options.name,
    async run(checkpoint, deliver, onState, signal) {
      let throughMs = positionOf(checkpoint)?.throughMs ?? options.clock.now() - options.firstLookBackMs
      while (!signal.aborted) {
        let waitMs = options.intervalMs
        try {
          throughMs = await poll(options, throughMs, deliver, signal)
          onState({
            kind: 'connected',
            detail: `${options.pattern}, read through ${new Date(throughMs).toISOString()}`,
          })
        } catch (error) {
          if (signal.aborted) return
          onState(failing(options, error))
          waitMs = Math.max(retryMs, options.intervalMs)
        }
        await sleep(waitMs, signal).catch(() => undefined) // Only the signal ends the sleep; the loop sees it.
      }
    },
  }
}

async function poll(
  options: IndexerPollerOptions,
  fromMs: number,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<number> {
  const { indexer } = options
  // Taken before the view: what is written after this moment belongs to the next poll.
  const untilMs = options.clock.now()
  const query = {
    bool: {
      filter: [
        { range: { timestamp: { gte: fromMs - options.overlapMs, lte: untilMs, format: 'epoch_millis' } } },
      ],
    },
  }
  let view = await indexer.openView(options.pattern, signal)
  try {
    let after: readonly Json[] | undefined
    for (;;) {
      const page = await indexer.page(view, query, after, pageSize, signal)
      view = page.view
      const records = page.hits.map(
        (hit): SourceRecord => ({
          bytes: Buffer.from(JSON.stringify({ _index: hit._index, _id: hit._id, _source: hit._source })),
          where: `${hit._index}/${hit._id}`,
        }),
      )
      const last = page.hits.length < pageSize
      // A crash in the middle of a long catch-up goes on from here, not from the start.
      const seenMs = Number(page.hits.at(-1)?.sort?.[0] ?? Number.NaN)
      const position: Position = {
        throughMs: last || Number.isNaN(seenMs) ? untilMs : Math.max(fromMs, seenMs),
      }
      await deliver(records, position)
      if (last) return untilMs
      after = page.hits.at(-1)?.sort
    }
  } finally {
    await indexer.closeView(view, AbortSignal.timeout(5_000)).catch(() => undefined) // It ends by itself after five minutes.
  }
}

function positionOf(checkpoint: unknown): Position | undefined {
  if (typeof checkpoint !== 'object' || checkpoint === null || !('throughMs' in checkpoint)) return undefined
  return typeof checkpoint.throughMs === 'number' ? { throughMs: checkpoint.throughMs } : undefined
}

function failing(options: IndexerPollerOptions, error: unknown): SourceState {
  const hint =
    error instanceof AppError && error.code === 'indexer-refused'
      ? ' Check the user, its rights on this pattern, and the address.'
      : ''
  return { kind: 'failing', detail: `${options.pattern}: ${messageOf(error)}.${hint}` }
}
