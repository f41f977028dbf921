import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wholeContract } from '../../test/support/http-contract.ts'
import {
  type Person,
  startTestServer,
  type TestServer,
  testPassword,
} from '../../test/support/test-server.ts'
import { createToken } from '../accounts/api-token.ts'
import { roles, type TokenScope, tokenScopes } from '../domain/role.ts'
import { listBackupTables } from '../store/backup-tables.ts'
import type { Endpoint } from './endpoint.ts'
import { route } from './route.ts'
import { sessionRoutes } from './routes/session-routes.ts'

// Every endpoint of every contract file, with a handler that says that it was reached: what is attacked is the door.
const contract = await wholeContract()
/** The session's own are served for real: below. */
const ofSession = contract.filter(
  each => each.access.kind === 'signed-in' && /^\/api\/session(\/password)?$/.test(each.path),
)
const endpoints = contract.filter(each => each.access.kind !== 'open' && !ofSession.includes(each))
const reached: string[] = []
const probes = endpoints.map(endpoint => ({
  ...route(endpoint, async () => {
    reached.push(`${endpoint.method} ${endpoint.path}`)
    return {}
  }),
  answers: 'itself' as const,
  handle: async (call: { reply: { send: (body: unknown) => unknown } }) => {
    reached.push(`${endpoint.method} ${endpoint.path}`)
    call.reply.send({ reached: true })
  },
}))

let server: TestServer
const people = new Map<string, Person>()
const tokens = new Map<TokenScope, string>()
beforeAll(async () => {
  server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false, 10_000),
    // Bodies and queries are not what is tested here.
    ...probes.map(probe => ({
      ...probe,
      endpoint: {
        method: probe.endpoint.method,
        path: probe.endpoint.path,
        summary: '',
        access: probe.endpoint.access,
        reply: probe.endpoint.reply,
      },
    })),
  ])
  for (const role of roles) people.set(role, await server.signIn(role))
  const admin = people.get('admin')
  for (const scope of tokenScopes) {
    const details = { name: scope, scopes: [scope], expiresInDays: 1 }
    const { secret } = await createToken(server.test.database, server.accounts, admin?.id ?? '', details)
    tokens.set(scope, secret)
  }
})
afterAll(() => server.close())

const urlOf = (endpoint: Endpoint) => endpoint.path.replace(/:(\w+)/g, 'x')
const open = (endpoint: Endpoint, headers: Record<string, string>) =>
  server.app.inject({ method: endpoint.method, url: urlOf(endpoint), headers })

