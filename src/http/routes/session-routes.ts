import type { AccountParts } from '../../accounts/account-parts.ts'
import type { OpenedSession, SignedInPerson } from '../../accounts/session.ts'
import { signIn } from '../../accounts/sign-in.ts'
import { changeOwnPassword } from '../../accounts/users.ts'
import { assertNever } from '../../lib/app-error.ts'
import { deleteSession } from '../../store/sessions.ts'
import type { User } from '../../store/users.ts'
import { type Session, sessionEndpoints, wasDone } from '../contract.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route } from '../route.ts'
import { clearSessionCookie, setSessionCookie } from '../session-cookie.ts'

/** Signing in and out. Few tries a minute from one address, on top of the lock on the name. */
export function sessionRoutes(parts: AccountParts, secure: boolean, triesPerMinute = 20): Route[] {
  return [
    route(
      sessionEndpoints.signIn,
      async ({ body, visitor, reply }) => {
        const result = await signIn(parts, body, visitor)
        switch (result.kind) {
          case 'signed-in':
            setSessionCookie(reply, secure, {
              credential: result.session.credential,
              expiresMs: result.session.expiresMs,
            })
            return { kind: 'signed-in' as const, session: openedView(result.user, result.session) }
          case 'wrong':
            throw new RequestError('wrong-credentials', 'the name or the password is wrong')
          case 'locked': {
            const minutes = Math.max(1, Math.ceil((result.untilMs - parts.clock.now()) / 60_000))
            throw new RequestError('locked-out', `too many failures: try again in ${minutes} min`)
          }
          default:
            return assertNever(result)
        }
      },
      { requestsPerMinute: triesPerMinute },
    ),
    route(sessionEndpoints.readSession, async ({ caller }) => personSession(personOf(caller))),
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
        return personSession({ ...person, user: { ...person.user, mustChangePassword: false } })
      },
      { requestsPerMinute: triesPerMinute },
    ),
  ]
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

function personSession(person: SignedInPerson): Session {
  return { user: person.user, csrfToken: person.csrfToken, expiresAtMs: person.expiresMs }
}

function openedView(user: User, session: OpenedSession): Session {
  return {
    user: {
      id: user.id,
      username: user.username,
      displayName: user.displayName,
      role: user.role,
      mustChangePassword: user.mustChangePassword,
    },
    csrfToken: session.csrfToken,
    expiresAtMs: session.expiresMs,
  }
}
