import { z } from 'zod'
import { pause } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import {
  becameFar,
  countHistory,
  dayAfter,
  dayOf,
  type FarCounts,
  type FarReader,
  farPosition,
  readFar,
  readFarPosition,
  type TimeSpan,
  writeFar,
} from './far-times.ts'
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
    timeField: TimeField,
  ): Promise<{ readonly view: string; readonly hits: readonly Hit[] }>
  counts(
    view: string,
    query: Json,
    intervalMs: number,
    signal: AbortSignal,
    timeField: TimeField,
  ): Promise<ReadonlyMap<number, number>>
}

export type TimeField = 'timestamp' | '@timestamp'

interface Hit {
  readonly _index: string
  readonly _id: string
  readonly _source: Json
  readonly sort?: readonly Json[]
}

export interface IndexerPollerOptions {
  readonly name: string
  /** `wazuh-alerts-4.x-*`, or `wazuh-findings-v5-*`. */
  readonly pattern: string
  /** Asked before each poll: why nothing of the pattern is to be read here, or undefined where it is. */
  readonly notHere?: (signal: AbortSignal) => Promise<string | undefined>
  /** What its documents call the time: `timestamp` in alerts of Wazuh 4, `@timestamp` in findings of Wazuh 5. */
  readonly timeField: TimeField
  readonly indexer: SearchableIndexer
  readonly clock: Clock
  readonly intervalMs: number
  /** Read anew at each poll: documents become visible out of order by that much all the time (refresh, Filebeat). */
  readonly overlapMs: number
  /** How late a document may turn up and still be found: an agent that was offline, a Filebeat that was stopped. */
  readonly lateMs: number
  /** Where to begin at the first start; milliseconds back from now. */
  readonly firstLookBackMs: number
}

const pageSize = 1_000
const retryMs = 5_000
/** Late documents are noticed by the number of documents in each of these. */
const bucketMs = 5 * 60_000
/** Late by little is the rule, so the newest buckets are compared at each poll; all of them now and then. */
const recentBuckets = 3
const sweepEveryMs = 5 * 60_000

const position = z.object({
  /** Everything up to here, but for late documents, has been stored. */
  throughMs: z.number(),
  /** What is older was never asked for. */
  sinceMs: z.number().optional(),
  /** Start of a bucket and how many documents before `throughMs` were there when it was read last. */
  counts: z.array(z.tuple([z.number(), z.number()])).optional(),
  far: farPosition.optional(),
})

/** Where a poll stands. */
interface Reading {
  throughMs: number
  sinceMs: number
  counts: Map<number, number>
  far: FarCounts
  /** Documents at or after `throughMs` that were handed on: they are read again, and not handed on again. */
  seen: Set<string>
  sweptMs: number
  /** What the last sweep left, for people. */
  left: readonly string[]
}

/**
 * Polls the Wazuh indexer through a consistent view, page by page in the order of time, each stored before the next is
 * asked for. Documents turn up late. Late by seconds: each poll begins a little before where the last one ended.
 * Later than that: each poll compares how many documents there are in each five minutes with how many there were, and
 * reads those five minutes again where there are more. What was stored before is known by its key. Documents dated far
 * from now, by a clock that is wrong or by somebody who wants to blind the poller, move it nowhere and are read beside.
 */
export function indexerPoller(options: IndexerPollerOptions): Source {
  return {
    name: options.name,
    async run(checkpoint, deliver, onState, signal) {
      const reading = readingFrom(checkpoint, options)
      while (!signal.aborted) {
        let waitMs = options.intervalMs
        try {
          const why = await options.notHere?.(signal)
          const left = why === undefined ? await poll(options, reading, deliver, signal) : []
          const through = `read through ${new Date(reading.throughMs).toISOString()}`
          onState(
            why === undefined
              ? { kind: 'connected', detail: [`${options.pattern}, ${through}`, ...left].join('; ') }
              : { kind: 'waiting', detail: `${options.pattern} is not read: ${why}` },
          )
        } catch (error) {
          if (signal.aborted) return
          onState(failing(options, error))
          waitMs = Math.max(retryMs, options.intervalMs)
        }
        await pause(waitMs, signal)
      }
    },
  }
}

function readingFrom(checkpoint: unknown, options: IndexerPollerOptions): Reading {
  const known = position.safeParse(checkpoint).data
  const throughMs = known?.throughMs ?? options.clock.now() - options.firstLookBackMs
  return {
    throughMs,
    sinceMs: known?.sinceMs ?? throughMs,
    counts: new Map(known?.counts),
    far: readFarPosition(known?.far),
    seen: new Set(),
    sweptMs: Number.NEGATIVE_INFINITY,
    left: [],
  }
}