describe.each(endpoints.map(endpoint => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  '%s',
  (_name, endpoint) => {
    it('is closed to nobody in particular, and to made-up cookies and tokens', async () => {
      const invented = `session_0123456789abcdefghjkmnpqrs.${'A'.repeat(43)}`
      for (const headers of [
        {},
        { cookie: `tocsin=${invented}` },
        { cookie: 'tocsin=%00' },
        { authorization: `Bearer ${invented.replace('session', 'token')}` },
        { authorization: 'Bearer x' },
      ]) {
        expect((await open(endpoint, headers as Record<string, string>)).statusCode).toBe(401)
      }
    })

    it('is open to exactly the roles and scopes that its contract names', async () => {
      const { access } = endpoint
      for (const role of roles) {
        const person = people.get(role)
        const headers = { cookie: person?.cookie ?? '', 'x-csrf-token': person?.csrfToken ?? '' }
        const allowed =
          access.kind === 'signed-in' ||
          (access.kind === 'role' && roles.indexOf(role) >= roles.indexOf(access.role))
        expect([role, (await open(endpoint, headers)).statusCode]).toEqual([role, allowed ? 200 : 403])
      }
      for (const scope of tokenScopes) {
        const allowed = 'scope' in access && access.scope === scope
        const { statusCode } = await open(endpoint, { authorization: `Bearer ${tokens.get(scope)}` })
        expect([scope, statusCode]).toEqual([scope, allowed ? 200 : 403])
      }
    })

    if (endpoint.method === 'GET') return // It changes nothing for anybody.
    it('changes nothing for a page of another site', async () => {
      const cookie = people.get('admin')?.cookie ?? ''
      const other = people.get('viewer')?.csrfToken ?? ''
      for (const headers of [{ cookie }, { cookie, 'x-csrf-token': '' }, { cookie, 'x-csrf-token': other }])
        expect((await open(endpoint, headers as Record<string, string>)).statusCode).toBe(403)
    })
  },
)

describe('signing in', () => {
  const attempt = (username: string, password: string) =>
    server.app.inject({ method: 'POST', url: '/api/session', payload: { username, password } })

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const { headers } = await attempt('viewer', testPassword)
    expect(headers['set-cookie']).toMatch(/^tocsin=.*; Path=\/; .*HttpOnly; SameSite=Strict/)
  })

  it('with a one-time password opens nothing but the change of it', async () => {
    const { createUser } = await import('../accounts/users.ts')
    const { oneTimePassword } = await createUser(server.accounts, null, {
      username: 'fresh',
      displayName: 'Fresh',
      role: 'admin',
    })
    const signedIn = await attempt('fresh', oneTimePassword)
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const users = await server.app.inject({ url: '/api/users', headers: { cookie } })
    expect(users.json()).toMatchObject({ error: { code: 'password-change-required' } })
    expect((await server.app.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(200)
  })

  it('tells neither which names exist nor, when locked, whether the password is right', async () => {
    await server.signIn('viewer', 'locked-one')
    for (const name of ['locked-one', 'nobody-of-that-name']) {
      const statuses: number[] = []
      for (let tries = 0; tries < 7; tries++) statuses.push((await attempt(name, 'wrong')).statusCode)
      expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 423])
    }
    expect((await attempt('locked-one', testPassword)).statusCode).toBe(423)
    server.clock.advance(61_000)
    expect((await attempt('locked-one', testPassword)).statusCode).toBe(200)
  })

  it('many at once do not slip past the count of failures', async () => {
    const tries = await Promise.all(Array.from({ length: 15 }, () => attempt('in-parallel', 'wrong')))
    // Five free tries and the one that sets the lock.
    expect(tries.filter(response => response.statusCode === 423).length).toBe(15 - 6)
    expect((await attempt('in-parallel', 'wrong')).statusCode).toBe(423)
  })

  it('takes JSON only, so that no form can do it', async () => {
    const form = await server.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'username=viewer&password=x',
    })
    expect(form.statusCode).toBe(415)
    const plain = await server.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'content-type': 'text/plain' },
      payload: JSON.stringify({ username: 'viewer', password: testPassword }),
    })
    expect(plain.statusCode).toBe(415)
  })
})

it('few tries a minute come from one address, whatever names they try', async () => {
  const limited = await startTestServer(accounts => sessionRoutes(accounts, false))
  try {
    const statuses: number[] = []
    for (let tries = 0; tries < 25; tries++) {
      const payload = { username: `name-${tries}`, password: 'x' }
      statuses.push((await limited.app.inject({ method: 'POST', url: '/api/session', payload })).statusCode)
    }
    expect(statuses.filter(status => status === 401)).toHaveLength(20)
    expect(statuses.at(-1)).toBe(429)
  } finally {
    await limited.close()
  }
})

