import { listProfiles, type StoredProfile } from '../../store/model-profiles.ts'
import { usageByProfile } from '../../store/model-usage.ts'
import { readSetting } from '../setting.ts'
import { gateSetting } from './gate-settings.ts'
import { whyUnwell } from './judge-health.ts'
import { whyRegressed } from './judge-regression.ts'
import { type GateParts, moveProfile, rollBack } from './move-profile.ts'

const dayMs = 86_400_000

/** What the watch found about one profile in use. */
export interface WatchFinding {
  readonly profileId: string
  readonly name: string
  readonly why: string
  /** What was done; null: only told, because the gates are not enforced. */
  readonly done: 'demoted' | 'rolled-back' | null
}

/**
 * Takes profiles out of use that fail, break the schema, are not borne out, are slow or dear, and those that have become worse than
 * what let them in (`regression`: also look for that, which reads months of verdicts). A canary goes back into
 * the shadow always; an active one only where the gates are enforced (else the only model of a small installation
 * would vanish), and the profile that it replaced comes back where
 * `rollBack` lets it. Calls from before the last change of state do not count.
 */
export async function watchProfiles(
  parts: GateParts,
  tenant: string,
  { regression = true }: { readonly regression?: boolean } = {},
): Promise<WatchFinding[]> {
  const { database, clock } = parts
  const { value: settings } = await readSetting(database, tenant, gateSetting)
  const inUse = (await listProfiles(database, tenant)).filter(
    ({ state }) => state === 'canary' || state === 'active',
  )
  const findings: WatchFinding[] = []
  for (const profile of inUse) {
    const { id, name, state, sinceMs } = profile
    const nowMs = clock.now()
    const period = { fromMs: Math.max(sinceMs, nowMs - dayMs), toMs: nowMs + 1 }
    const usage = (await usageByProfile(database, tenant, period)).find(
      each => each.profile === id && each.role === state,
    )
    const why =
      (usage && whyUnwell(usage, settings)) ??
      (regression ? await whyRegressed(database, tenant, profile, settings, nowMs) : undefined)
    if (why === undefined) continue
    const done = state === 'active' && !settings.enforced ? null : await takeOut(parts, tenant, profile, why)
    findings.push({ profileId: id, name, why, done })
  }
  return findings
}

async function takeOut(
  parts: GateParts,
  tenant: string,
  { id: profileId, state }: StoredProfile,
  why: string,
): Promise<'demoted' | 'rolled-back'> {
  const request = { tenant, profileId, by: null, reason: `by itself: ${why}` }
  if (state === 'active' && (await rollBack(parts, request)) !== undefined) return 'rolled-back'
  await moveProfile(parts, { ...request, to: 'shadow' })
  return 'demoted'
}
