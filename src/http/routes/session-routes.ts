import type { FastifyReply } from 'fastify'
import type { AccountParts } from '../../accounts/account-parts.ts'
import { lockedOut } from '../../accounts/attempts.ts'
import type { OpenedSession, SignedInPerson } from '../../accounts/session.ts'
import { askPasskey, giveSecondFactor, type SignIn, signIn, signInByPasskey } from '../../accounts/sign-in.ts'
import { changeOwnPassword } from '../../accounts/users.ts'
import type { Role } from '../../domain/role.ts'
import { assertNever } from '../../lib/app-error.ts'
import { deleteSession } from '../../store/sessions.ts'
import type { User } from '../../store/users.ts'
import { type Session, type SignInReply, sessionEndpoints, wasDone } from '../contract.ts'
import { signInEndpoints } from '../contract-sign-in.ts'
import { RequestError } from '../http-error.ts'
import { partyOf, partyOrRefuse } from '../relying-party-of.ts'
import { type Call, type Caller, type Route, route } from '../route.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'

/** Signing in and out. Few tries a minute from one address, on top of the lock on the name. */
export function sessionRoutes(parts: AccountParts, secure: boolean, triesPerMinute = 20): Route[] {
  const limits = { requestsPerMinute: triesPerMinute }
  const answer = (call: Pick<Call<unknown, unknown, unknown>, 'reply'>, result: SignIn) =>
    signInAnswer(parts, secure, call.reply, result)
  return [
    route(
      sessionEndpoints.signIn,
      async call => answer(call, await signIn(parts, call.body, call.visitor, partyOf(parts, call))),
      limits,
    ),
    route(
      signInEndpoints.giveSecondFactor,
      async call => {
        const { ticket, proof } = call.body
        return answer(call, await giveSecondFactor(parts, ticket, proof, call.visitor, partyOf(parts, call)))
      },
      limits,
    ),
    route(signInEndpoints.askPasskey, async call => askPasskey(parts, partyOrRefuse(parts, call)), limits),
    route(
      signInEndpoints.signInByPasskey,
      async call => {
        const { ticket, response } = call.body
        return answer(
          call,
          await signInByPasskey(parts, ticket, response, call.visitor, partyOrRefuse(parts, call)),
        )
      },
      limits,
    ),
    route(sessionEndpoints.readSession, async ({ caller }) => personSession(parts, personOf(caller))),
    route(sessionEndpoints.signOut, async ({ caller, reply }) => {
      const person = personOf(caller)
      await deleteSession(parts.database, parts.tenant, person.user.id, person.sessionId)
      clearSessionCookie(reply, secure)
      return wasDone
    }),
    route(
      sessionEndpoints.changePassword,
      async ({ caller, body }) => {
        const person = personOf(caller)
        const owner = { ...person.user, sessionId: person.sessionId }
        await changeOwnPassword(parts, owner, body.current, body.next)
        return personSession(parts, { ...person, user: { ...person.user, mustChangePassword: false } })
      },
      limits,
    ),
  ]
}

/** Sets the cookie where the sign-in is complete, and says what became of it. Throws its failure. */
export function signInAnswer(
  parts: AccountParts,
  secure: boolean,
  reply: FastifyReply,
  result: SignIn,
): SignInReply {
  switch (result.kind) {
    case 'signed-in':
      setSessionCookie(reply, secure, result.session)
      return { kind: 'signed-in', session: openedView(parts, result.user, result.session) }
    case 'reason-needed':
      return result
    case 'second-factor':
      return { ...result, methods: [...result.methods] }
    case 'wrong':
      throw new RequestError('wrong-credentials', 'the name, the password or the second factor is wrong')
    case 'locked':
      throw lockedOut(parts, result.untilMs)
    default:
      return assertNever(result)
  }
}

/** The person behind a call that only persons can make. */
export function personOf(caller: Caller): SignedInPerson {
  if (caller.kind !== 'person') throw new RequestError('forbidden', 'this takes a person, not a token')
  return caller
}

/** The account that acts: the person's, or that of a token's owner. */
export function actorId(caller: Caller): string {
  if (caller.kind === 'person') return caller.user.id
  if (caller.kind === 'token') return caller.owner.id
  throw new RequestError('not-signed-in', 'sign in first')
}

function personSession(parts: AccountParts, person: SignedInPerson): Session {
  return {
    user: person.user,
    csrfToken: person.csrfToken,
    expiresAtMs: person.expiresMs,
    servesTenants: servesTenants(parts, person.user.role),
  }
}

const servesTenants = (parts: AccountParts, role: Role) => parts.servesTenants && role === 'admin'

function openedView(parts: AccountParts, user: User, session: OpenedSession): Session {
  return {
    user: {
      id: user.id,
      username: user.username,
      displayName: user.displayName,
      role: user.role,
      mustChangePassword: user.mustChangePassword,
      mustAddFactor: session.mustAddFactor,
    },
    csrfToken: session.csrfToken,
    expiresAtMs: session.expiresMs,
    servesTenants: servesTenants(parts, user.role),
  }
}
