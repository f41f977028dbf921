import type { ResponseSettings } from '../domain/response-settings.ts'
import { includesRole } from '../domain/role.ts'
import { mutedUntil, voicesOf } from '../domain/vouching.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { Sql } from '../lib/database.ts'
import { decideSettings, insertSettings, lockSettings, settingsVersions } from '../store/response-settings.ts'
import { consoleSettings } from './policy-now.ts'
import type { RespondPorts } from './respond-ports.ts'
import { policyOf, weakenings } from './response-policy.ts'

export type SettingsResult =
  | {
      readonly kind: 'changed'
      readonly version: number
      readonly state: 'active' | 'waiting' | 'rejected'
      readonly weakens: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

const refuse = (code: string, reason: string) => ({ kind: 'refused', code, reason }) as const

/**
 * An admin changes what the console decides about actions. What only tightens holds at once; what allows something that
 * was not allowed before waits for a second admin. Either way it stands in the ledger first.
 */
export async function changeSettings(
  ports: RespondPorts,
  tenant: string,
  change: { readonly settings: ResponseSettings; readonly reason: string; readonly by: string },
): Promise<SettingsResult> {
  return ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    if (!(await isAdmin(ports, sql, tenant, change.by)))
      return refuse('not-allowed', 'changing the response settings takes an admin')
    await lockSettings(sql, tenant)
    // Settings that cannot be read are what `unreadable` makes of them: changing them is the way out.
    const before = policyOf([ports.fileSettings, await consoleSettings(sql, tenant).catch(() => unreadable)])
    const weakens = weakenings(before, policyOf([ports.fileSettings, change.settings]))
    const state = weakens.length === 0 ? 'active' : 'waiting'
    const version = await insertSettings(
      sql,
      tenant,
      { ...change, state, weakens, changedBy: change.by },
      nowMs,
    )
    const body = { version, state, weakens, settings: digestOf(change.settings) }
    await record(sql, tenant, change.by, body, nowMs)
    return { kind: 'changed', version, state, weakens }
  })
}

/** A second admin confirms or rejects the change that waits. Whoever asked for it may only take it back. */
export async function decideChange(
  ports: RespondPorts,
  tenant: string,
  decision: { readonly version: number; readonly confirm: boolean; readonly by: string },
): Promise<SettingsResult> {
  return ports.database.transaction(async sql => {
    const nowMs = ports.clock.now()
    if (!(await isAdmin(ports, sql, tenant, decision.by)))
      return refuse('not-allowed', 'deciding on the response settings takes an admin')
    await lockSettings(sql, tenant)
    const waiting = (await settingsVersions(sql, tenant)).find(each => each.state === 'waiting')
    if (waiting?.version !== decision.version)
      return refuse(
        'wrong-state',
        `version ${decision.version} does not wait for a decision: reload the page`,
      )
    if (decision.confirm && waiting.changedBy === decision.by)
      return refuse(
        'not-allowed',
        'a change that weakens the protection takes a second admin; whoever runs the machine can make it in response.yaml instead',
      )
    if (decision.confirm && !(await areTwo(ports, sql, tenant, waiting.changedBy, decision.by)))
      return refuse(
        'not-allowed',
        'your account and the one that asked may be one person: an admin gave one of them its role or password of late',
      )
    const state = decision.confirm ? 'active' : 'rejected'
    await decideSettings(sql, tenant, { version: waiting.version, state, by: decision.by }, nowMs)
    const body = {
      version: waiting.version,
      state,
      weakens: waiting.weakens,
      settings: digestOf(waiting.settings),
    }
    await record(sql, tenant, decision.by, body, nowMs)
    return { kind: 'changed', version: waiting.version, state, weakens: waiting.weakens }
  })
}

/** Settings that cannot be read protect everything: any change away from them is looked at by two. */
const unreadable: ResponseSettings = {
  protectedAssets: [{ kind: 'host', value: '*', why: 'the settings before cannot be read' }],
  quietHours: [],
  approvals: {},
  reviewAfterHours: {},
  dryRun: true,
  commands: [],
  tickets: [],
}

async function isAdmin(ports: RespondPorts, sql: Sql, tenant: string, id: string): Promise<boolean> {
  const person = (await ports.people(sql, tenant, [id], ports.clock.now())).get(id)
  return person?.kind === 'person' && person.active && includesRole(person.role, 'admin')
}

/** Whether these are two people's voices, and the second one counts (`domain/vouching.ts`). */
async function areTwo(
  ports: RespondPorts,
  sql: Sql,
  tenant: string,
  first: string,
  second: string,
): Promise<boolean> {
  const nowMs = ports.clock.now()
  const console = await consoleSettings(sql, tenant).catch(() => unreadable)
  const { newRightMs } = policyOf([ports.fileSettings, console])
  const people = await ports.people(sql, tenant, [first, second], nowMs)
  const voices = (id: string) => voicesOf(id, people.get(id)?.vouching, nowMs, newRightMs)
  const asking = voices(first)
  return (
    mutedUntil(people.get(second)?.vouching, nowMs, newRightMs) === undefined &&
    !voices(second).some(voice => asking.includes(voice))
  )
}

async function record(
  sql: Sql,
  tenant: string,
  by: string,
  body: {
    readonly version: number
    readonly state: string
    readonly weakens: readonly string[]
    readonly settings: string
  },
  nowMs: number,
): Promise<void> {
  await appendEntries(
    sql,
    [{ kind: 'config-change', tenant, actor: `user:${by}`, subject: 'response-settings', body }],
    nowMs,
  )
}
