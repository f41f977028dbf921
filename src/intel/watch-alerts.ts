import { ageing } from '../indicators/indicator-decay.ts'
import { sleep } from '../lib/abort.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { enqueue } from '../queue/jobs.ts'
import {
  advanceHunt,
  alertsBehind,
  type HuntedAlert,
  huntedIndicators,
  indicatorsStamp,
  insertSightings,
  insertWatch,
  readHunt,
  type SightingDraft,
} from '../store/intel-hunts.ts'
import { takeLease } from '../store/leases.ts'
import { investigationsOf, sightingFinder } from './hunt.ts'

export interface WatchParts {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  /** Names this process: one of several watches at a time. */
  readonly owner: string
  readonly onFailure: (error: unknown) => void
}

/** The watch is a hunt that never ends; this is its id. */
const watchId = 'watch'
const lookEveryMs = 3_000
const leaseMs = 30_000
const batchAlerts = 2_000
/** Indicators age out without anybody's doing. */
const readAgainMs = 60 * 60_000

/** Alerts younger than this may be overtaken by older ones whose transaction is still open. */
const settlingMs = 2_000

/**
 * Matches alerts against every live indicator as they come in, until the signal fires. New reports are noticed before each
 * batch; alerts from before a report are its own hunt's part.
 */
export async function watchAlerts(parts: WatchParts, signal: AbortSignal): Promise<void> {
  let stamp = ''
  let readMs = 0
  let find: ((alert: HuntedAlert) => SightingDraft[]) | undefined
  while (!signal.aborted) {
    try {
      const nowMs = parts.clock.now()
      if (await takeLease(parts.database, 'intel-watch', parts.owner, leaseMs)) {
        const current = await indicatorsStamp(parts.database, parts.tenant)
        if (find === undefined || current !== stamp || nowMs - readMs > readAgainMs) {
          find = sightingFinder(await huntedIndicators(parts.database, parts.tenant, null, ageing, nowMs))
          stamp = current
          readMs = nowMs
        }
        if (await watchOnce(parts, find)) continue
      }
    } catch (error) {
      // The database may be away: the place is kept there, so nothing is lost by trying again.
      parts.onFailure(error)
    }
    await sleep(lookEveryMs, signal).catch(() => {})
  }
}

/** One batch; true where there may be more at once. */
export async function watchOnce(
  parts: Omit<WatchParts, 'owner' | 'onFailure'>,
  find: (alert: HuntedAlert) => SightingDraft[],
): Promise<boolean> {
  const { database, tenant, clock } = parts
  const nowMs = clock.now()
  const watch = await readHunt(database, tenant, watchId)
  if (watch === undefined) {
    await insertWatch(database, tenant, watchId, nowMs)
    return true
  }
  const alerts = await alertsBehind(
    database,
    tenant,
    { ms: watch.placeMs, key: watch.placeKey },
    batchAlerts,
    nowMs - settlingMs,
  )
  const last = alerts.at(-1)
  if (last === undefined) return false
  const sightings = alerts.flatMap(find)
  await database.transaction(async sql => {
    const hits = await insertSightings(sql, tenant, sightings, nowMs)
    if (hits > 0) await enqueue(sql, tenant, investigationsOf(sightings), nowMs)
    const place = { ms: last.receivedMs, key: last.key }
    await advanceHunt(sql, tenant, watchId, { place, scanned: alerts.length, hits, finishedMs: null })
  })
  return alerts.length === batchAlerts
}
