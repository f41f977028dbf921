import { runRetention } from '../governance/retention.ts'
import { sleep } from '../lib/abort.ts'
import { dropLease, takeLease } from '../store/leases.ts'
import type { Application } from './application.ts'
import { erasurePartsOf } from './erasure-parts.ts'

const everyMs = 60 * 60_000
const leaseMs = 2 * everyMs
const leaseName = 'retention'

/** Deletes once an hour what is too old, in one process at a time, until the signal fires. */
export async function keepRetention(app: Application, signal: AbortSignal): Promise<void> {
  const { database } = app.store
  const parts = await erasurePartsOf(app.config, database, app.clock)
  while (!signal.aborted) {
    try {
      if (await takeLease(database, leaseName, app.owner, app.clock.now(), leaseMs)) {
        const deleted = await runRetention(parts, app.tenant, signal)
        if (Object.keys(deleted).length > 0) app.logger.info({ deleted }, 'deleted what was too old')
        await dropLease(database, leaseName, app.owner)
      }
    } catch (error) {
      app.logger.error({ err: error }, 'deleting what is too old failed')
    }
    await sleep(everyMs, signal).catch(() => undefined) // Only the signal ends it; the loop sees it.
  }
}
