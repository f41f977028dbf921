import { AppError } from '../lib/app-error.ts'
import { beginAttempt, lockName } from '../store/sign-in-failures.ts'
import type { AccountParts } from './account-parts.ts'

const freeTries = 5
const firstLockMs = 60_000
const longestLockMs = 60 * 60_000

/**
 * Counts an attempt on `name` before it is looked at. After five failures in a row the name is locked for a minute,
 * then two, four… up to an hour. Returns until when it is locked, or `undefined` where the attempt may go on. Who
 * succeeds calls `forgetFailures`.
 */
export async function countAttempt(
  parts: AccountParts,
  name: string,
  nowMs: number,
): Promise<number | undefined> {
  // Counted and locked in one transaction: the row is held, so that of many at once only one gets past the last free try.
  const lockedUntilMs = await parts.database.transaction(async sql => {
    const attempt = await beginAttempt(sql, parts.tenant, name, nowMs)
    if (attempt.lockedUntilMs > nowMs) return attempt.lockedUntilMs
    if (attempt.failures > freeTries) {
      const lockMs = Math.min(longestLockMs, firstLockMs * 2 ** (attempt.failures - freeTries - 1))
      await lockName(sql, parts.tenant, name, nowMs + lockMs)
    }
    return 0
  })
  return lockedUntilMs > nowMs ? lockedUntilMs : undefined
}

/** The name under which failures of a person's second factor and step-ups are counted. No user name holds a colon. */
export function factorName(userId: string): string {
  return `factor:${userId}`
}

/** The refusal of a locked name, with how long it lasts. */
export function lockedOut(parts: AccountParts, untilMs: number): AppError {
  const minutes = Math.max(1, Math.ceil((untilMs - parts.clock.now()) / 60_000))
  return new AppError('locked-out', `too many failures: try again in ${minutes} min`)
}
