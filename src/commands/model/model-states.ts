import type { Config } from '../../config.ts'
import { moveProfile, rollBack } from '../../governance/model-gates/move-profile.ts'
import { AppError } from '../../lib/app-error.ts'
import { systemClock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { listProfiles } from '../../store/model-profiles.ts'
import { type Io, writeRecord } from '../command.ts'
import { withStore } from '../with-store.ts'

/** `tocsin model states`: every profile and where it stands. */
export function showStates(config: Config, json: boolean, io: Io): Promise<number> {
  return withStore(config, io, async ({ database }) => {
    const profiles = await listProfiles(database, config.tenant)
    for (const { id, name, state, sinceMs } of profiles) {
      const since = new Date(sinceMs).toISOString()
      if (json) writeRecord(io, { name, profile: id, state, since })
      else io.stdout(`${name.padEnd(20)} ${state.padEnd(10)} since ${since}  ${id}\n`)
    }
    if (profiles.length === 0) io.stderr('no model has been set up yet\n')
    return 0
  })
}

/**
 * `tocsin model rollback`: takes a model out of use, and puts back what it replaced. The command line has no named person
 * behind it, so it only takes away: a promotion is the console's.
 */
export function rollBackModel(config: Config, name: string, reason: string, io: Io): Promise<number> {
  return withStore(config, io, async ({ database }) => {
    const parts = { database, clock: systemClock, ids: randomIds() }
    const profiles = await listProfiles(database, config.tenant)
    const profile = profiles.find(each => each.name === name && ['active', 'canary'].includes(each.state))
    if (profile === undefined)
      throw new AppError('bad-usage', `no model '${name}' is in use: see tocsin model states`)
    const request = {
      tenant: config.tenant,
      profileId: profile.id,
      by: null,
      reason: `command line: ${reason}`,
    }
    const previous = profile.state === 'active' ? await rollBack(parts, request) : undefined
    if (previous === undefined) await moveProfile(parts, { ...request, to: 'shadow' })
    const back = profiles.find(({ id }) => id === previous)
    io.stdout(`${name} is out of use${back === undefined ? '' : `; ${back.name} is active again`}\n`)
    return 0
  })
}
