import { pause } from '../lib/abort.ts'
import type { Database } from '../lib/database.ts'
import { dropLease, takeLease } from '../store/leases.ts'
import type { Application } from './application.ts'

/** What leading takes of the application. */
export interface Leading extends Pick<Application, 'clock' | 'owner'> {
  readonly store: { readonly database: Database }
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
      const take = () => takeLease(database, name, app.owner, 2 * everyMs)
      if (await take()) await holding(take, everyMs, action)
    } catch (error) {
      app.logger.error({ err: error, name }, 'work that is done now and then failed')
    }
    await pause(everyMs, signal)
  }
  await dropLease(database, name, app.owner).catch(() => undefined) // It runs out by itself.
}

/** A round may take longer than a lease: it is renewed while it does, so that no other process begins one beside it. */
async function holding(
  renew: () => Promise<unknown>,
  everyMs: number,
  action: () => Promise<void>,
): Promise<void> {
  const renewing = setInterval(() => void renew().catch(() => undefined), everyMs) // Missed: the next one may do.
  try {
    await action()
  } finally {
    clearInterval(renewing)
  }
}
