import { z } from 'zod'

// Documents are dated by clocks that are not ours. One of 1970 lies before all that a poller looks at, one of 2099
// behind it, and both must be read without the poller following them there. So what is far from now is only counted,
// by the day, and a day in which there are more than before is read (again).

const dayMs = 86_400_000
const yearMs = 365 * dayMs
/** By the day from 1970 to 2100, by the year outside: dates that somebody made up fill no answer with buckets. */
const daysFromMs = 0
const daysBeforeMs = 131 * yearMs
/** From the year 0 (a Go program without a time writes the year 1) to the last that has four digits. */
const firstMs = -1972 * yearMs
const lastMs = 8036 * yearMs

/** A day before the first start that held more than this is history: it is not read for what comes to it late. */
const largestHistory = 20_000
/** Spans kept in a checkpoint. Those with the fewest documents go first: they are only read again. */
const mostKept = 5_000

export const farPosition = z.array(z.tuple([z.number(), z.number(), z.boolean()]))

interface FarSpan {
  /** How many documents were there when it was read last. */
  count: number
  /** More lay there than is read before the first start, and nobody knows which of them were. */
  readonly history: boolean
}

/** What lay far from now when it was counted last, by the start of each span; undefined before the first count. */
export type FarCounts = Map<number, FarSpan> | undefined

export interface FarReader {
  /** Documents from `fromMs` to before `beforeMs`, by the start of each interval that has any. */
  counts(fromMs: number, beforeMs: number, intervalMs: number): Promise<ReadonlyMap<number, number>>
  /** Reads what lies in any of these spans, at most `mostSpans`, and hands it on. */
  read(spans: readonly TimeSpan[]): Promise<void>
}

export interface TimeSpan {
  readonly fromMs: number
  /** The first millisecond behind it. */
  readonly beforeMs: number
}

/** Read at once: whoever dates 40,000 documents by a day each makes nobody wait for 40,000 questions. */
const mostSpans = 500

/** The start of the day (UTC) of a moment. */
export const dayOf = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs
/** The end of the day: what is dated later is ahead of any time zone's mistake. */
export const dayAfter = (atMs: number): number => dayOf(atMs) + dayMs

/** Counts what lies before `edgeMs` at the first start: it is known to be there, and not read. */
export async function countHistory(edgeMs: number, reader: Pick<FarReader, 'counts'>): Promise<FarCounts> {
  const far: FarCounts = new Map()
  for (const { fromMs, beforeMs, intervalMs } of pastOf(edgeMs))
    for (const [start, count] of await reader.counts(fromMs, beforeMs, intervalMs))
      far.set(start, { count, history: count > largestHistory })
  return far
}

/**
 * Reads what came to days before `edgeMs`, and what is dated `limitMs` or later. Returns the new counts and, for people,
 * what was left.
 */
export async function readFar(
  known: NonNullable<FarCounts>,
  edgeMs: number,
  limitMs: number,
  reader: FarReader,
): Promise<{
  readonly far: NonNullable<FarCounts>
  readonly grown: boolean
  readonly left: readonly string[]
}> {
  const far = new Map(known)
  const left: string[] = []
  const grown: TimeSpan[] = []
  for (const start of far.keys()) if (start >= edgeMs && start < limitMs) far.delete(start)
  for (const { fromMs, beforeMs, intervalMs } of [...pastOf(edgeMs), ...futureOf(limitMs)]) {
    const found = await reader.counts(fromMs, beforeMs, intervalMs)
    for (const [start, count] of found) {
      const { count: before, history } = far.get(start) ?? { count: 0, history: false }
      if (count > before && history) {
        const day = new Date(start).toISOString().slice(0, 10)
        left.push(`${count - before} came late to ${day}, before the first start, and are not read`)
        continue
      }
      if (count > before) {
        grown.push({ fromMs: Math.max(start, fromMs), beforeMs: Math.min(start + intervalMs, beforeMs) })
      }
      far.set(start, { count, history })
    }
    for (const start of far.keys())
      if (start >= fromMs && start < beforeMs && !found.has(start)) far.delete(start)
  }
  for (let at = 0; at < grown.length; at += mostSpans) await reader.read(grown.slice(at, at + mostSpans))
  return { far, grown: grown.length > 0, left: left.slice(0, 3) }
}

/** Adds documents that were read while they were near to the day that has become far. */
export function becameFar(far: NonNullable<FarCounts>, atMs: number, count: number): void {
  const before = far.get(dayOf(atMs))
  far.set(dayOf(atMs), { count: (before?.count ?? 0) + count, history: before?.history ?? false })
}

export function writeFar(far: FarCounts): z.infer<typeof farPosition> | undefined {
  if (far === undefined) return undefined
  const spans = [...far].map(([start, { count, history }]): [number, number, boolean] => [
    start,
    count,
    history,
  ])
  return spans.length <= mostKept ? spans : spans.sort((a, b) => b[1] - a[1]).slice(0, mostKept)
}

export function readFarPosition(written: z.infer<typeof farPosition> | undefined): FarCounts {
  return written && new Map(written.map(([start, count, history]) => [start, { count, history }]))
}

const pastOf = (edgeMs: number) =>
  [
    { fromMs: firstMs, beforeMs: Math.min(daysFromMs, edgeMs), intervalMs: yearMs },
    { fromMs: daysFromMs, beforeMs: edgeMs, intervalMs: dayMs },
  ].filter(({ fromMs, beforeMs }) => fromMs < beforeMs)

const futureOf = (limitMs: number) =>
  [
    { fromMs: limitMs, beforeMs: daysBeforeMs, intervalMs: dayMs },
    { fromMs: Math.max(daysBeforeMs, limitMs), beforeMs: lastMs, intervalMs: yearMs },
  ].filter(({ fromMs, beforeMs }) => fromMs < beforeMs)
