import { runRetention } from '../governance/retention.ts'
import type { Application } from './application.ts'
import { erasurePartsOf } from './erasure-parts.ts'
import { everyWhileLeader } from './every-while-leader.ts'

/** Deletes once an hour what is too old. */
export async function keepRetention(app: Application, signal: AbortSignal): Promise<void> {
  const parts = await erasurePartsOf(app.config, app.store.database, app.clock)
  const round = async () => {
    const deleted = await runRetention(parts, app.tenant, signal)
    if (Object.keys(deleted).length > 0) app.logger.info({ deleted }, 'deleted what was too old')
  }
  await everyWhileLeader(app, { name: 'retention', everyMs: 60 * 60_000 }, round, signal)
}
