import type { Notice } from '../domain/notice.ts'
import { checkLedger } from '../governance/check-ledger.ts'
import { driftNotices } from '../governance/drift/judge-drift.ts'
import { reviewNotices } from '../governance/review-notices.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { pause } from '../lib/abort.ts'
import { findNotices } from '../notify/find-notices.ts'
import { dropLease, takeLease } from '../store/leases.ts'
import type { Application } from './application.ts'

const everyMs = 5000
const leaseMs = 60_000
const ledgerEveryMs = 60 * 60_000

/** What of the application watching takes. */
export type WatchedParts = Pick<Application, 'clock' | 'tenant' | 'owner' | 'notify'> & {
  readonly store: Pick<Application['store'], 'database'>
  readonly config: Pick<Application['config'], 'sourceSilentMs'>
  readonly logger: Pick<Application['logger'], 'error'>
}

/** Looks every few seconds for what there is to tell, and once an hour at the whole ledger, at drift and at reviews that are due; one process at a time. */
export async function watchNotices(app: WatchedParts, signal: AbortSignal): Promise<void> {
  const { database } = app.store
  const lease = `notices:${app.tenant}`
  let ledgerCheckedMs = 0
  while (!signal.aborted) {
    try {
      const nowMs = app.clock.now()
      if (await takeLease(database, lease, app.owner, leaseMs)) {
        const due = nowMs - ledgerCheckedMs > ledgerEveryMs
        if (due) ledgerCheckedMs = nowMs
        const hourly = due
          ? [
              ...(await ledgerNotice(app, nowMs, signal)),
              ...(await driftNotices({ database, clock: app.clock }, app.tenant)),
              ...(await reviewNotices({ database, clock: app.clock }, app.tenant)),
            ]
          : []
        await findNotices(app.notify, app.tenant, app.config.sourceSilentMs, hourly)
      }
    } catch (error) {
      if (!signal.aborted) app.logger.error({ err: error }, 'looking for what to notify of failed')
    }
    await pause(everyMs, signal)
  }
  await dropLease(database, lease, app.owner).catch(() => undefined) // It runs out by itself.
}

async function ledgerNotice(app: WatchedParts, nowMs: number, signal: AbortSignal): Promise<Notice[]> {
  const { firstBadSeq } = await checkLedger(openDatabaseLedger(app.store.database, app.clock), nowMs, signal)
  if (firstBadSeq === null) return []
  app.logger.error({ seq: firstBadSeq }, 'the ledger does not hold from this entry on')
  return [
    {
      key: `ledger-broken:${firstBadSeq}`,
      event: 'ledger-broken',
      subject: `entry ${firstBadSeq}`,
      facts: { path: '/ledger' },
      atMs: nowMs,
    },
  ]
}
