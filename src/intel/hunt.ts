/**
 * Hunting: known indicators searched in stored alerts, oldest first, in batches. Each batch's sightings and the hunt's new
 * place are one transaction, so a hunt that is killed goes on where it was and finds nothing twice.
 */
import { z } from 'zod'
import type { IndicatorType } from '../domain/indicator.ts'
import { investigateJob } from '../domain/job-kinds.ts'
import { ageing } from '../indicators/indicator-decay.ts'
import { IndicatorMatcher } from '../indicators/indicator-matcher.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { enqueue, type Job, type JobDraft } from '../queue/jobs.ts'
import {
  advanceHunt,
  alertsBehind,
  type HuntedAlert,
  huntedIndicators,
  insertSightings,
  readHunt,
  type SightingDraft,
} from '../store/intel-hunts.ts'

export interface HuntParts {
  readonly database: Database
  readonly clock: Clock
}

const batchAlerts = 2_000

export const huntPayload = z.object({ huntId: z.string() })

/** Runs one hunt to its end, or until the signal fires; then the job runs again and goes on from its place. */
export async function handleHunt(parts: HuntParts, job: Job, signal: AbortSignal): Promise<void> {
  const { huntId } = huntPayload.parse(job.payload)
  const hunt = await readHunt(parts.database, job.tenant, huntId)
  // The report may have been deleted meanwhile, and a finished hunt may be claimed again after a crash.
  if (hunt === undefined || hunt.state === 'done') return
  const indicators = await huntedIndicators(
    parts.database,
    job.tenant,
    hunt.reportId,
    ageing,
    parts.clock.now(),
  )
  const find = sightingFinder(indicators)
  let place = { ms: hunt.placeMs, key: hunt.placeKey }
  for (;;) {
    if (signal.aborted)
      throw new AppError('stopping', `hunt ${huntId} goes on after the restart`, { retryable: true })
    const alerts = await alertsBehind(parts.database, job.tenant, place, batchAlerts)
    const last = alerts.at(-1)
    if (last !== undefined) place = { ms: last.receivedMs, key: last.key }
    const sightings = alerts.flatMap(find)
    const nowMs = parts.clock.now()
    await parts.database.transaction(async sql => {
      const hits = await insertSightings(sql, job.tenant, sightings, nowMs)
      if (hits > 0) await enqueue(sql, job.tenant, investigationsOf(sightings), nowMs)
      const finishedMs = alerts.length < batchAlerts ? nowMs : null
      await advanceHunt(sql, job.tenant, huntId, { place, scanned: alerts.length, hits, finishedMs })
    })
    if (alerts.length < batchAlerts) return
  }
}

/** What an alert says about the given indicators. */
export function sightingFinder(
  indicators: readonly { readonly type: string; readonly value: string }[],
): (alert: HuntedAlert) => SightingDraft[] {
  // Written by `insertReport` from the contract's own types.
  const known = indicators.map(({ type, value }) => ({ type: type as IndicatorType, value }))
  const matcher = new IndicatorMatcher(known)
  return alert =>
    matcher.match(alert.raw).flatMap(({ number }) => {
      const indicator = known[number]
      if (indicator === undefined) return []
      const { key, caseId, agentName, timestampMs } = alert
      return [{ ...indicator, alertKey: key, caseId, agentName, alertMs: timestampMs }]
    })
}

/** A case is briefed anew once it is known that a report names something in it. */
export function investigationsOf(sightings: readonly SightingDraft[]): JobDraft[] {
  const caseIds = new Set(sightings.map(({ caseId }) => caseId))
  return [...caseIds].map(caseId => ({ kind: investigateJob, key: caseId, payload: { caseId } }))
}
