/**
 * Retro-hunt: a report's indicators searched in all that the indexer keeps, the newest month first. The indexer offers
 * candidates, the matcher decides; an alert with a hit is taken in like any other and so becomes part of a case. Each
 * page's finds and the hunt's new place are one transaction: a hunt that is killed goes on where it was.
 */
import { historyJob } from '../domain/job-kinds.ts'
import { isOwnEnrichment } from '../domain/own-enrichment.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { enqueue, type Job } from '../queue/jobs.ts'
import {
  addHistoryCounts,
  advanceHistoryHunt,
  type HistoryCount,
  type HistoryHuntRow,
  type HistoryPlace,
  historyCounts,
  huntedAlerts,
  planHistoryHunt,
  readHistoryHunt,
  troubleHistoryHunt,
} from '../store/intel-history.ts'
import { type HuntedIndicator, insertSightings, type SightingDraft } from '../store/intel-hunts.ts'
import type { Indexer, IndexerHit } from '../wazuh/indexer.ts'
import {
  documentsOfSpan,
  type HistoryFields,
  historyBatches,
  historyFields,
  historyQueries,
} from './history-query.ts'
import { huntPayload, investigationsOf, sightingFinder } from './hunt.ts'

export interface HistoryParts {
  readonly database: Database
  readonly clock: Clock
  readonly indexer: Indexer
  /** Takes alerts in as any source does; one that is stored already is not stored again. */
  readonly takeIn: (
    lines: readonly { readonly bytes: Uint8Array; readonly where: string }[],
  ) => Promise<unknown>
  /** How long one turn works before others have theirs. */
  readonly turnMs?: number
}

/** Alerts of Wazuh 4 and findings of Wazuh 5. */
const historyPattern = 'wazuh-alerts-4.x-*,wazuh-findings-v5-*'

const spanMs = 30 * 86_400_000
const pageSize = 500
const turnMs = 4 * 60_000

/** So many alerts with one indicator are taken in; further ones are counted. A value on every line is no indicator. */
const takenPerIndicator = 100

/** Runs one turn of a hunt; queues the next where it is not done. */
export async function handleHistoryHunt(parts: HistoryParts, job: Job, signal: AbortSignal): Promise<void> {
  const { huntId } = huntPayload.parse(job.payload)
  const { database, clock } = parts
  const endMs = clock.now() + (parts.turnMs ?? turnMs)
  try {
    for (;;) {
      const hunt = await readHistoryHunt(database, job.tenant, huntId)
      if (hunt === undefined || hunt.state !== 'running') return
      if (signal.aborted)
        throw new AppError('stopping', `hunt ${huntId} goes on after the restart`, { retryable: true })
      if (clock.now() >= endMs) {
        const next = { kind: historyJob, key: huntId, payload: { huntId } }
        return await enqueue(database, job.tenant, [next], clock.now())
      }
      if (hunt.steps === 0) await plan(parts, job.tenant, hunt, signal)
      else await runStep(parts, job.tenant, hunt, endMs, signal)
    }
  } catch (error) {
    if (!signal.aborted) await troubleHistoryHunt(database, job.tenant, huntId, messageOf(error))
    throw error
  }
}

/** History begins with the oldest document there is, not with the longest time that anybody would look back. */
async function plan(
  { database, clock, indexer }: HistoryParts,
  tenant: string,
  hunt: HistoryHuntRow,
  signal: AbortSignal,
): Promise<void> {
  const path = `/${encodeURIComponent(historyPattern)}/_search?size=1&ignore_unavailable=true`
  let fromMs = hunt.toMs
  for (const { timeField, filter } of documentsOfSpan(hunt)) {
    const oldest = (await indexer.request(
      'POST',
      path,
      {
        query: { bool: { filter } },
        sort: [{ [timeField]: { order: 'asc', unmapped_type: 'date' } }],
        _source: false,
      },
      signal,
    )) as { readonly hits?: { readonly hits?: readonly { readonly sort?: readonly unknown[] }[] } } // OpenSearch's own shape.
    const firstMs = Number(oldest.hits?.hits?.[0]?.sort?.[0] ?? Number.NaN)
    // Never before the hunt: an indexer that names a time long ago would be searched in spans without end.
    if (firstMs < fromMs) fromMs = Math.max(firstMs, hunt.fromMs)
  }
  const steps = spansOf({ fromMs, toMs: hunt.toMs }).length * historyBatches(indicatorsOf(hunt)).length
  const finishedMs = steps === 0 ? clock.now() : null
  await planHistoryHunt(database, tenant, hunt.id, { fromMs, steps, finishedMs })
}

