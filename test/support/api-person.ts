import { expect } from 'vitest'
import { consolePassword } from './console-visit.ts'

/** A signed-in person's calls of the API over real HTTP. Each caller names what the endpoint answers. */
export type ApiPerson = <T>(
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: T }>

/** The proof that changes and approvals take. */
export const proofOf = (password: string) => ({ proof: { kind: 'password', password } })

/** Signs in; a one-time password is changed to `consolePassword` at once. */
export async function apiPerson(base: string, username: string, given = consolePassword): Promise<ApiPerson> {
  let cookie = ''
  let csrf = ''
  const call: ApiPerson = async (method, path, body) => {
    const headers = {
      cookie,
      'x-csrf-token': csrf,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const response = await fetch(base + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('application/json') ?? false
    return { status: response.status, body: (json ? JSON.parse(text) : text) as never } // Each caller names what the endpoint answers.
  }
  const signedIn = await call<{ session: { csrfToken: string } }>('POST', '/api/session', {
    username,
    password: given,
  })
  csrf = signedIn.body.session.csrfToken
  if (given !== consolePassword) {
    const passwords = { current: given, next: consolePassword }
    expect((await call('POST', '/api/session/password', passwords)).status).toBe(200)
  }
  return call
}

/** Asks again until there is an answer. Generous: a busy machine is slow, and that is no fault. */
export async function until<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 240_000
  while (performance.now() < end) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise(done => setTimeout(done, 100))
  }
  throw new Error(`waited in vain for: ${what}`)
}
