import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { Session, SignInReply } from '../../src/http/contract.ts'
import { getJson, RequestFailure, rememberCsrfToken, sendJson } from './request.ts'

export const sessionKey = ['session'] as const
export type Role = Session['user']['role']

/** Each role includes those before it. The same order as in the server, which is what decides. */
export const roleOrder: readonly Role[] = ['viewer', 'analyst', 'responder', 'approver', 'admin']

/** Whether to offer something; the server checks again. */
export function roleIncludes(role: Role, needed: Role): boolean {
  return roleOrder.indexOf(role) >= roleOrder.indexOf(needed)
}

/** The signed-in person; null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async ({ signal }): Promise<Session | null> => {
      try {
        return remember(await getJson<Session>('/api/session', signal))
      } catch (error) {
        if (error instanceof RequestFailure && error.status === 401) return null
        throw error
      }
    },
    staleTime: 5 * 60_000,
  })
}

/** The signed-in person. Only for components inside the shell, which is shown to nobody else. */
export function usePerson(): Session['user'] {
  const { data } = useSession()
  if (data == null) throw new Error('usePerson is for components inside the signed-in shell')
  return data.user
}

/** Whether the signed-in person has at least this role. */
export function useMay(needed: Role): boolean {
  return roleIncludes(usePerson().role, needed)
}

export async function signIn(client: QueryClient, username: string, password: string): Promise<void> {
  const reply = await sendJson<SignInReply>('POST', '/api/session', { username, password })
  client.setQueryData(sessionKey, remember(reply.session))
}

export async function changePassword(client: QueryClient, current: string, next: string): Promise<void> {
  const session = await sendJson<Session>('POST', '/api/session/password', { current, next })
  client.setQueryData(sessionKey, remember(session))
}

export async function signOut(client: QueryClient): Promise<void> {
  await sendJson('DELETE', '/api/session')
  // The session's own entry stays: the shell watches it, and shows the sign-in form.
  client.setQueryData(sessionKey, null)
  client.removeQueries({ predicate: query => query.queryKey[0] !== sessionKey[0] })
}

function remember(session: Session): Session {
  rememberCsrfToken(session.csrfToken)
  return session
}
