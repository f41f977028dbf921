import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { sessionRoutes } from '../http/routes/session-routes.ts'
import { createFirstAdmin, createUser, renewFirstAdmin } from './users.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer(accounts => sessionRoutes(accounts, false, 10_000))
})
afterEach(() => server.close())

const signIn = (password: string) =>
  server.app.inject({ method: 'POST', url: '/api/session', payload: { username: 'admin', password } })

it('gives another one-time password while nobody has chosen one, and the one before is void', async () => {
  expect(await renewFirstAdmin(server.accounts)).toBeUndefined()
  const first = (await createFirstAdmin(server.accounts))?.oneTimePassword ?? ''
  // Somebody signed in and closed the browser before choosing: that is nobody's password yet.
  expect((await signIn(first)).statusCode).toBe(200)
  const second = (await renewFirstAdmin(server.accounts))?.oneTimePassword ?? ''
  expect((await signIn(first)).statusCode).toBe(401)
  const signedIn = await signIn(second)
  expect(signedIn.statusCode).toBe(200)
  const choose = (next: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/session/password',
      headers: {
        cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '',
        'x-csrf-token': signedIn.json().session.csrfToken,
      },
      payload: { current: second, next },
    })
  // What everybody tries first is refused, and the one-time password goes on being the only one.
  for (const guessed of ['admin admin admin', 'Administrator-2026', 'P@ssw0rd-T0cs1n']) {
    const { statusCode, body } = await choose(guessed)
    expect([statusCode, JSON.parse(body).error.code]).toEqual([400, 'weak-password'])
    expect((await signIn(guessed)).statusCode).toBe(401)
  }
  expect((await choose('four words of nobody else')).statusCode).toBe(200)
  expect(await renewFirstAdmin(server.accounts)).toBeUndefined()
  expect((await signIn('four words of nobody else')).statusCode).toBe(200)
})

it('takes nothing back where there is a second account', async () => {
  const first = (await createFirstAdmin(server.accounts))?.oneTimePassword ?? ''
  await createUser(server.accounts, null, { username: 'second', displayName: 'Second', role: 'viewer' })
  expect(await renewFirstAdmin(server.accounts)).toBeUndefined()
  expect((await signIn(first)).statusCode).toBe(200)
})
