import { trustZones } from '../../domain/data-class.ts'
import { isPromotion, type ModelState, modelMoves } from '../../domain/model-state.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, Sql } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { mcNemar } from '../../lib/statistics.ts'
import { listRuns } from '../../store/evaluation-runs.ts'
import {
  addMove,
  listMoves,
  lockProfile,
  type StoredProfile,
  setProfileState,
} from '../../store/model-profiles.ts'
import { shadowRecords } from '../../store/shadow-briefs.ts'
import { readSetting } from '../setting.ts'
import { findSupplier } from '../supplier.ts'
import { gateRunOf } from './gate-run.ts'
import { gateSetting } from './gate-settings.ts'
import { type GateCheck, judgeGate, supplierCheck } from './judge-gate.ts'

export interface GateParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
}

export interface ProfileMove {
  readonly tenant: string
  readonly profileId: string
  readonly to: ModelState
  /** The id of the person; null: the watch, which only takes away. */
  readonly by: string | null
  readonly reason: string
  /** A profile that is retired by the same decision, and that a rollback brings back. */
  readonly replaces?: string | undefined
}

const significant = 0.05

/** How the gate to a state stands for a profile and a person. */
export async function readGate(
  sql: Sql,
  clock: Clock,
  tenant: string,
  profile: StoredProfile,
  to: ModelState,
  by: string,
): Promise<GateCheck[]> {
  const { value: settings } = await readSetting(sql, tenant, gateSetting)
  const runs = await listRuns(sql, tenant, 200, profile.id)
  const shadow = (await shadowRecords(sql, tenant, 0)).find(each => each.profileId === profile.id)
  const [last] = await listMoves(sql, tenant, 1, profile.id)
  const p = mcNemar(shadow?.onlyShadow ?? 0, shadow?.onlyShown ?? 0)
  const worse = (shadow?.onlyShown ?? 0) > (shadow?.onlyShadow ?? 0) && p < significant
  return judgeGate({
    from: profile.state,
    to,
    settings,
    zone: profile.content.zone,
    provider: profile.content.provider,
    runs: runs.flatMap(run => gateRunOf(run) ?? []),
    shadow,
    supplier: await findSupplier(sql, tenant, profile.content.provider),
    by,
    lastMovedBy: last?.byId ?? null,
    worseThanShown: { p, worse },
    nowMs: clock.now(),
  })
}

/**
 * Moves a profile. Throws `not-found`, `conflict` for a move that its state does not allow, and `gate-closed` naming every
 * check that a promotion has not passed. Change log and ledger are written in the same transaction.
 */
export async function moveProfile(parts: GateParts, move: ProfileMove): Promise<void> {
  const { tenant, profileId, to, by } = move
  await parts.database.transaction(async sql => {
    const profile = await lockProfile(sql, tenant, profileId)
    if (profile === undefined) throw new AppError('not-found', `there is no model profile ${profileId}`)
    if (!modelMoves[profile.state].includes(to))
      throw new AppError(
        'conflict',
        `${profile.name} is ${profile.state}: from there it goes to ${modelMoves[profile.state].join(' or ')}`,
      )
    const promotion = isPromotion(profile.state, to)
    if (promotion && by === null) throw new AppError('forbidden', 'only a named person promotes a model')
    const gate = by === null ? [] : await readGate(sql, parts.clock, tenant, profile, to, by)
    const closed = gate.filter(check => !check.passed)
    if (closed.length > 0)
      throw new AppError(
        'gate-closed',
        `${profile.name} may not become ${to}: ${closed.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`,
      )
    const replaced = move.replaces === undefined ? undefined : await lockProfile(sql, tenant, move.replaces)
    if (move.replaces !== undefined && (to !== 'active' || replaced?.state !== 'active'))
      throw new AppError('conflict', 'only an active profile can be replaced, by one that becomes active')
    await setState(sql, parts, move, profile, to, { checks: gate, replaced: replaced?.id ?? null })
    if (replaced)
      await setState(sql, parts, move, replaced, 'retired', { checks: [], replacedBy: profile.id })
  })
}

/**
 * Puts the profile that this one replaced back into use and takes this one out; returns the id of the former, or
 * undefined where it replaced none, or where somebody has moved that one since. Without a named person it puts back only what reads no more
 * than this one did, with its supplier in order: slow answers must not make a model of a laxer zone the one in use.
 * Throws `conflict` for one that is not active.
 */
export async function rollBack(
  parts: GateParts,
  request: Pick<ProfileMove, 'tenant' | 'profileId' | 'by' | 'reason'>,
): Promise<string | undefined> {
  const { tenant, profileId } = request
  return parts.database.transaction(async sql => {
    const profile = await lockProfile(sql, tenant, profileId)
    if (profile?.state !== 'active')
      throw new AppError('conflict', `${profileId} is not active: nothing to roll back`)
    const moves = await listMoves(sql, tenant, 200, profileId)
    const before = profileIn(moves.find(({ to }) => to === 'active')?.gate, 'replaced')
    const previous = before === undefined ? undefined : await lockProfile(sql, tenant, before)
    if (previous === undefined) return undefined
    const [last] = await listMoves(sql, tenant, 1, previous.id)
    if (previous.state !== 'retired' || profileIn(last?.gate, 'replacedBy') !== profileId) return undefined
    if (request.by === null && !(await mayReturnByItself(sql, parts.clock, tenant, previous, profile)))
      return undefined
    await setState(sql, parts, request, profile, 'shadow', { checks: [], rolledBackTo: previous.id })
    await setState(sql, parts, request, previous, 'active', { checks: [], replaced: null })
    return previous.id
  })
}

/** The other profile of a replacement, as the change log keeps it. */
function profileIn(gate: unknown, name: 'replaced' | 'replacedBy'): string | undefined {
  const id: unknown = new Map(Object.entries(gate ?? {})).get(name)
  return typeof id === 'string' ? id : undefined
}

async function mayReturnByItself(
  sql: Sql,
  clock: Clock,
  tenant: string,
  previous: StoredProfile,
  inPlaceOf: StoredProfile,
): Promise<boolean> {
  const { zone, provider } = previous.content
  if (trustOf(zone) > trustOf(inPlaceOf.content.zone)) return false
  const supplier = await findSupplier(sql, tenant, provider)
  return supplierCheck({ supplier, provider, zone, nowMs: clock.now() }).every(check => check.passed)
}

/** The place of a zone, the strictest first; one that is not known is the laxest. */
function trustOf(zone: string): number {
  const zones: readonly string[] = trustZones
  const place = zones.indexOf(zone)
  return place < 0 ? trustZones.length : place
}

async function setState(
  sql: Sql,
  parts: GateParts,
  { tenant, by, reason }: Pick<ProfileMove, 'tenant' | 'by' | 'reason'>,
  profile: StoredProfile,
  to: ModelState,
  gate: { readonly [name: string]: unknown },
): Promise<void> {
  const nowMs = parts.clock.now()
  await setProfileState(sql, tenant, profile.id, to, nowMs)
  const id = parts.ids.next('move')
  await addMove(sql, tenant, {
    id,
    profileId: profile.id,
    from: profile.state,
    to,
    byId: by,
    reason,
    gate,
    atMs: nowMs,
  })
  const body = {
    setting: 'model-state',
    model: profile.name,
    from: profile.state,
    to,
    reason,
    gate: JSON.parse(JSON.stringify(gate)) as Json, // Only texts, numbers and booleans are in it.
  }
  const actor = by === null ? 'job:model-watch' : `user:${by}`
  await appendEntries(sql, [{ kind: 'config-change', tenant, actor, subject: profile.id, body }], nowMs)
}
