import { type AccountChange, givesMore } from '../../accounts/account-change.ts'
import { type AccountParts, logAccountEvent } from '../../accounts/account-parts.ts'
import { createToken } from '../../accounts/api-token.ts'
import { changeAccount, decideAccountRequest } from '../../accounts/second-admin.ts'
import type { SignedInPerson } from '../../accounts/session.ts'
import { includesRole } from '../../domain/role.ts'
import { mutedUntil } from '../../domain/vouching.ts'
import { listAccountEvents } from '../../store/account-events.ts'
import { type AccountRequestRow, waitingAccountRequests } from '../../store/account-requests.ts'
import { deleteToken, listTokens, type TokenRow } from '../../store/api-tokens.ts'
import { deleteSession, listSessions, type SessionRow } from '../../store/sessions.ts'
import { findUser, listUsers, type User } from '../../store/users.ts'
import { wasDone } from '../contract.ts'
import {
  type AccountChanged,
  type AccountRequest,
  accountEndpoints,
  type SessionRecord,
  type TokenRecord,
  type UserRecord,
} from '../contract-accounts.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { RequestError } from '../http-error.ts'
import { requireProof } from '../require-proof.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personView } from './person-view.ts'
import { personOf } from './session-routes.ts'

/** Proof is looked at here: few tries. */
const triesAMinute = { requestsPerMinute: 30 }

/** Accounts, API tokens, sessions, and the log of what was done to them. */
export function accountRoutes(parts: AccountParts): Route[] {
  return [...userRoutes(parts), ...tokenRoutes(parts), ...sessionListRoutes(parts), auditRoute(parts)]
}

function userRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  return [
    route(accountEndpoints.listUsers, async () => {
      const newRightMs = await parts.newRightMs(database)
      return {
        users: (await listUsers(database, tenant)).map(user => userView(user, parts.clock.now(), newRightMs)),
      }
    }),
    route(
      accountEndpoints.createUser,
      async call => {
        const { proof, ...details } = call.body
        const person = personOf(call.caller)
        await requireProof(parts, call, person, proof, 'account')
        return changed(parts, person, { kind: 'create', ...details })
      },
      triesAMinute,
    ),
    route(
      accountEndpoints.changeUser,
      async call => {
        const { proof, ...details } = call.body
        const person = personOf(call.caller)
        const change = { kind: 'change', id: call.params.id, ...details } as const
        if (givesMore(change, await findUser(database, tenant, call.params.id)))
          await requireProof(parts, call, person, proof, 'account')
        return changed(parts, person, change)
      },
      triesAMinute,
    ),
    ...(['resetPassword', 'resetFactors'] as const).map(name =>
      route(
        accountEndpoints[name],
        async call => {
          const person = personOf(call.caller)
          if (call.params.id === person.user.id)
            throw new RequestError('forbidden', 'your own you change under Your sign-in, with what you have')
          await requireProof(parts, call, person, call.body.proof, 'account')
          const kind = name === 'resetPassword' ? 'reset-password' : 'reset-factors'
          return changed(parts, person, { kind, id: call.params.id })
        },
        triesAMinute,
      ),
    ),
    route(accountEndpoints.listAccountRequests, async () => {
      const rows = await waitingAccountRequests(database, tenant, parts.clock.now())
      return { requests: await Promise.all(rows.map(row => requestView(parts, row))) }
    }),
    route(
      accountEndpoints.decideAccountRequest,
      async call => {
        const person = personOf(call.caller)
        const { confirm, proof } = call.body
        if (confirm) await requireProof(parts, call, person, proof, 'account')
        const decision = { id: call.params.id, confirm }
        const done = await decideAccountRequest(parts, person.user.id, decision)
        return {
          user: done === undefined ? null : await shownUser(parts, done.user),
          oneTimePassword: done?.oneTimePassword ?? null,
          waiting: null,
        }
      },
      triesAMinute,
    ),
  ]
}

async function changed(
  parts: AccountParts,
  person: SignedInPerson,
  change: AccountChange,
): Promise<AccountChanged> {
  const result = await changeAccount(parts, person.user.id, change)
  if (result.kind === 'waiting')
    return { user: null, oneTimePassword: null, waiting: await requestView(parts, result.request) }
  return {
    user: await shownUser(parts, result.user),
    oneTimePassword: result.oneTimePassword,
    waiting: null,
  }
}

async function shownUser(parts: AccountParts, user: User): Promise<UserRecord> {
  return userView(user, parts.clock.now(), await parts.newRightMs(parts.database))
}

async function requestView(parts: AccountParts, row: AccountRequestRow): Promise<AccountRequest> {
  const asker = await findUser(parts.database, parts.tenant, row.askedBy)
  const { id, words, askedBy, askedMs, expiresMs } = row
  return {
    id,
    words,
    askedBy: {
      id: askedBy,
      username: asker?.username ?? askedBy,
      displayName: asker?.displayName ?? askedBy,
    },
    askedMs,
    expiresMs,
  }
}

function tokenRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  return [
    route(accountEndpoints.listTokens, async ({ caller }) => ({
      tokens: (await listTokens(database, tenant, ownTokensOnly(caller))).map(tokenView),
    })),
    route(accountEndpoints.createToken, async ({ body, caller }) => {
      const { user, method } = personOf(caller)
      const { id: ownerId, role } = user
      if (method === 'break-glass')
        throw new RequestError(
          'forbidden',
          'a token would outlive the break-glass session: make it as yourself',
        )
      if (body.scopes.includes('scim') && !includesRole(role, 'admin'))
        throw new RequestError(
          'forbidden',
          "a token of scope 'scim' manages accounts: only an admin makes one",
        )
      const created = await database.transaction(sql => createToken(sql, parts, ownerId, body))
      const tokens = await listTokens(database, tenant, ownerId)
      const token = tokens.find(row => row.id === created.id)
      if (token === undefined) throw new RequestError('not-found', 'the token was revoked at once')
      return { token: tokenView(token), secret: created.secret }
    }),
    route(accountEndpoints.deleteToken, async ({ params, caller }) => {
      if (!(await deleteToken(database, tenant, params.id, ownTokensOnly(caller))))
        throw new RequestError('not-found', `there is no token ${params.id} of yours`)
      const byId = personOf(caller).user.id
      await logAccountEvent(database, parts, { kind: 'token-delete', byId, subject: params.id })
      return wasDone
    }),
  ]
}

function sessionListRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  return [
    route(accountEndpoints.listSessions, async ({ caller }) => {
      const person = personOf(caller)
      const rows = await listSessions(database, tenant, person.user.id, parts.clock.now())
      return {
        sessions: rows.map(row => sessionView(row, person.sessionId)),
      }
    }),
    route(accountEndpoints.deleteSession, async ({ params, caller }) => {
      if (!(await deleteSession(database, tenant, personOf(caller).user.id, params.id)))
        throw new RequestError('not-found', `you have no session ${params.id}`)
      return wasDone
    }),
    route(accountEndpoints.listUserSessions, async ({ params, caller }) => {
      const rows = await listSessions(database, tenant, params.id, parts.clock.now())
      return { sessions: rows.map(row => sessionView(row, personOf(caller).sessionId)) }
    }),
    route(accountEndpoints.deleteUserSession, async ({ params, caller }) => {
      if (!(await deleteSession(database, tenant, params.id, params.session)))
        throw new RequestError('not-found', `${params.id} has no session ${params.session}`)
      const byId = personOf(caller).user.id
      const event = { kind: 'session-end', byId, subject: params.id, detail: params.session }
      await logAccountEvent(database, parts, event)
      return wasDone
    }),
  ]
}

function auditRoute(parts: AccountParts): Route {
  return route(accountEndpoints.listAudit, async ({ query }) => {
    const before = readCursor(query.cursor, ['string'])?.[0]
    const rows = await listAccountEvents(
      parts.database,
      parts.tenant,
      before === undefined ? undefined : String(before),
      query.limit + 1,
    )
    const shown = rows.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      entries: shown.map(row => ({
        id: row.id,
        atMs: row.atMs,
        kind: row.kind,
        by: personView(row.byId, row.username, row.displayName),
        subject: row.subject,
        detail: row.detail,
      })),
      nextCursor: writeCursor(rows.length > query.limit && last ? [last.id] : undefined),
    }
  })
}

/** An admin sees and revokes everybody's tokens, everybody else their own. */
function ownTokensOnly(caller: Caller): string | undefined {
  const { user } = personOf(caller)
  return includesRole(user.role, 'admin') ? undefined : user.id
}

function userView({ vouching, ...user }: User, nowMs: number, newRightMs: number): UserRecord {
  const locked = user.lockedUntilMs !== null && user.lockedUntilMs > nowMs
  return {
    ...user,
    lockedUntilMs: locked ? user.lockedUntilMs : null,
    countsFromMs: includesRole(user.role, 'responder')
      ? (mutedUntil(vouching ?? undefined, nowMs, newRightMs) ?? null)
      : null,
  }
}

function sessionView(row: SessionRow, currentId: string): SessionRecord {
  const { id, createdMs, lastUsedMs, expiresMs, address, userAgent, method } = row
  return { id, createdMs, lastUsedMs, expiresMs, address, userAgent, method, current: id === currentId }
}

function tokenView(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    scopes: [...row.scopes],
    owner: { id: row.userId, username: row.username, displayName: row.displayName },
    createdMs: row.createdMs,
    expiresMs: row.expiresMs,
    lastUsedMs: row.lastUsedMs,
  }
}
