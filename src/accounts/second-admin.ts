import { mutedUntil, type Vouching, voicesOf } from '../domain/vouching.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import {
  type AccountRequestRow,
  decideAccountRequestRow,
  insertAccountRequest,
  lockAccountRequest,
} from '../store/account-requests.ts'
import { findUser, listUsers, lockAdmins, setVouching, type User } from '../store/users.ts'
import {
  type AccountChange,
  accountChange,
  applyAccountChange,
  type ChangedAccount,
  givesMore,
  weighs,
  wordsOfChange,
} from './account-change.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'

/** How long a change waits for its second admin. */
const requestLifetimeMs = 24 * 60 * 60_000

export type AccountChangeResult =
  | ({ readonly kind: 'done' } & ChangedAccount)
  | { readonly kind: 'waiting'; readonly request: AccountRequestRow }

/**
 * Does what an admin asks for, or has it wait: whatever gives somebody a part in what takes two people needs a second
 * admin where there is one who can look on. Where there is none it is done, told to everybody, and counts for nothing for
 * a while (`domain/vouching.ts`). The break-glass account never waits: it is there for when nobody else can get in.
 */
export async function changeAccount(
  parts: AccountParts,
  askerId: string,
  change: AccountChange,
): Promise<AccountChangeResult> {
  return parts.database.transaction(async sql => {
    await lockAdmins(sql, parts.tenant)
    const before = await subjectOf(sql, parts, change)
    const asker = await findUser(sql, parts.tenant, askerId)
    if (asker === undefined) throw new AppError('forbidden', 'your account is gone')
    const heavy = weighs(change, before)
    if (heavy && asker.kind === 'person' && (await whoCouldConfirm(sql, parts, asker)).length > 0)
      return { kind: 'waiting', request: await ask(sql, parts, asker, change, before) }
    const changed = await applyAccountChange(sql, parts, askerId, change)
    if (givesMore(change, before)) await vouch(sql, parts, changed.user, [asker])
    if (heavy) {
      const event = { kind: 'account-alone', byId: askerId, subject: changed.user.username }
      await logAccountEvent(sql, parts, { ...event, detail: wordsOfChange(change, before).slice(0, 500) })
      await record(sql, parts, askerId, changed.user.id, { step: 'done-alone', change: change.kind })
    }
    return {
      kind: 'done',
      ...changed,
      user: (await findUser(sql, parts.tenant, changed.user.id)) ?? changed.user,
    }
  })
}

/**
 * Another admin's word on a change that waits; who asked may only take it back. The one-time password, where there is one,
 * is told to who confirmed: whoever asked has no way into the account. Throws `not-found`, `forbidden`, and what the change throws.
 */
export async function decideAccountRequest(
  parts: AccountParts,
  byId: string,
  decision: { readonly id: string; readonly confirm: boolean },
): Promise<ChangedAccount | undefined> {
  return parts.database.transaction(async sql => {
    await lockAdmins(sql, parts.tenant)
    const atMs = parts.clock.now()
    const request = await lockAccountRequest(sql, parts.tenant, decision.id, atMs)
    if (request === undefined)
      throw new AppError('not-found', `there is no change ${decision.id} that waits: reload the page`)
    const decided = { state: decision.confirm ? 'done' : 'rejected', by: byId, atMs } as const
    await decideAccountRequestRow(sql, parts.tenant, request.id, decided)
    if (!decision.confirm) {
      const event = { kind: 'account-request-reject', byId, subject: request.id, detail: request.words }
      await logAccountEvent(sql, parts, event)
      await record(sql, parts, byId, request.id, { step: 'rejected' })
      return undefined
    }
    const asker = await findUser(sql, parts.tenant, request.askedBy)
    if (asker?.role !== 'admin' || asker.state !== 'active')
      throw new AppError('forbidden', 'whoever asked for this is no admin any more: reject it')
    const confirmer = (await whoCouldConfirm(sql, parts, asker)).find(each => each.id === byId)
    if (confirmer === undefined)
      throw new AppError(
        'forbidden',
        asker.id === byId
          ? 'a second admin confirms what you asked for'
          : 'you cannot confirm this: only an admin of their own name can, whom nobody gave their role or password alone, nor whoever asked for this, of late',
      )
    const change = accountChange.parse(request.change)
    const before = await subjectOf(sql, parts, change)
    if (before?.id === byId)
      throw new AppError('forbidden', 'this is about your own account: another admin has to confirm it')
    const changed = await applyAccountChange(sql, parts, byId, change)
    await vouch(sql, parts, changed.user, [asker, confirmer])
    const event = { kind: 'account-request-confirm', byId, subject: request.id, detail: request.words }
    await logAccountEvent(sql, parts, event)
    await record(sql, parts, byId, changed.user.id, {
      step: 'confirmed',
      request: request.id,
      asked_by: asker.id,
      change: change.kind,
    })
    return changed
  })
}

/** Admins who could look on where this one asks: active, of their own name, signed in before, and nobody's new puppet. */
async function whoCouldConfirm(sql: Sql, parts: AccountParts, asker: User): Promise<User[]> {
  const nowMs = parts.clock.now()
  const newRightMs = await parts.newRightMs(sql)
  const voices = (user: User) => voicesOf(user.id, user.vouching ?? undefined, nowMs, newRightMs)
  const asking = voices(asker)
  return (await listUsers(sql, parts.tenant)).filter(
    user =>
      user.kind === 'person' &&
      user.role === 'admin' &&
      user.state === 'active' &&
      !user.mustChangePassword &&
      mutedUntil(user.vouching ?? undefined, nowMs, newRightMs) === undefined &&
      !voices(user).some(voice => asking.includes(voice)),
  )
}

async function ask(
  sql: Sql,
  parts: AccountParts,
  asker: User,
  change: AccountChange,
  before: User | undefined,
): Promise<AccountRequestRow> {
  const askedMs = parts.clock.now()
  const request = {
    id: parts.ids.next('account-request'),
    change,
    words: wordsOfChange(change, before),
    askedBy: asker.id,
    askedMs,
    expiresMs: askedMs + requestLifetimeMs,
  }
  await insertAccountRequest(sql, parts.tenant, request)
  const event = { kind: 'account-waiting', byId: asker.id, subject: request.id, detail: request.words }
  await logAccountEvent(sql, parts, event)
  await record(sql, parts, asker.id, request.id, { step: 'asked', change: change.kind })
  return { ...request, state: 'waiting', decidedBy: null, decidedMs: null }
}

/** Notes who may be behind the account from now on: those who acted, and whoever may be behind them. */
async function vouch(sql: Sql, parts: AccountParts, user: User, actors: readonly User[]): Promise<void> {
  const atMs = parts.clock.now()
  const newRightMs = await parts.newRightMs(sql)
  const by = actors.flatMap(actor => voicesOf(actor.id, actor.vouching ?? undefined, atMs, newRightMs))
  const vouching: Vouching = { atMs, by: [...new Set(by)], alone: actors.length < 2 }
  await setVouching(sql, parts.tenant, user.id, vouching)
}

async function subjectOf(sql: Sql, parts: AccountParts, change: AccountChange): Promise<User | undefined> {
  if (change.kind === 'create') return undefined
  const user = await findUser(sql, parts.tenant, change.id)
  if (user === undefined) throw new AppError('not-found', `there is no account ${change.id}`)
  return user
}

async function record(
  sql: Sql,
  parts: AccountParts,
  byId: string,
  subject: string,
  body: { readonly [key: string]: string },
): Promise<void> {
  await parts.record(sql, { kind: 'config-change', actor: `user:${byId}`, subject, body })
}