/** The spans of time of a hunt, the newest first. */
function spansOf({ fromMs, toMs }: Pick<HistoryHuntRow, 'fromMs' | 'toMs'>) {
  const count = Math.ceil((toMs - fromMs) / spanMs)
  return Array.from({ length: count }, (_, index) => ({
    fromMs: Math.max(fromMs, toMs - (index + 1) * spanMs),
    toMs: toMs - index * spanMs,
  }))
}

/** Up to when everything has been searched. */
export function reachedBack(hunt: HistoryHuntRow): number {
  if (hunt.steps === 0 || hunt.step >= hunt.steps) return hunt.steps === 0 ? hunt.toMs : hunt.fromMs
  const perSpan = historyBatches(indicatorsOf(hunt)).length
  return spansOf(hunt)[Math.floor(hunt.step / perSpan)]?.toMs ?? hunt.toMs
}

function indicatorsOf(hunt: HistoryHuntRow): HuntedIndicator[] {
  return hunt.indicators.map(([type, value]) => ({ type, value }))
}

/** One batch of indicators over one span, from the hunt's place on, page by page, as long as there is time. */
async function runStep(
  parts: HistoryParts,
  tenant: string,
  hunt: HistoryHuntRow,
  endMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { indexer, clock } = parts
  const batches = historyBatches(indicatorsOf(hunt))
  const batch = batches[hunt.step % batches.length] ?? []
  const span = spansOf(hunt)[Math.floor(hunt.step / batches.length)]
  if (span === undefined) throw new AppError('broken-hunt', `hunt ${hunt.id} has no step ${hunt.step}`)
  const queries = historyQueries(batch, await fieldsOf(indexer, signal), span)
  // Two queries of a step may find the same document: it counts once.
  const seen = new Set<string>()
  let at: HistoryHuntRow = hunt
  let view = await indexer.openView(historyPattern, signal)
  try {
    while (at.step === hunt.step && clock.now() < endMs && !signal.aborted) {
      const number = at.place?.query ?? 0
      const query = queries[number]
      const after = at.place === null || at.place.after.length === 0 ? undefined : at.place.after
      const page =
        query === undefined
          ? { view, hits: [] }
          : await indexer.page(view, query.query, after, pageSize, signal, query.timeField)
      view = page.view
      const more = page.hits.length === pageSize
      const place: HistoryPlace | null = more
        ? { query: number, after: page.hits.at(-1)?.sort ?? [] }
        : number + 1 < queries.length
          ? { query: number + 1, after: [] }
          : null
      const moved = await takePage(parts, tenant, at, { batch, seen, hits: page.hits, place })
      if (moved === undefined) return
      at = moved
    }
  } finally {
    await indexer.closeView(view, AbortSignal.timeout(5_000)).catch(() => undefined) // It ends by itself after five minutes.
  }
}

async function fieldsOf(indexer: Indexer, signal: AbortSignal): Promise<HistoryFields> {
  const path = `/${encodeURIComponent(historyPattern)}/_field_caps?fields=*&ignore_unavailable=true`
  return historyFields(await indexer.request('GET', path, undefined, signal))
}

