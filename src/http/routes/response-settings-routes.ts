import type { AccountParts } from '../../accounts/account-parts.ts'
import { responseSettings } from '../../domain/response-settings.ts'
import { changeSettings, decideChange, type SettingsResult } from '../../respond/change-settings.ts'
import { consoleSettings } from '../../respond/policy-now.ts'
import { builtInProtection } from '../../respond/protected-assets.ts'
import { activePeople, peopleByIds } from '../../store/people.ts'
import { settingsVersions } from '../../store/response-settings.ts'
import { respondEndpoints, type SettingsChanged } from '../contract-respond.ts'
import { RequestError } from '../http-error.ts'
import { requireProof } from '../require-proof.ts'
import { type Route, route } from '../route.ts'
import { actionInfos, nameOf, type ProposalViewParts } from './proposal-view.ts'
import { personOf } from './session-routes.ts'

/** What holds about actions, and changes to it. `filePath`: where the operator's own settings lie. */
export function responseSettingsRoutes(
  parts: ProposalViewParts & { readonly filePath: string; readonly accounts: AccountParts },
): Route[] {
  const { ports, tenant } = parts
  const { database } = ports
  return [
    route(respondEndpoints.readResponsePolicy, async ({ caller }) => {
      const policy = await ports.policy(database, tenant)
      const versions = await settingsVersions(database, tenant)
      const ids = versions.flatMap(each => [
        each.changedBy,
        ...(each.decidedBy === null ? [] : [each.decidedBy]),
      ])
      const people = new Map((await peopleByIds(database, tenant, ids)).map(row => [row.id, row]))
      const waiting = versions.find(each => each.state === 'waiting')
      const admins = await activePeople(database, tenant, ['admin'])
      const infos = await actionInfos(parts, policy, caller)
      return {
        file: { path: parts.filePath, settings: ports.fileSettings },
        console: await consoleSettings(database, tenant),
        waiting: waiting === undefined ? null : (responseSettings.safeParse(waiting.settings).data ?? null),
        versions: versions.map(each => ({
          version: each.version,
          state: each.state,
          weakens: [...each.weakens],
          reason: each.reason,
          changedBy: nameOf(people, each.changedBy),
          changedMs: each.changedMs,
          decidedBy: each.decidedBy === null ? null : nameOf(people, each.decidedBy),
          decidedMs: each.decidedMs,
        })),
        actions: infos.map(({ argumentsSchema: _, ...info }) => info),
        effective: {
          expiryMinutes: policy.expiryMs / 60_000,
          stepUpMinutes: policy.stepUpMaxAgeMs / 60_000,
          dryRun: policy.dryRun,
          builtInProtection: builtInProtection.map(asset => ({ ...asset })),
        },
        otherAdmins: admins.filter(row => caller.kind !== 'person' || row.id !== caller.user.id).length,
      }
    }),
    route(respondEndpoints.changeResponseSettings, async ({ body, caller }) =>
      changed(await changeSettings(ports, tenant, { ...body, by: personOf(caller).user.id })),
    ),
    route(
      respondEndpoints.decideResponseSettings,
      async call => {
        const person = personOf(call.caller)
        const { confirm, proof } = call.body
        const { version } = call.params
        if (confirm) await requireProof(parts.accounts, call, person, proof, 'account')
        return changed(await decideChange(ports, tenant, { version, confirm, by: person.user.id }))
      },
      { requestsPerMinute: 30 },
    ),
  ]
}

function changed(result: SettingsResult): SettingsChanged {
  if (result.kind === 'refused')
    throw new RequestError(
      result.code === 'not-allowed' ? 'forbidden' : 'conflict',
      result.reason,
      result.code,
    )
  const { version, state, weakens } = result
  return { version, state, weakens: [...weakens] }
}
