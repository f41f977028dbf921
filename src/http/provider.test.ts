import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Foul, type OpenIdProvider, startOpenIdProvider } from '../../test/support/openid-provider.ts'
import { startTestServer, type TestServer, testPassword } from '../../test/support/test-server.ts'
import { openProvider } from '../accounts/provider.ts'
import { parseProviderSettings } from '../accounts/provider-settings.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import { factorRoutes } from './routes/factor-routes.ts'
import { providerRoutes, safePage } from './routes/provider-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

const host = 'localhost:7411'

async function start(standIn: OpenIdProvider, more = '') {
  const settings = parseProviderSettings(`
provider:
  name: Stand-in
  issuer: ${standIn.issuer}
  client: ${standIn.client.id}
  secret: { env: UNUSED }
  roles:
    - { claim: groups, value: soc-admins, role: admin }
    - { claim: groups, value: soc-analysts, role: analyst }
    - { claim: realm_access.roles, value: approve, role: approver }
${more}`)
  const { fetch } = createEgressFetch({
    rules: [{ host: '127.0.0.1', port: Number(new URL(standIn.issuer).port) }],
  })
  const provider = openProvider(settings, new Secret(standIn.client.secret), fetch)
  return startTestServer(
    parts => [
      ...sessionRoutes(parts, false, 10_000),
      ...factorRoutes(parts),
      ...providerRoutes(parts, false, 10_000),
    ],
    { provider },
  )
}

/** One browser's way through a sign-in; `meanwhile` changes what it carries back. */
async function visit(
  server: TestServer,
  to = '/',
  meanwhile: (back: URL, cookie: string) => { back: URL; cookie: string } = (back, cookie) => ({
    back,
    cookie,
  }),
) {
  const begun = await server.app.inject({
    url: `/api/sign-in/provider?to=${encodeURIComponent(to)}`,
    headers: { host },
  })
  const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? ''
  const there = await fetch(String(begun.headers.location), { redirect: 'manual' })
  const carried = meanwhile(new URL(there.headers.get('location') ?? 'http://nowhere.invalid'), cookie)
  const back = () =>
    server.app.inject({
      url: carried.back.pathname + carried.back.search,
      headers: { host, cookie: carried.cookie },
    })
  const answer = await back()
  const cookies = [answer.headers['set-cookie']].flat().map(String)
  const session = cookies.find(each => /^tocsin=[^;]/.test(each))?.split(';')[0]
  return { begun, there, answer, to: String(answer.headers.location), session, cookies, again: back }
}

async function whoIs(server: TestServer, session: string | undefined) {
  const answer = await server.app.inject({ url: '/api/session', headers: { cookie: session ?? '' } })
  return answer.statusCode === 200 ? answer.json().user : undefined
}