/** Keeps what a page holds. Returns the hunt at its new place; undefined where it is no longer this worker's. */
async function takePage(
  { database, clock, takeIn }: HistoryParts,
  tenant: string,
  hunt: HistoryHuntRow,
  page: {
    readonly batch: readonly HuntedIndicator[]
    readonly seen: Set<string>
    readonly hits: readonly IndexerHit[]
    readonly place: HistoryPlace | null
  },
): Promise<HistoryHuntRow | undefined> {
  const found = findsIn(page.hits, page.batch, clock.now()).filter(({ key }) => !page.seen.has(key))
  const taken = new Map(
    (await historyCounts(database, tenant, hunt.id)).map(count => [keyOf(count), count.alerts]),
  )
  const wanted = found.filter(({ sightings }) =>
    // One indicator below its limit is reason enough.
    sightings.reduce((any, sighting) => {
      const count = taken.get(keyOf(sighting)) ?? 0
      taken.set(keyOf(sighting), count + 1)
      return any || count < takenPerIndicator
    }, false),
  )
  if (wanted.length > 0) await takeIn(wanted.map(({ line }) => line))
  const stored = new Map(
    (
      await huntedAlerts(
        database,
        tenant,
        found.map(({ key }) => key),
      )
    ).map(alert => [alert.key, alert]),
  )
  const sightings = found.flatMap(find => {
    const alert = stored.get(find.key)
    return alert === undefined ? [] : find.sightings.map(each => ({ ...each, caseId: alert.caseId }))
  })
  const step = page.place === null ? hunt.step + 1 : hunt.step
  const nowMs = clock.now()
  const finishedMs = step === hunt.steps ? nowMs : null
  const hits = found.reduce((sum, find) => sum + find.sightings.length, 0)
  const move = { step, place: page.place, candidates: page.hits.length, hits, finishedMs }
  const moved = await database.transaction(async sql => {
    if (!(await advanceHistoryHunt(sql, tenant, hunt, move))) return false
    await addHistoryCounts(sql, tenant, hunt.id, countsOf(found))
    await insertSightings(sql, tenant, sightings, nowMs)
    await enqueue(sql, tenant, investigationsOf(sightings), nowMs)
    return true
  })
  if (!moved) return undefined
  for (const { key } of found) page.seen.add(key)
  return { ...hunt, step, place: page.place, candidates: hunt.candidates + page.hits.length }
}

interface Find {
  readonly key: string
  readonly atMs: number
  readonly line: { readonly bytes: Uint8Array; readonly where: string }
  readonly sightings: readonly SightingDraft[]
}

/** The documents in which an indicator of the batch really stands. Tocsin's own enrichment repeats what it found. */
function findsIn(hits: readonly IndexerHit[], batch: readonly HuntedIndicator[], nowMs: number): Find[] {
  const find = sightingFinder(batch)
  return hits.flatMap(({ _index, _id, _source }) => {
    const line = { bytes: Buffer.from(JSON.stringify({ _index, _id, _source })), where: `${_index}/${_id}` }
    const read = normalizeLine(line.bytes, { where: line.where, receivedAtMs: nowMs })
    if (read.kind === 'quarantined' || isOwnEnrichment(read.alert)) return []
    const { key, agent, timestampMs, raw } = read.alert
    const hunted = { key, caseId: '', agentName: agent.name, timestampMs, receivedMs: nowMs, raw }
    const sightings = find(hunted)
    return sightings.length === 0 ? [] : [{ key, atMs: timestampMs, line, sightings }]
  })
}

function countsOf(found: readonly Find[]): HistoryCount[] {
  const counts = new Map<string, HistoryCount>()
  for (const { atMs, sightings } of found)
    for (const { type, value } of sightings) {
      const key = keyOf({ type, value })
      const { alerts = 0, firstMs = atMs, lastMs = atMs } = counts.get(key) ?? {}
      counts.set(key, {
        type,
        value,
        alerts: alerts + 1,
        firstMs: Math.min(firstMs, atMs),
        lastMs: Math.max(lastMs, atMs),
      })
    }
  return [...counts.values()]
}

function keyOf({ type, value }: HuntedIndicator): string {
  return `${type} ${value}`
}