/** Returns what was left, for people. */
async function poll(
  options: IndexerPollerOptions,
  reading: Reading,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const nowMs = options.clock.now()
  setBack(options, reading, nowMs)
  const horizonMs = Math.max(dayOf(nowMs - options.lateMs), reading.sinceMs)
  forget(reading, horizonMs)
  const sweeping = nowMs - reading.sweptMs >= sweepEveryMs
  const view = await options.indexer.openView(options.pattern, signal)
  const counts: FarReader['counts'] = (fromMs, beforeMs, intervalMs) =>
    countsOf(options, view, fromMs, beforeMs, intervalMs, signal)
  try {
    let left: string | undefined
    const isFirst = reading.far === undefined
    if (sweeping)
      left = await refusalOf(async () => {
        reading.far ??= await countHistory(horizonMs, { counts })
      })
    await readLate(options, reading, view, sweeping ? horizonMs : undefined, horizonMs, deliver, signal)
    await readOn(options, reading, view, dayAfter(nowMs), deliver, signal)
    if (!sweeping) return reading.left
    forget(reading, horizonMs)
    left ??= await refusalOf(() =>
      readOutliers(options, reading, horizonMs, dayAfter(nowMs), counts, view, deliver, signal),
    )
    if (left !== undefined) reading.left = [left]
    if (isFirst && reading.far !== undefined) await deliver([], positionOf(reading))
    reading.sweptMs = nowMs
    return reading.left
  } finally {
    // It ends by itself after five minutes.
    await options.indexer.closeView(view, AbortSignal.timeout(5_000)).catch(() => undefined)
  }
}

/** Our own clock was ahead when this was stored, and no longer is: what came since would lie behind the reader for ever. */
function setBack(options: IndexerPollerOptions, reading: Reading, nowMs: number): void {
  if (reading.throughMs <= nowMs) return
  reading.throughMs = nowMs - options.firstLookBackMs
  reading.sinceMs = Math.min(reading.sinceMs, reading.throughMs)
  reading.counts.clear()
  reading.seen.clear()
  reading.sweptMs = Number.NEGATIVE_INFINITY
}

/** What was counted by five minutes and is older than those that are looked at goes to its day. */
function forget(reading: Reading, horizonMs: number): void {
  for (const [start, count] of reading.counts) {
    if (start + bucketMs > horizonMs) continue
    reading.counts.delete(start)
    if (reading.far !== undefined) becameFar(reading.far, start, count)
  }
}

/** Reads again the buckets that have grown behind the reader's back. */
async function readLate(
  options: IndexerPollerOptions,
  reading: Reading,
  view: string,
  sweepFromMs: number | undefined,
  horizonMs: number,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<void> {
  const recentMs = bucketOf(reading.throughMs) - (recentBuckets - 1) * bucketMs
  const fromMs = sweepFromMs ?? Math.max(horizonMs, recentMs)
  if (fromMs >= reading.throughMs) return
  const found = await countsOf(options, view, fromMs, reading.throughMs, bucketMs, signal)
  for (const [start, count] of found) {
    if (count > (reading.counts.get(start) ?? 0)) {
      const range = between(options, Math.max(start, fromMs), Math.min(start + bucketMs, reading.throughMs))
      for await (const hits of pages(options, view, range, signal))
        await deliver(hits.map(recordOf), positionOf(reading))
    }
    reading.counts.set(start, count)
  }
  for (const start of reading.counts.keys())
    if (start >= fromMs && !found.has(start)) reading.counts.delete(start)
}

async function countsOf(
  options: IndexerPollerOptions,
  view: string,
  fromMs: number,
  beforeMs: number,
  intervalMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const query = between(options, fromMs, beforeMs)
  const found = await options.indexer.counts(view, query, intervalMs, signal, options.timeField)
  const possible = (beforeMs - fromMs) / intervalMs + 2
  if (found.size > possible)
    throw new AppError(
      'indexer-refused',
      `the indexer counted ${found.size} spans of time where ${Math.floor(possible)} can be`,
    )
  return found
}

/** Reads what is dated before the days that are looked at, or in the future, after all else. */
async function readOutliers(
  options: IndexerPollerOptions,
  reading: Reading,
  horizonMs: number,
  limitMs: number,
  counts: FarReader['counts'],
  view: string,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<void> {
  if (reading.far === undefined) return
  const { far, grown, left } = await readFar(reading.far, horizonMs, limitMs, {
    counts,
    read: async spans => {
      for await (const hits of pages(options, view, inAnyOf(options, spans), signal))
        await deliver(hits.map(recordOf), positionOf(reading))
    },
  })
  reading.far = far
  reading.left = left
  if (grown) await deliver([], positionOf(reading))
}

/** Where it cannot be counted, that is said and no more: dates that somebody made up must not stop what is dated rightly. */
async function refusalOf(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'indexer-refused') throw error
    return `what is dated far from now is not read: ${messageOf(error)}`
  }
}

