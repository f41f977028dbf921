import type { ProtectedAsset } from './protected-assets.ts'

/** What an organisation decides about actions. Read from configuration, shown in the console. */
export interface ResponsePolicy {
  readonly protectedAssets: readonly ProtectedAsset[]
  /** Actions (by name) that wait outside these hours; minutes of the day, UTC. `from` may be later than `to`: overnight. */
  readonly quietHours:
    | { readonly fromMinute: number; readonly toMinute: number; readonly actions: readonly string[] }
    | undefined
  /** How long a submitted proposal stays open. */
  readonly expiryMs: number
  /** How fresh a step-up must be at the moment of the decision. */
  readonly stepUpMaxAgeMs: number
  /** Show what would be sent, and send nothing. */
  readonly dryRun: boolean
}

export const defaultResponsePolicy: ResponsePolicy = {
  protectedAssets: [],
  quietHours: undefined,
  expiryMs: 4 * 60 * 60 * 1000,
  stepUpMaxAgeMs: 5 * 60 * 1000,
  dryRun: false,
}

/** Whether an action waits now. */
export function isQuiet(policy: ResponsePolicy, action: string, nowMs: number): boolean {
  const quiet = policy.quietHours
  if (quiet === undefined || !quiet.actions.includes(action)) return false
  const minute = Math.floor(nowMs / 60_000) % 1440
  return quiet.fromMinute <= quiet.toMinute
    ? minute >= quiet.fromMinute && minute < quiet.toMinute
    : minute >= quiet.fromMinute || minute < quiet.toMinute
}
