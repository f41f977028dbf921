import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Person,
  startTestServer,
  type TestServer,
  testPassword,
} from '../../test/support/test-server.ts'
import { createToken } from '../accounts/api-token.ts'
import { completeSignIn } from '../accounts/sign-in.ts'
import { changeUser } from '../accounts/users.ts'
import { peopleNow } from '../respond/people-now.ts'
import { callerStands } from './authorize.ts'
import { createEventHub } from './event-hub.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { breakGlassRoutes } from './routes/break-glass-routes.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { factorRoutes } from './routes/factor-routes.ts'
import { scimRoutes } from './routes/scim-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

let server: TestServer
let admin: Person
let scimToken: string
beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 10_000),
    ...accountRoutes(parts),
    ...factorRoutes(parts),
    ...scimRoutes(parts),
    ...breakGlassRoutes(parts, false, 10_000),
  ])
  admin = await server.signIn('admin', 'chief')
  scimToken = (await admin.call('POST', '/api/tokens', { name: 'directory', scopes: ['scim'] })).json().secret
})
afterAll(() => server.close())

const scim = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, token = scimToken) =>
  server.app.inject({
    method,
    url: `/scim/v2${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
const user = (userName: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  externalId: `ext ${userName}`,
  name: { formatted: `Person ${userName}` },
  emails: [{ value: `${userName}@example.org`, primary: true }],
  active: true,
  ...more,
})
const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

describe('a directory', () => {
  it('makes, finds, changes, deactivates and deletes a user', async () => {
    const made = await scim('POST', '/Users', user('dora'))
    expect([made.statusCode, made.headers['content-type']]).toEqual([
      201,
      'application/scim+json; charset=utf-8',
    ])
    const { id } = made.json()
    expect(made.json()).toMatchObject({
      userName: 'dora',
      displayName: 'Person dora',
      active: true,
      externalId: 'ext dora',
    })
    for (const filter of ['userName eq "DORA"', 'externalId eq "ext dora"', `id eq "${id}"`]) {
      const found = (await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).json()
      expect([filter, found.totalResults, found.Resources[0]?.id]).toEqual([filter, 1, id])
    }
    // As Okta and as Entra write it.
    await scim('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    expect((await scim('GET', `/Users/${id}`)).json().active).toBe(false)
    await scim('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'True' }))
    const renamed = patch(
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'new@example.org' },
      { op: 'replace', path: 'displayName', value: 'Dora D.' },
    )
    expect((await scim('PATCH', `/Users/${id}`, renamed)).json()).toMatchObject({
      active: true,
      displayName: 'Dora D.',
      emails: [{ value: 'new@example.org' }],
    })
    expect((await scim('DELETE', `/Users/${id}`)).statusCode).toBe(204)
    expect((await scim('GET', `/Users/${id}`)).statusCode).toBe(404)
    // Hired again: the same account, and nothing of its old rights.
    const again = await scim('POST', '/Users', user('dora'))
    expect(again.json().id).toBe(id)
    const { users } = (await admin.call('GET', '/api/users')).json()
    expect(users.find((each: { id: string }) => each.id === id)).toMatchObject({
      role: 'viewer',
      state: 'active',
    })
  })

  it('deactivation ends sessions and tokens, and voids approvals and requests that are not carried out', async () => {
    const leaver = await server.signIn('approver', 'leaver')
    const token = (await leaver.call('POST', '/api/tokens', { name: 't', scopes: ['read'] })).json().secret
    const colleague = await server.signIn('approver', 'stays')
    const { database } = server.test
    await database.query(
      `insert into proposals (tenant_id, id, case_id, digest, content, state, prepared_by, requested_by, reason, evidence,
         created_ms, changed_ms)
       select 'default', 'p_' || state || '_' || who, 'c', state || who, '{}', state, 'x', who, '', '{}', 1, 1
       from unnest(array['awaiting', 'approved', 'done']) as state, unnest(array[$1, $2]) as who`,
      [leaver.id, colleague.id],
    )
    await database.query(
      `insert into approvals (tenant_id, proposal_id, proposal_digest, approver, on_behalf_of, decision, reason, at_ms)
       select tenant_id, id, digest, $1, $1, 'approve', '', 1 from proposals where requested_by = $2`,
      [leaver.id, colleague.id],
    )
    await database.query(`insert into approval_delegations values ('default', $1, $2, 0, 9e15)`, [
      colleague.id,
      leaver.id,
    ])

    const answer = await scim(
      'PATCH',
      `/Users/${leaver.id}`,
      patch({ op: 'replace', path: 'active', value: false }),
    )
    expect(answer.json().active).toBe(false)
    expect((await leaver.call('GET', '/api/session')).statusCode).toBe(401)
    const byToken = { url: '/api/tokens', headers: { authorization: `Bearer ${token}` } }
    expect((await server.app.inject(byToken)).statusCode).toBe(401)
    const states = await database.query<{ id: string; state: string }>(
      'select id, state from proposals where requested_by = $1 order by id',
      [leaver.id],
    )
    expect(states.map(row => row.state)).toEqual(['withdrawn', 'withdrawn', 'done'])
    const { approvalsOf } = await import('../store/proposals.ts')
    const standing = async (id: string) => (await approvalsOf(database, 'default', id)).length
    expect(await standing(`p_awaiting_${colleague.id}`)).toBe(0)
    expect(await standing(`p_approved_${colleague.id}`)).toBe(0)
    expect(await standing(`p_done_${colleague.id}`)).toBe(1) // What was done was done with it.
    expect(await database.query('select 1 from approval_delegations')).toEqual([])
    const ledger = await database.query<{ step: string }>(
      `select body ->> 'step' as step from ledger where kind = 'approval' order by seq`,
    )
    expect(ledger.map(row => row.step)).toEqual(['withdrawn', 'withdrawn', 'voided', 'voided'])
    // Back again, by an admin: the approvals do not come back with the account.
    await changeUser(server.accounts, admin.id, leaver.id, { state: 'active' })
    expect(await standing(`p_approved_${colleague.id}`)).toBe(0)
  })

  it('gives nobody a role, opens nothing that was closed here, and never sees the break-glass account', async () => {
    const climber = (
      await scim('POST', '/Users', user('climber', { roles: [{ value: 'admin' }], role: 'admin' }))
    ).json()
    for (const operation of [
      { op: 'replace', path: 'role', value: 'admin' },
      { op: 'add', path: 'roles', value: [{ value: 'admin' }] },
      { op: 'replace', value: { password: 'a password of mine' } },
      { op: 'replace', path: 'userName', value: 'chief' },
      { op: 'remove', path: 'displayName' },
    ])
      expect((await scim('PATCH', `/Users/${climber.id}`, patch(operation))).statusCode).toBe(400)
    const { users } = (await admin.call('GET', '/api/users')).json()
    expect(users.find((each: { id: string }) => each.id === climber.id)).toMatchObject({ role: 'viewer' })

    const closed = await server.signIn('admin', 'closed-here')
    await changeUser(server.accounts, admin.id, closed.id, { state: 'disabled' })
    const reopened = await scim(
      'PATCH',
      `/Users/${closed.id}`,
      patch({ op: 'replace', path: 'active', value: true }),
    )
    expect([reopened.statusCode, reopened.json().scimType]).toEqual([400, 'mutability'])
    // Nor by taking it over first.
    const taken = patch({ op: 'replace', value: { externalId: 'mine', active: true } })
    expect((await scim('PATCH', `/Users/${closed.id}`, taken)).statusCode).toBe(400)
    const last = await scim(
      'PATCH',
      `/Users/${admin.id}`,
      patch({ op: 'replace', path: 'active', value: false }),
    )
    expect(last.statusCode).toBe(409)

    const sealed = { proof: { kind: 'password', password: testPassword } }
    await admin.call('POST', '/api/break-glass/seal', sealed)
    const all = (await scim('GET', '/Users')).json()
    expect(all.Resources.map((each: { userName: string }) => each.userName)).not.toContain('break-glass')
  })

  it('answers what it cannot do in SCIM’s own words', async () => {
    for (const [path, scimType] of [
      ['/Users?filter=userName%20co%20%22a%22', 'invalidFilter'],
      [`/Users?filter=${encodeURIComponent(`userName eq "a" or 1 eq 1`)}`, 'invalidFilter'],
      [`/Users?filter=${encodeURIComponent(`userName eq "\\u00"`)}`, 'invalidFilter'],
    ]) {
      const answer = await scim('GET', String(path))
      expect([answer.statusCode, answer.json()]).toMatchObject([400, { scimType, status: '400' }])
    }
    const twice = await scim('POST', '/Users', user('chief'))
    expect([twice.statusCode, twice.json().scimType]).toEqual([409, 'uniqueness'])
    for (const bad of [{}, user('a b'), user('x'.repeat(101)), { ...user('y'), active: 'maybe' }])
      expect((await scim('POST', '/Users', bad)).statusCode).toBe(400)
    const pages = (await scim('GET', '/Users?startIndex=-5&count=100000')).json()
    expect(pages.startIndex).toBe(1)
  })

  it('takes a token of its own scope, made by an admin who still is one', async () => {
    for (const headers of [{ cookie: admin.cookie, 'x-csrf-token': admin.csrfToken }, {}]) {
      const answer = await server.app.inject({
        url: '/scim/v2/Users',
        headers: headers as Record<string, string>,
      })
      expect([401, 403]).toContain(answer.statusCode)
    }
    const { secret } = await createToken(server.test.database, server.accounts, admin.id, {
      name: 'read',
      scopes: ['read'],
      expiresInDays: 1,
    })
    expect((await scim('GET', '/Users', undefined, secret)).statusCode).toBe(403)
    const analyst = await server.signIn('analyst', 'not-admin')
    expect((await analyst.call('POST', '/api/tokens', { name: 'x', scopes: ['scim'] })).statusCode).toBe(403)
    const demoted = await server.signIn('admin', 'demoted')
    const theirs = (await demoted.call('POST', '/api/tokens', { name: 'x', scopes: ['scim'] })).json().secret
    expect((await scim('GET', '/Users', undefined, theirs)).statusCode).toBe(200)
    await changeUser(server.accounts, admin.id, demoted.id, { role: 'viewer' })
    expect((await scim('GET', '/Users', undefined, theirs)).statusCode).toBe(401)
  })
})

it('a directory makes nobody who would be taken for the break-glass account', async () => {
  for (const name of ['break-glass', 'Break-Glass', 'BREAK-GLASS']) {
    const made = await scim('POST', '/Users', user(name))
    expect([made.statusCode, made.json().scimType]).toEqual([400, 'invalidValue'])
    const proof = { kind: 'password', password: testPassword }
    const details = { username: name, displayName: name, role: 'viewer', proof }
    expect((await admin.call('POST', '/api/users', details)).statusCode).toBe(409)
  }
  const { users } = (await admin.call('GET', '/api/users')).json()
  const people = users.filter((each: { kind: string }) => each.kind === 'person')
  expect(people.some((each: { username: string }) => /break-glass/i.test(each.username))).toBe(false)
})

describe('the break-glass account', () => {
  const proof = { proof: { kind: 'password', password: testPassword } }
  const seal = async () =>
    (await admin.call('POST', '/api/break-glass/seal', proof)).json().password as string
  const open = (url: string, payload: object) => server.app.inject({ method: 'POST', url, payload })

  it('opens once, with a reason, for an hour, and everybody is told', async () => {
    expect((await admin.call('POST', '/api/break-glass/seal', {})).statusCode).toBe(400)
    const password = await seal()
    const first = await open('/api/session', { username: 'break-glass', password })
    expect(first.json().kind).toBe('reason-needed')
    expect(first.headers['set-cookie']).toBeUndefined()
    const { ticket } = first.json()
    expect((await open('/api/session/reason', { ticket, reason: '   why   ' })).statusCode).toBe(400)
    const done = await open('/api/session/reason', { ticket, reason: 'The provider is down and so is Ana' })
    const { session } = done.json()
    expect(session.user).toMatchObject({ role: 'admin', mustAddFactor: false })
    expect(session.expiresAtMs - server.clock.now()).toBe(3_600_000)
    expect((await open('/api/session', { username: 'break-glass', password })).statusCode).toBe(401)
    expect(
      (await open('/api/session/reason', { ticket, reason: 'The provider is down and so is Ana' }))
        .statusCode,
    ).toBe(401)

    const { breakGlass } = (await admin.call('GET', '/api/banners')).json()
    expect(breakGlass).toMatchObject([{ reason: 'The provider is down and so is Ana' }])
    const entries = await server.test.database.query<{ body: unknown }>(
      `select body from ledger where kind = 'break-glass' order by seq desc limit 1`,
    )
    expect(entries[0]?.body).toMatchObject({ step: 'used', reason: 'The provider is down and so is Ana' })

    // It cannot put its own alarm out, nor seal itself anew; a named admin can.
    const cookie = String(done.headers['set-cookie']).split(';')[0] ?? ''
    const headers = { cookie, 'x-csrf-token': session.csrfToken as string }
    const quiet = `/api/break-glass/${breakGlass[0].id}/acknowledge`
    expect((await server.app.inject({ method: 'POST', url: quiet, headers })).statusCode).toBe(403)
    const payload = { proof: { kind: 'password', password } }
    expect(
      (await server.app.inject({ method: 'POST', url: '/api/break-glass/seal', headers, payload }))
        .statusCode,
    ).toBe(403)
    expect((await admin.call('POST', quiet)).statusCode).toBe(200)
    expect((await admin.call('GET', '/api/banners')).json().breakGlass).toEqual([])
  })

  const reason = 'Nobody else gets in this night'
  /** Breaks the glass; returns a way to call as it. */
  const broken = async () => {
    const password = await seal()
    const { ticket } = (await open('/api/session', { username: 'break-glass', password })).json()
    const done = await open('/api/session/reason', { ticket, reason })
    const cookie = String(done.headers['set-cookie']).split(';')[0] ?? ''
    const headers = {
      host: 'localhost:7411',
      cookie,
      'x-csrf-token': done.json().session.csrfToken as string,
    }
    return (method: 'POST' | 'PATCH', url: string, payload: object) =>
      server.app.inject({ method, url, headers, payload })
  }

  it('leaves nothing behind that opens it again: no passkey, no code, no token, no provider', async () => {
    const call = await broken()
    expect((await call('POST', '/api/factors/passkey/question', {})).statusCode).toBe(403)
    expect((await call('POST', '/api/factors/totp', {})).statusCode).toBe(403)
    expect((await call('POST', '/api/tokens', { name: 'later', scopes: ['scim'] })).statusCode).toBe(403)
    const { users } = (await admin.call('GET', '/api/users')).json()
    const account = users.find((each: { username: string }) => each.username === 'break-glass')
    expect((await call('PATCH', `/api/users/${account.id}`, { linkable: true })).statusCode).toBe(409)
    await expect(
      server.test.database.transaction(sql =>
        completeSignIn(sql, server.accounts, account, { address: '', userAgent: '' }, 'passkey'),
      ),
    ).rejects.toThrow('sealed password')
  })

  it('one password begun many times opens once, and never a later seal', async () => {
    const password = await seal()
    const begin = async () =>
      (await open('/api/session', { username: 'break-glass', password })).json().ticket as string
    const tickets = await Promise.all([begin(), begin(), begin()])
    const statuses = async (kept: readonly string[]) =>
      (await Promise.all(kept.map(ticket => open('/api/session/reason', { ticket, reason }))))
        .map(answer => answer.statusCode)
        .sort()
    const old = await begin()
    expect(await statuses(tickets)).toEqual([200, 401, 401])
    await seal()
    expect(await statuses([old])).toEqual([401])
  })

  it('approves nothing, and no admin makes it into somebody', async () => {
    await seal()
    const { users } = (await admin.call('GET', '/api/users')).json()
    const { id } = users.find((each: { username: string }) => each.username === 'break-glass')
    const people = await server.test.database.transaction(sql => peopleNow(sql, 'default', [id], 0))
    expect(people.get(id)?.kind).toBe('service')
    expect((await admin.call('POST', `/api/users/${id}/reset-password`, proof)).statusCode).toBe(409)
    expect((await admin.call('PATCH', `/api/users/${id}`, { role: 'viewer' })).statusCode).toBe(409)
    // It is no second admin: the last named one cannot go because of it.
    for (const other of users as { id: string; role: string; username: string; state: string }[])
      if (other.role === 'admin' && other.state === 'active' && ![id, admin.id].includes(other.id))
        await changeUser(server.accounts, admin.id, other.id, { role: 'viewer' })
    expect((await admin.call('PATCH', `/api/users/${admin.id}`, { role: 'viewer' })).statusCode).toBe(409)
  })
})

it('an admin sees and ends the sessions of others; others do not', async () => {
  const watched = await server.signIn('analyst', 'watched')
  const { sessions } = (await admin.call('GET', `/api/users/${watched.id}/sessions`)).json()
  expect(sessions).toMatchObject([{ method: 'password', current: false }])
  const path = `/api/users/${watched.id}/sessions/${sessions[0].id}`
  const nosy = await server.signIn('approver', 'nosy')
  expect((await nosy.call('GET', `/api/users/${watched.id}/sessions`)).statusCode).toBe(403)
  expect((await nosy.call('DELETE', path)).statusCode).toBe(403)
  expect((await nosy.call('DELETE', `/api/sessions/${sessions[0].id}`)).statusCode).toBe(404)
  expect((await admin.call('DELETE', path)).statusCode).toBe(200)
  expect((await watched.call('GET', '/api/session')).statusCode).toBe(401)
})

it('a live stream ends with the session that opened it', async () => {
  const hub = createEventHub(server.test.database)
  const streaming = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 10_000),
    ...eventRoutes(hub, 'default', new AbortController().signal, caller => callerStands(parts, caller), 50),
    ...accountRoutes(parts),
  ])
  try {
    const base = await streaming.app.listen({ host: '127.0.0.1', port: 0 })
    const person = await streaming.signIn('viewer', 'listens')
    const stream = await fetch(`${base}/api/events`, { headers: { cookie: person.cookie } })
    const reader = stream.body?.getReader()
    await reader?.read()
    let ended = false
    const draining = (async () => {
      while (!(await reader?.read())?.done);
      ended = true
    })()
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(ended).toBe(false)
    await changeUser(streaming.accounts, null, person.id, { state: 'disabled' })
    await draining
    expect(ended).toBe(true)
  } finally {
    await streaming.close()
  }
})
