import { appendEntries } from '../../ledger/database-ledger.ts'
import { digestOf } from '../../lib/canonical-json.ts'
import type { Sql } from '../../lib/database.ts'
import { writeGovernanceSetting } from '../../store/governance-settings.ts'
import {
  addMove,
  listProfiles,
  type ProfileContent,
  seeProfile,
  setProfileState,
} from '../../store/model-profiles.ts'
import { readSetting } from '../setting.ts'
import { gateSetting } from './gate-settings.ts'
import type { GateParts } from './move-profile.ts'

/** A model as it is set up now. */
export interface ConfiguredProfile {
  readonly name: string
  readonly content: ProfileContent
}

/** The id of exactly this combination of model, prompts, policy and knowledge. */
export const profileIdOf = (content: ProfileContent) => `mp_${digestOf(content).slice(0, 20)}`

/**
 * Makes the profiles of models.yaml known. A new one starts as candidate where the gates are enforced, else active; what
 * stood under its name before is retired. `enforcedAtFirst`: the gates are, until an admin sets them. Returns the ids by name.
 */
export async function registerProfiles(
  parts: GateParts,
  tenant: string,
  configured: readonly ConfiguredProfile[],
  enforcedAtFirst = false,
): Promise<ReadonlyMap<string, string>> {
  return parts.database.transaction(async sql => {
    // Several processes start at once: one of them registers, the others find it done.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`model profiles of ${tenant}`])
    if (enforcedAtFirst) await enforceAtFirst(sql, parts, tenant)
    const { value: settings } = await readSetting(sql, tenant, gateSetting)
    const known = await listProfiles(sql, tenant)
    const nowMs = parts.clock.now()
    // What was trained further is a candidate whatever the gates say: nobody has measured it yet.
    const stateOf = (content: ProfileContent) =>
      settings.enforced || content.settings.fine_tuned !== undefined ? 'candidate' : 'active'
    const ids = new Map<string, string>()
    const note = (
      profileId: string,
      from: (typeof known)[number]['state'] | null,
      to: 'candidate' | 'active' | 'retired',
      reason: string,
    ) =>
      addMove(sql, tenant, {
        id: parts.ids.next('move'),
        profileId,
        from,
        to,
        byId: null,
        reason,
        gate: { checks: [] },
        atMs: nowMs,
      })
    for (const { name, content } of configured) {
      const id = profileIdOf(content)
      const state = stateOf(content)
      ids.set(name, id)
      await seeProfile(sql, tenant, { id, name, content, state }, nowMs)
      if (known.some(each => each.id === id)) continue
      await note(id, null, state, 'set up in models.yaml')
      for (const earlier of known.filter(each => each.name === name && each.state !== 'retired')) {
        await setProfileState(sql, tenant, earlier.id, 'retired', nowMs)
        await note(
          earlier.id,
          earlier.state,
          'retired',
          `${name} is now another combination (${whatChanged(earlier.content, content)}): ${id}`,
        )
      }
      const body = { setting: 'model-profile', model: name, state, content: digestOf(content) }
      const entry = { kind: 'config-change', tenant, actor: 'system', subject: id, body } as const
      await appendEntries(sql, [entry], nowMs)
    }
    return ids
  })
}

/** Enforces the gates where nobody has set anything about them yet; what an admin sets later holds. */
async function enforceAtFirst(sql: Sql, { clock }: GateParts, tenant: string): Promise<void> {
  const { changed } = await readSetting(sql, tenant, gateSetting)
  if (changed !== null) return
  const value = { ...gateSetting.initial, enforced: true }
  await writeGovernanceSetting(sql, tenant, gateSetting.name, value, null, clock.now())
  const body = { setting: gateSetting.name, from: gateSetting.initial, to: value }
  const entry = { kind: 'config-change', tenant, actor: 'system', subject: gateSetting.name, body } as const
  await appendEntries(sql, [entry], clock.now())
}

const longestChange = 400

/** What makes one combination another, for the change log: `prompt case-brief case-brief-1 → case-brief-2, policy`. */
export function whatChanged(before: ProfileContent, after: ProfileContent): string {
  const differing = (
    name: string,
    one: Readonly<Record<string, unknown>>,
    other: Readonly<Record<string, unknown>>,
  ) =>
    [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(key =>
      one[key] === other[key] ? [] : [`${name} ${key} ${one[key] ?? 'none'} → ${other[key] ?? 'none'}`],
    )
  const { prompts, settings, policy, ...rest } = before
  const { prompts: newPrompts, settings: newSettings, policy: newPolicy, ...newRest } = after
  const changes = [
    ...differing('prompt', prompts, newPrompts),
    ...differing('', rest, newRest).map(text => text.trim()),
    ...differing('setting', settings, newSettings),
    ...(policy === newPolicy ? [] : ['policy']),
  ]
  return changes.join(', ').slice(0, longestChange)
}
