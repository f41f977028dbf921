import { type QueryClient, useQuery } from '@tanstack/react-query'
import type { Session, SignInReply } from '../../src/http/contract.ts'
import type { PasskeyQuestion, SignInOptions } from '../../src/http/contract-sign-in.ts'
import type { PageEntry } from '../pages.ts'
import { askPasskey } from './passkey.ts'
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

/** The pages of a list that the signed-in person is shown. */
export function useShownPages<Page extends Pick<PageEntry, 'role' | 'forOperator'>>(
  pages: readonly Page[],
): readonly Page[] {
  const { data } = useSession()
  const { role } = usePerson()
  return pages.filter(
    page =>
      (page.role === undefined || roleIncludes(role, page.role)) &&
      (page.forOperator === undefined || data?.servesTenants === true),
  )
}

/** Whether the signed-in person has at least this role. */
export function useMay(needed: Role): boolean {
  return roleIncludes(usePerson().role, needed)
}

/** What is still to be shown after a right password. */
export type SecondStep = Exclude<SignInReply, { kind: 'signed-in' }>

/** Resolves with the next step, or with null once signed in. */
export async function signIn(
  client: QueryClient,
  username: string,
  password: string,
): Promise<SecondStep | null> {
  return settle(client, await sendJson<SignInReply>('POST', '/api/session', { username, password }))
}

export type SecondProof =
  | { readonly kind: 'totp' | 'recovery'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: object }

export async function giveSecondFactor(
  client: QueryClient,
  ticket: string,
  proof: SecondProof,
): Promise<SecondStep | null> {
  return settle(client, await sendJson<SignInReply>('POST', '/api/session/second-factor', { ticket, proof }))
}

/** Signs in with a passkey alone: the browser asks which. */
export async function signInByPasskey(client: QueryClient): Promise<SecondStep | null> {
  const { ticket, options } = await sendJson<PasskeyQuestion>('POST', '/api/session/passkey/question', {})
  const response = await askPasskey(options)
  return settle(client, await sendJson<SignInReply>('POST', '/api/session/passkey', { ticket, response }))
}

/** Ways to sign in at this address. */
export function readSignInOptions(signal: AbortSignal): Promise<SignInOptions> {
  return getJson('/api/sign-in', signal)
}

/** Why the break-glass account is used. */
export async function giveReason(
  client: QueryClient,
  ticket: string,
  reason: string,
): Promise<SecondStep | null> {
  return settle(client, await sendJson<SignInReply>('POST', '/api/session/reason', { ticket, reason }))
}

/** The second step of a sign-in that began at the provider. */
export async function resumeSignIn(client: QueryClient): Promise<SecondStep | null> {
  return settle(client, await sendJson<SignInReply>('POST', '/api/sign-in/resume', {}))
}

function settle(client: QueryClient, reply: SignInReply): SecondStep | null {
  if (reply.kind !== 'signed-in') return reply
  client.setQueryData(sessionKey, remember(reply.session))
  return null
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
