import { pause } from '../lib/abort.ts'
import { connectDatabase } from '../store/connect.ts'
import { endHoldUps } from '../store/hold-ups.ts'
import type { Application } from './application.ts'

const everyMs = 5_000

/**
 * Of a tenant's process: has sessions ended that hold this tenant up, or others. By a connection of its own, since those of the pool
 * may all be waiting for the very lock. Nothing where there are no tenants.
 */
export async function watchHoldUps(
  { config, logger }: Pick<Application, 'config'> & { readonly logger: Pick<Application['logger'], 'warn'> },
  signal: AbortSignal,
): Promise<void> {
  if (!config.tenantBound) return
  const database = connectDatabase({
    connection: { connectionString: config.databaseUrl?.expose() },
    maxConnections: 1,
    onIdleError: () => {}, // The pool has another at the next question.
  })
  try {
    while (!signal.aborted) {
      try {
        const ended = await endHoldUps(database)
        if (ended > 0) logger.warn({ ended }, 'sessions of other tenants held this one up and were ended')
      } catch (error) {
        logger.warn({ err: error }, 'whether tenants hold each other up could not be looked at')
      }
      await pause(everyMs, signal)
    }
  } finally {
    await database.close()
  }
}