/** Reads what is new. A crash in the middle of a long catch-up goes on from the last page, not from the start. */
async function readOn(
  options: IndexerPollerOptions,
  reading: Reading,
  view: string,
  limitMs: number,
  deliver: Deliver,
  signal: AbortSignal,
): Promise<void> {
  const before = reading.seen
  /** What this poll read at or after `throughMs`, in the order of time, and when it happened. */
  const ahead = new Map<string, number>()
  let newestMs = reading.throughMs
  for await (const hits of pages(options, view, between(options, reading.throughMs, limitMs), signal)) {
    for (const hit of hits) {
      ahead.set(nameOf(hit), timeOf(hit))
      // A manager whose clock is ahead must not make everything after it late.
      if (timeOf(hit) <= options.clock.now()) newestMs = Math.max(newestMs, timeOf(hit))
    }
    const throughMs = Math.max(reading.throughMs, newestMs - options.overlapMs)
    const counts = new Map(reading.counts)
    for (const [name, atMs] of ahead) {
      if (atMs >= throughMs) break
      ahead.delete(name)
      counts.set(bucketOf(atMs), (counts.get(bucketOf(atMs)) ?? 0) + 1)
    }
    const fresh = hits.filter(hit => !before.has(nameOf(hit)))
    const reached = { ...reading, throughMs, counts }
    if (fresh.length > 0 || throughMs > reading.throughMs)
      await deliver(fresh.map(recordOf), positionOf(reached))
    Object.assign(reading, reached)
  }
  reading.seen = new Set(ahead.keys())
}

async function* pages(
  options: IndexerPollerOptions,
  firstView: string,
  query: Json,
  signal: AbortSignal,
): AsyncGenerator<readonly Hit[]> {
  let view = firstView
  let after: readonly Json[] | undefined
  for (;;) {
    const page = await options.indexer.page(view, query, after, pageSize, signal, options.timeField)
    view = page.view
    checkPage(options, page.hits, after)
    if (page.hits.length > 0) yield page.hits
    if (page.hits.length < pageSize) return
    after = page.hits.at(-1)?.sort
  }
}

/** A page must have times and lead on: else a broken or hostile indexer could hold the poller for ever. */
function checkPage(options: IndexerPollerOptions, hits: readonly Hit[], after: readonly Json[] | undefined) {
  if (hits.length > pageSize)
    throw new AppError(
      'indexer-refused',
      `the indexer sent ${hits.length} documents for a page of ${pageSize}`,
    )
  const timeless = hits.find(hit => !Number.isFinite(timeOf(hit)))
  if (timeless !== undefined)
    throw new AppError('indexer-refused', `the indexer sorted ${nameOf(timeless)} by time without a time`)
  const afterMs = Number(after?.[0] ?? Number.NEGATIVE_INFINITY)
  let previousMs = afterMs
  for (const hit of hits) {
    if (timeOf(hit) < previousMs)
      throw new AppError('indexer-refused', `the indexer sent ${nameOf(hit)} out of the order of time`)
    previousMs = timeOf(hit)
  }
  const last = hits.at(-1)?.sort
  if (hits.length === pageSize && after !== undefined && JSON.stringify(last) === JSON.stringify(after))
    throw new AppError(
      'indexer-refused',
      `the indexer sent a page of ${options.pattern} again instead of the next`,
    )
}

const bucketOf = (atMs: number) => Math.floor(atMs / bucketMs) * bucketMs
const nameOf = (hit: Hit) => `${hit._index}/${hit._id}`
/** The first sort value is the document's time. */
const timeOf = (hit: Hit) => Number(hit.sort?.[0] ?? Number.NaN)

function between(options: IndexerPollerOptions, fromMs: number, beforeMs: number): Json {
  return inAnyOf(options, [{ fromMs, beforeMs }])
}

function inAnyOf({ timeField }: IndexerPollerOptions, spans: readonly TimeSpan[]): Json {
  const ranges = spans.map(({ fromMs, beforeMs }) => ({
    range: { [timeField]: { gte: fromMs, lt: beforeMs, format: 'epoch_millis' } },
  }))
  return { bool: { filter: [{ bool: { should: ranges, minimum_should_match: 1 } }] } }
}

function recordOf(hit: Hit): SourceRecord {
  return {
    bytes: Buffer.from(JSON.stringify({ _index: hit._index, _id: hit._id, _source: hit._source })),
    where: nameOf(hit),
  }
}

function positionOf({ throughMs, sinceMs, counts, far }: Reading): z.infer<typeof position> {
  return { throughMs, sinceMs, counts: [...counts], far: writeFar(far) }
}

function failing(options: IndexerPollerOptions, error: unknown): SourceState {
  const hint =
    error instanceof AppError && error.code === 'indexer-refused'
      ? ' Check the user, its rights on this pattern, and the address.'
      : ''
  return { kind: 'failing', detail: `${options.pattern}: ${messageOf(error)}.${hint}` }
}