describe.each(['RS256', 'ES256'] as const)('an OpenID provider that signs with %s', algorithm => {
  let standIn: OpenIdProvider
  let server: TestServer
  beforeAll(async () => {
    standIn = await startOpenIdProvider(algorithm)
    server = await start(standIn)
  })
  afterAll(async () => {
    await server.close()
    await standIn.close()
  })
  const person = (name: string, more: object = {}) => ({
    sub: `sub of ${name}`,
    preferred_username: name,
    groups: ['soc-analysts'],
    ...more,
  })

  it('signs in, makes the account, and comes back to the page', async () => {
    standIn.next(person('olga', { name: 'Olga Orlova', email: 'olga@example.org' }))
    const { to, session, cookies, again } = await visit(server, '/cases/case_1?e=E2')
    expect(to).toBe('/cases/case_1?e=E2')
    expect(cookies.find(each => each.startsWith('tocsin='))).toMatch(/HttpOnly; SameSite=Strict/)
    expect(await whoIs(server, session)).toMatchObject({
      username: 'olga',
      displayName: 'Olga Orlova',
      role: 'analyst',
    })
    // The same address a second time opens nothing: the ticket is used, and so is the code.
    expect(String((await again()).headers.location)).toBe('/?sign-in=sign-in-expired')
    expect(standIn.refusals).toEqual([])
  })

  it('knows the account again by its subject, and follows its groups up and down', async () => {
    standIn.next(person('petra'))
    const first = await whoIs(server, (await visit(server)).session)
    standIn.next(
      person('petra', {
        preferred_username: 'petra.new-name',
        groups: [],
        realm_access: { roles: ['approve'] },
      }),
    )
    expect(await whoIs(server, (await visit(server)).session)).toMatchObject({
      id: first.id,
      role: 'approver',
    })
    standIn.next(person('petra'))
    expect(await whoIs(server, (await visit(server)).session)).toMatchObject({
      id: first.id,
      role: 'analyst',
    })
  })

  const seconds = Math.floor(Date.now() / 1000)
  const fouls: Record<string, Foul> = {
    'another issuer': { claims: { iss: 'https://evil.example' } },
    'another audience': { claims: { aud: 'another-client' } },
    'several audiences, and not for us': { claims: { aud: ['tocsin', 'other'], azp: 'other' } },
    'another nonce': { claims: { nonce: 'of another sign-in' } },
    'no nonce': { claims: { nonce: undefined } },
    'no subject': { claims: { sub: undefined } },
    expired: { claims: { iat: seconds - 7200, exp: seconds - 3600 } },
    'no expiry': { claims: { exp: undefined } },
    'algorithm none': { algorithm: 'none' },
    'a shared secret as key': { algorithm: 'HS256' },
    'a key that is not published': { foreignKey: true },
    'changed after signing': { tampered: true },
    'an answer of another provider (mix-up)': { responseIssuer: 'https://evil.example' },
  }
  it.each(Object.entries(fouls))('refuses %s', async (_what, foul) => {
    standIn.next(person('mallory'), foul)
    const { session, to } = await visit(server)
    expect([session, to]).toEqual([undefined, '/?sign-in=provider-refused'])
    expect(await server.test.database.query(`select 1 from users where username = 'mallory'`)).toEqual([])
  })

  it('refuses what a browser carries back wrongly', async () => {
    standIn.next(person('mallory'))
    const states: string[] = []
    const other = await visit(server, '/', (back, cookie) => {
      states.push(back.searchParams.get('state') ?? '')
      back.searchParams.set('state', 'made-up')
      return { back, cookie }
    })
    expect(other.to).toBe('/?sign-in=provider-refused')
    // Without the cookie of the browser that began it (somebody sends a victim their own callback), or with a made-up one.
    for (const stolen of ['', 'tocsin-sign-in=ticket_0123456789.'.concat('A'.repeat(43))]) {
      const fixed = await visit(server, '/', back => ({ back, cookie: stolen }))
      expect([fixed.session, fixed.to]).toEqual([undefined, '/?sign-in=sign-in-expired'])
    }
    // A code of another sign-in in this one: PKCE and state stand in the way.
    let spare = ''
    await visit(server, '/', (back, cookie) => {
      spare = back.searchParams.get('code') ?? ''
      back.searchParams.set('state', 'made-up') // So that the code stays unused.
      return { back, cookie }
    })
    const injected = await visit(server, '/', (back, cookie) => {
      back.searchParams.set('code', spare)
      return { back, cookie }
    })
    expect(injected.to).toBe('/?sign-in=provider-refused')
    expect(standIn.refusals).toContain('PKCE verifier does not fit')
  })

  it('a claim that no line names gives no role, and who has none stays outside', async () => {
    for (const more of [
      { groups: [] },
      { groups: ['SOC-ADMINS', 'soc-admins '], role: 'admin', roles: ['admin'] },
      { groups: 'nothing', realm_access: 'approve', 'groups.0': 'soc-admins' },
      { groups: { 'soc-admins': true } },
    ]) {
      standIn.next(person('climber', more))
      const { session, to } = await visit(server)
      expect([session, to]).toEqual([undefined, '/?sign-in=no-role'])
    }
  })

  it('does not take over an account that a password opens, whatever name the provider gives', async () => {
    const local = await server.signIn('admin', 'local-admin')
    standIn.next(person('Local-Admin'))
    expect((await visit(server)).to).toBe('/?sign-in=name-taken')
    // An admin may open it, once: then it is bound to that subject.
    const { changeUser } = await import('../accounts/users.ts')
    await changeUser(server.accounts, local.id, local.id, { linkable: true })
    standIn.next(person('Local-Admin', { groups: ['soc-admins'] }))
    expect(await whoIs(server, (await visit(server)).session)).toMatchObject({ id: local.id, role: 'admin' })
    standIn.next(person('Local-Admin', { sub: 'somebody else' }))
    expect((await visit(server)).to).toBe('/?sign-in=name-taken')
  })

  it('a disabled account stays closed, and no password opens one of the provider', async () => {
    standIn.next(person('leaver'))
    const { id } = await whoIs(server, (await visit(server)).session)
    for (const password of ['', ' ', testPassword]) {
      const payload = { username: 'leaver', password }
      const answer = await server.app.inject({ method: 'POST', url: '/api/session', payload })
      expect([400, 401]).toContain(answer.statusCode)
    }
    const { changeUser } = await import('../accounts/users.ts')
    await changeUser(server.accounts, id, id, { state: 'disabled' })
    expect((await visit(server)).to).toBe('/?sign-in=account-disabled')
  })

  it('leads only to pages of this console', async () => {
    standIn.next(person('olga'))
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
      'javascript:alert(1)',
      '/api/session',
    ])
      expect([to, (await visit(server, to)).to]).toEqual([to, '/'])
    expect(safePage('/settings?section=users#x')).toBe('/settings?section=users')
  })
})

