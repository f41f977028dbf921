import { lookAgain } from '../intel/look-in-inventory.ts'
import type { Application } from './application.ts'
import { everyWhileLeader, type Leading } from './every-while-leader.ts'

/** Asks Wazuh's inventory once a day about each live report. For where an indexer is connected. */
export async function recheckInventory(
  app: Leading & Pick<Application, 'tenant'>,
  signal: AbortSignal,
): Promise<void> {
  const parts = { database: app.store.database, clock: app.clock }
  const round = async () => void (await lookAgain(parts, app.tenant))
  await everyWhileLeader(app, { name: 'inventory', everyMs: 60 * 60_000 }, round, signal)
}
