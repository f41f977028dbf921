import type { Alert } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { investigateJob } from '../domain/job-kinds.ts'
import { addToCase, draftOf, openCase } from '../group/open-case.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Sql, Transaction } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { enqueue } from '../queue/jobs.ts'
import { findCase } from '../store/case-read.ts'
import { upsertCases } from '../store/grown-cases.ts'
import { alertsIn, lockCases, mergeCases, moveAlerts, rawAlertsOf, settleCase } from '../store/regroup.ts'

export interface RegroupParts {
  readonly tenant: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly slaMinutes: readonly number[]
}

/**
 * Alerts that one merge moves at most. Each is written anew in one transaction, and the alerts that come in meanwhile wait for
 * it: a case of 300,000 took more than a minute.
 */
const mostMoved = 50_000

/**
 * Merges cases into `target`, for good. Throws `conflict` where one does not exist, is merged already, or holds more alerts than
 * are moved at once.
 */
export async function merge(
  sql: Transaction,
  parts: RegroupParts,
  target: string,
  others: readonly string[],
): Promise<void> {
  const from = [...new Set(others)].filter(id => id !== target)
  if (from.length === 0) throw new AppError('bad-request', 'name at least one other case')
  const locked = await lockCases(sql, parts.tenant, [target, ...from])
  const missing = [target, ...from].find(id => !locked.includes(id))
  if (missing !== undefined)
    throw new AppError('conflict', `case ${missing} does not exist, or was merged into another one already`)
  const moved = await alertsIn(sql, parts.tenant, from)
  if (moved > mostMoved)
    throw new AppError(
      'conflict',
      `these cases hold ${moved} alerts, more than the ${mostMoved} that are moved at once: open the largest of them and merge the others into it`,
    )
  const nowMs = parts.clock.now()
  await mergeCases(sql, parts.tenant, target, from, nowMs)
  await investigateAgain(sql, parts, [target])
}

/** Moves alerts into a new case and returns its id. Throws `conflict` where they are not (only) part of the case. */
export async function split(
  sql: Transaction,
  parts: RegroupParts,
  source: string,
  keys: readonly string[],
): Promise<string> {
  const [locked] = await lockCases(sql, parts.tenant, [source])
  if (locked === undefined) throw new AppError('conflict', `case ${source} was merged into another one`)
  const row = await findCase(sql, parts.tenant, source)
  const rows = await rawAlertsOf(sql, parts.tenant, source, keys)
  if (rows.length !== new Set(keys).size)
    throw new AppError('conflict', `not all of these alerts are in case ${source}: read it again`)
  if (rows.length === row?.alertCount)
    throw new AppError('conflict', 'these are all alerts of the case: leave at least one behind')
  const alerts = rows.flatMap(({ raw, receivedMs }) => {
    const line = normalizeLine(Buffer.from(raw), { where: 'store', receivedAtMs: receivedMs })
    return line.kind === 'quarantined' ? [] : [line.alert]
  })
  const draft = draftFrom(parts.ids.next('case'), alerts)
  const nowMs = parts.clock.now()
  const facts = { nowMs, sample: row?.sample ?? false, slaMinutes: parts.slaMinutes }
  await upsertCases(sql, parts.tenant, [draft], facts)
  const placed = alerts.map(alert => ({
    alert,
    assignment: {
      alertKey: alert.key,
      caseId: draft.id,
      kind: 'opened' as const,
      why: `taken out of ${source} by a person`,
    },
  }))
  await moveAlerts(sql, parts.tenant, source, placed, nowMs)
  await settleCase(sql, parts.tenant, draft.id, nowMs)
  await investigateAgain(sql, parts, [source, draft.id])
  return draft.id
}

function draftFrom(id: string, alerts: readonly Alert[]): CaseDraft {
  const [first] = alerts
  if (first === undefined) throw new AppError('conflict', 'none of these alerts can be read')
  const fresh = openCase(id, first)
  for (const alert of alerts) addToCase(fresh, alert, [], [])
  return draftOf(fresh)
}

function investigateAgain(sql: Sql, parts: RegroupParts, ids: readonly string[]): Promise<void> {
  const jobs = ids.map(id => ({ kind: investigateJob, key: id, payload: { caseId: id } }))
  return enqueue(sql, parts.tenant, jobs, parts.clock.now())
}