describe('the second factor of who comes through the provider', () => {
  it('is the provider’s where its token says so, and ours otherwise', async () => {
    const standIn = await startOpenIdProvider()
    const server = await start(standIn)
    try {
      const claims = { sub: 's', preferred_username: 'vera', groups: ['soc-analysts'] }
      await server.test.database.query(
        `insert into account_settings values ('default', 'second-factor-roles', '["analyst"]')`,
      )
      standIn.next(claims)
      expect(await whoIs(server, (await visit(server)).session)).toMatchObject({ mustAddFactor: true })
      standIn.next({ ...claims, amr: ['pwd', 'otp'] })
      const strong = await visit(server)
      const user = await whoIs(server, strong.session)
      expect(user.mustAddFactor).toBe(false)
      // With a factor of ours, signing in there alone is half the way.
      await server.test.database.query(
        `insert into second_factors (tenant_id, id, user_id, kind, name, created_ms, confirmed_ms, sealed_secret)
         values ('default', 'factor_1', $1, 'totp', 'App', 1, 1, 'x')`,
        [user.id],
      )
      standIn.next(claims)
      const half = await visit(server, '/cases')
      expect([half.session, half.to]).toEqual([undefined, '/cases?sign-in=second-factor'])
      const ticket = half.cookies.find(each => /^tocsin-sign-in=t/.test(each))?.split(';')[0] ?? ''
      const resumed = await server.app.inject({
        method: 'POST',
        url: '/api/sign-in/resume',
        headers: { host, cookie: ticket },
      })
      expect(resumed.json()).toMatchObject({ kind: 'second-factor', methods: ['totp', 'recovery'] })
    } finally {
      await server.close()
      await standIn.close()
    }
  })
})

it('reaches only the provider’s own host', async () => {
  const standIn = await startOpenIdProvider()
  const { fetch } = createEgressFetch({ rules: [{ host: 'id.example.org', port: 443 }] })
  const settings = parseProviderSettings(
    `provider: { name: X, issuer: '${standIn.issuer}', client: a, secret: { env: X } }`,
  )
  const provider = openProvider(settings, new Secret('s'), fetch)
  await expect(provider.begin('http://localhost/cb')).rejects.toThrow(/cannot be used/)
  await standIn.close()
})
