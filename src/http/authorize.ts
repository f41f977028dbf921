import type { FastifyRequest } from 'fastify'
import type { AccountParts } from '../accounts/account-parts.ts'
import { bearerBehind, tokenStands } from '../accounts/api-token.ts'
import { sameText } from '../accounts/credential.ts'
import { delegateBehind } from '../accounts/delegated-access.ts'
import { personBehind, sessionStands } from '../accounts/session.ts'
import { includesRole } from '../domain/role.ts'
import { assertNever } from '../lib/app-error.ts'
import type { Endpoint } from './endpoint.ts'
import { RequestError } from './http-error.ts'
import type { Caller } from './route.ts'
import { sessionCookie } from './session-cookie.ts'

/** Finds out who calls and whether they may; throws the refusal. The one place where access is decided. */
export async function authorize(
  request: FastifyRequest,
  endpoint: Endpoint,
  parts: AccountParts,
  secure: boolean,
): Promise<Caller> {
  const { access } = endpoint
  if (access.kind === 'open') return { kind: 'nobody' }
  const caller = await callerOf(request, parts, secure)
  if (caller.kind === 'nobody') throw new RequestError('not-signed-in', 'sign in first')
  if (caller.kind === 'person') checkForgery(request, caller.csrfToken)
  switch (access.kind) {
    case 'signed-in':
      if (caller.kind !== 'person') throw new RequestError('forbidden', 'this takes a person, not a token')
      return caller
    case 'token':
      if (caller.kind !== 'token' || !caller.scopes.includes(access.scope))
        throw new RequestError('forbidden', `this takes an API token with the scope '${access.scope}'`)
      return caller
    case 'role':
      return checkRole(caller, access)
    default:
      return assertNever(access)
  }
}

function checkRole(
  caller: Exclude<Caller, { kind: 'nobody' }>,
  access: Extract<Endpoint['access'], { kind: 'role' }>,
): Caller {
  if (caller.kind === 'token') {
    if (access.scope === undefined) throw new RequestError('forbidden', 'this takes a person, not a token')
    if (!caller.scopes.includes(access.scope))
      throw new RequestError('forbidden', `this token lacks the scope '${access.scope}'`)
    return caller
  }
  if (caller.user.mustChangePassword)
    throw new RequestError('password-change-required', 'change the one-time password first')
  if (caller.user.mustAddFactor)
    throw new RequestError(
      'second-factor-required',
      `the role '${caller.user.role}' takes a second factor: add one, or sign in again with it`,
    )
  if (!includesRole(caller.user.role, access.role))
    throw new RequestError('forbidden', `this takes the role '${access.role}' or a higher one`)
  return caller
}

async function callerOf(request: FastifyRequest, parts: AccountParts, secure: boolean): Promise<Caller> {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) {
    const delegate = await delegateBehind(parts, bearer)
    if (delegate !== undefined)
      return { kind: 'token', ...delegate, name: delegate.clientId, scopes: ['read'] }
    const token = await bearerBehind(parts, bearer)
    return token === undefined ? { kind: 'nobody' } : { kind: 'token', ...token }
  }
  const cookie = request.cookies[sessionCookie(secure)]
  const person = cookie === undefined ? undefined : await personBehind(parts, cookie)
  return person === undefined ? { kind: 'nobody' } : { kind: 'person', ...person }
}

/** A page of another site can make a browser send our cookie, but cannot know this token. */
function checkForgery(request: FastifyRequest, csrfToken: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const sent = request.headers['x-csrf-token']
  if (typeof sent !== 'string' || !sameText(sent, csrfToken))
    throw new RequestError('csrf-token-missing', 'send the CSRF token of GET /api/session as x-csrf-token')
}

/** Whether a caller who was let in would still be: for streams that stay open. */
export function callerStands(parts: AccountParts, caller: Caller): Promise<boolean> {
  if (caller.kind === 'person') return sessionStands(parts, caller.sessionId)
  return caller.kind === 'token' ? tokenStands(parts, caller.tokenId) : Promise.resolve(false)
}
