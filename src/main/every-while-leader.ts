import { sleep } from '../lib/abort.ts'
import { dropLease, takeLease } from '../store/leases.ts'
import type { Application } from './application.ts'

/** What leading takes of the application. */
export interface Leading extends Pick<Application, 'clock' | 'owner'> {
  readonly store: Pick<Application['store'], 'database'>
  readonly logger: Pick<Application['logger'], 'error'>
}

/**
 * Runs `action` again and again until the signal fires, in one process at a time: whoever holds the lease `name`. A
 * failure is logged and tried again in the next round.
 */
export async function everyWhileLeader(
  app: Leading,
  { name, everyMs }: { readonly name: string; readonly everyMs: number },
  action: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { database } = app.store
  while (!signal.aborted) {
    try {
      // Held from round to round: the others take over when this process has missed one.
      if (await takeLease(database, name, app.owner, 2 * everyMs)) await action()
    } catch (error) {
      app.logger.error({ err: error, name }, 'work that is done now and then failed')
    }
    await sleep(everyMs, signal).catch(() => undefined) // Only the signal ends it; the loop sees it.
  }
  await dropLease(database, name, app.owner).catch(() => undefined) // It runs out by itself.
}
