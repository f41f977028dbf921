import type { RouteModels } from '../ask/model-route.ts'
import { chooseProfiles } from '../governance/model-gates/choose-profile.ts'
import { gateSetting } from '../governance/model-gates/gate-settings.ts'
import { readSetting } from '../governance/setting.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { listProfiles } from '../store/model-profiles.ts'

// A rollback must reach every process in well under a minute.
const freshForMs = 5_000

/** Lets only those models be asked that people have let into use. `ids`: the profile of each model by its name. */
export function gatedRoute(database: Database, clock: Clock, ids: ReadonlyMap<string, string>): RouteModels {
  const read = cached(clock, async tenant => {
    const { value } = await readSetting(database, tenant, gateSetting)
    const states = new Map((await listProfiles(database, tenant)).map(({ id, state }) => [id, state]))
    return { canaryPercent: value.canaryPercent, states }
  })
  return async ({ tenant, caseId, onlyProfile }, candidates) => {
    const { states, canaryPercent } = await read(tenant)
    const models = candidates.flatMap(client => {
      const profileId = ids.get(client.name)
      const state = profileId === undefined ? undefined : states.get(profileId)
      return profileId === undefined || state === undefined ? [] : [{ name: client.name, profileId, state }]
    })
    const chosen = chooseProfiles(models, caseId, canaryPercent, onlyProfile)
    return {
      models: chosen.flatMap(({ name }) => candidates.find(client => client.name === name) ?? []),
      profileOf: name => {
        const found = chosen.find(each => each.name === name)
        return found && { id: found.profileId, role: found.role }
      },
    }
  }
}

/** The profiles in the shadow that are set up here. */
export async function shadowProfiles(
  database: Database,
  tenant: string,
  ids: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const here = new Set(ids.values())
  if (here.size === 0) return []
  const profiles = await listProfiles(database, tenant)
  return profiles.filter(({ id, state }) => state === 'shadow' && here.has(id)).map(({ id }) => id)
}

function cached<Value>(clock: Clock, read: (tenant: string) => Promise<Value>) {
  const known = new Map<string, { readonly atMs: number; readonly value: Value }>()
  return async (tenant: string): Promise<Value> => {
    const found = known.get(tenant)
    if (found && clock.now() - found.atMs < freshForMs) return found.value
    const value = await read(tenant)
    known.set(tenant, { atMs: clock.now(), value })
    return value
  }
}