describe('sessions and accounts', () => {
  it('a session is read, ended and given a new password by its own browser alone', async () => {
    expect(ofSession.map(each => each.method).sort()).toEqual(['DELETE', 'GET', 'POST'])
    const { cookie = '' } = people.get('admin') ?? {}
    for (const endpoint of ofSession) {
      expect((await open(endpoint, {})).statusCode).toBe(401)
      expect((await open(endpoint, { authorization: `Bearer ${tokens.get('read')}` })).statusCode).toBe(403)
      if (endpoint.method !== 'GET') expect((await open(endpoint, { cookie })).statusCode).toBe(403)
    }
  })

  it('end at once when signed out, disabled, demoted or expired', async () => {
    const person = await server.signIn('admin', 'short-lived')
    const { changeUser } = await import('../accounts/users.ts')
    await changeUser(server.accounts, 'user_x', person.id, { role: 'viewer' })
    expect((await person.call('GET', '/api/users')).statusCode).toBe(403)
    await changeUser(server.accounts, 'user_x', person.id, { state: 'disabled' })
    expect((await person.call('GET', '/api/session')).statusCode).toBe(401)
    const other = await server.signIn('viewer', 'expiring')
    server.clock.advance(13 * 60 * 60_000)
    expect((await other.call('GET', '/api/session')).statusCode).toBe(401)
  })

  it('the API says nothing about its inside', async () => {
    const { headers, body } = await server.app.inject({ url: '/nowhere' })
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(JSON.parse(body)).toEqual({
      error: { code: 'not-found', message: 'there is nothing at GET /nowhere' },
    })
  })

  it('no more is open to everybody than signing in, OAuth’s own doors and the machine’s health', () => {
    const open = contract.filter(each => each.access.kind === 'open')
    expect(open.map(each => `${each.method} ${each.path}`).sort()).toEqual([
      'GET /.well-known/oauth-authorization-server',
      'GET /.well-known/oauth-protected-resource',
      'GET /.well-known/oauth-protected-resource/mcp',
      'GET /api/embed/settings',
      'GET /api/sign-in',
      'GET /api/sign-in/provider',
      'GET /api/sign-in/provider/callback',
      'GET /healthz',
      'GET /mcp',
      'GET /readyz',
      'POST /api/embed/session',
      'POST /api/session',
      'POST /api/session/passkey',
      'POST /api/session/passkey/question',
      'POST /api/session/reason',
      'POST /api/session/second-factor',
      'POST /api/sign-in/resume',
      'POST /mcp',
      'POST /oauth/register',
      'POST /oauth/revoke',
      'POST /oauth/token',
    ])
  })

  it('a token for machines changes only what its scope is for', () => {
    const changing = contract.filter(each => each.method !== 'GET' && 'scope' in each.access)
    const byScope = (scope: TokenScope) =>
      changing
        .filter(each => 'scope' in each.access && each.access.scope === scope)
        .map(each => `${each.method} ${each.path}`)
    for (const scope of ['read', 'triage', 'ingest'] as const)
      for (const line of byScope(scope))
        expect(line).not.toMatch(
          /proposals|approval|settings|users|tokens|reveal|ledger|factors|retention|erasure/,
        )
    for (const line of byScope('scim')) expect(line).toContain(' /scim/v2/')
    expect(byScope('metrics')).toEqual([])
  })
})

it('what opens a door lies nowhere in the database as it is: passwords, sessions, tokens', async () => {
  const { database } = server.test
  const sessions = [...people.values()].map(person => person.cookie.split('=')[1] ?? '')
  const words = [testPassword, ...sessions, ...tokens.values()]
  expect(words.every(word => word.length > 16)).toBe(true)
  for (const { name } of await listBackupTables(database)) {
    const rows = await database.query(
      `select from ${name} t, unnest($1::text[]) word where position(word in t::text) > 0 limit 1`,
      [words],
    )
    expect([name, rows.length]).toEqual([name, 0])
  }
  const [user] = await database.query<{ hash: string }>('select password_hash as hash from users limit 1')
  expect(user?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

it('nobody who may not call makes the server hold a body', async () => {
  const upload = contract.find(each => each.method === 'POST' && each.path === '/api/mail')
  const sent = await server.app.inject({
    method: 'POST',
    url: upload?.path ?? '',
    headers: { 'content-type': 'message/rfc822' },
    payload: Buffer.alloc(2 * 1024 * 1024), // Above the limit of this probe: were it read, the answer would be 413.
  })
  expect(sent.statusCode).toBe(401)
})
