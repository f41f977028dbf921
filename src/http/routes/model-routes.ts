import { modelMoves } from '../../domain/model-state.ts'
import { gateSetting } from '../../governance/model-gates/gate-settings.ts'
import { whyUnwell } from '../../governance/model-gates/judge-health.ts'
import { type GateParts, moveProfile, readGate, rollBack } from '../../governance/model-gates/move-profile.ts'
import { changeSetting, readSetting } from '../../governance/setting.ts'
import { readPointer } from '../../lib/json-pointer.ts'
import { listMoves, listProfiles, type StoredProfile } from '../../store/model-profiles.ts'
import { type UsageSums, usageByProfile } from '../../store/model-usage.ts'
import { shadowRecords } from '../../store/shadow-briefs.ts'
import { wasDone } from '../contract.ts'
import { type ModelGates, modelEndpoints } from '../contract-models.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

export interface ModelRouteParts extends GateParts {
  readonly tenant: string
  /** Ids of the profiles that models.yaml has now. */
  readonly configured: ReadonlySet<string>
}

const weekMs = 7 * 86_400_000
const logLength = 100

/** Which model does what, what it had to pass, and who let it. */
export function modelRoutes(parts: ModelRouteParts): Route[] {
  const { database, tenant, clock } = parts
  return [
    route(modelEndpoints.readModels, async ({ caller }) => readGates(parts, caller)),
    route(modelEndpoints.moveModel, async ({ params, body, caller }) => {
      const by = personOf(caller).user.id
      await moveProfile(parts, { tenant, profileId: params.id, ...body, by })
      return wasDone
    }),
    route(modelEndpoints.rollBackModel, async ({ params, body, caller }) => {
      const request = { tenant, profileId: params.id, by: personOf(caller).user.id, reason: body.reason }
      const active = await rollBack(parts, request)
      if (active === undefined)
        throw new RequestError(
          'conflict',
          'it replaced no other profile, or somebody has moved that one since: move it out of use instead',
        )
      return { active }
    }),
    route(modelEndpoints.changeGates, async ({ body, caller }) => {
      await changeSetting(database, tenant, gateSetting, body, personOf(caller).user.id, clock.now())
      return wasDone
    }),
  ]
}

async function readGates(parts: ModelRouteParts, caller: Caller): Promise<ModelGates> {
  const { database, tenant, clock } = parts
  const by = personOf(caller).user.id
  const settings = await readSetting(database, tenant, gateSetting)
  const profiles = await listProfiles(database, tenant)
  const moves = await listMoves(database, tenant, logLength)
  const nowMs = clock.now()
  const usage = await usageByProfile(database, tenant, { fromMs: nowMs - weekMs, toMs: nowMs + 1 })
  const shadows = await shadowRecords(database, tenant, 0)
  const people = await namedPeople(database, tenant, [
    settings.changed?.by ?? null,
    ...moves.map(({ byId }) => byId),
  ])
  const nameOf = (id: string) => profiles.find(each => each.id === id)?.name ?? id
  return {
    settings: settings.value,
    changed: settings.changed && { by: people(settings.changed.by), atMs: settings.changed.atMs },
    profiles: await Promise.all(
      profiles.map(async profile => {
        const own = usage.find(each => each.profile === profile.id && each.role === roleOf(profile))
        const shadow = shadows.find(each => each.profileId === profile.id)
        const last = moves.find(({ profileId, to }) => profileId === profile.id && to === 'active')
        return {
          ...viewOf(profile),
          configured: parts.configured.has(profile.id),
          usage: own === undefined ? null : sumsOf(own),
          unwell: (own && whyUnwell(own, settings.value)) ?? null,
          shadow: shadow === undefined ? null : shadow,
          moves: await Promise.all(
            modelMoves[profile.state].map(async to => ({
              to,
              checks: await readGate(database, clock, tenant, profile, to, by),
            })),
          ),
          canRollBack: profile.state === 'active' && replacedIn(last?.gate) !== undefined,
        }
      }),
    ),
    log: moves.map(({ byId, gate: _gate, ...move }) => ({
      ...move,
      name: nameOf(move.profileId),
      by: people(byId),
    })),
  }
}

/** In what part a profile of this state answers. */
const roleOf = ({ state }: StoredProfile) => (state === 'canary' || state === 'shadow' ? state : 'active')

function replacedIn(gate: unknown): string | undefined {
  const replaced = readPointer(gate, '/replaced')
  return typeof replaced === 'string' ? replaced : undefined
}

function sumsOf({ inputTokens: _input, outputTokens: _output, ...sums }: UsageSums) {
  const { calls, answered, failed, invalid, unsupported, costUsd, medianMs, p95Ms } = sums
  return { calls, answered, failed, invalid, unsupported, costUsd, medianMs, p95Ms }
}

function viewOf({ id, name, content, state, sinceMs }: StoredProfile) {
  const settings = Object.entries(content.settings).flatMap(([key, value]) =>
    value === null ? [] : [{ name: key.replaceAll('_', ' '), value: String(value) }],
  )
  const prompts = Object.entries(content.prompts).map(([task, version]) => ({
    name: `prompt ${task}`,
    value: version,
  }))
  const fixed = [
    { name: 'policy', value: content.policy },
    { name: 'knowledge', value: content.knowledge },
  ]
  return {
    id,
    name,
    provider: content.provider,
    model: content.model,
    zone: content.zone,
    state,
    sinceMs,
    parts: [...settings, ...prompts, ...fixed],
  }
}
