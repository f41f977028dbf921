import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeBase32 } from '../../test/support/decode-base32.ts'
import { softwarePasskey } from '../../test/support/software-passkey.ts'
import {
  type Person,
  startTestServer,
  type TestServer,
  testPassword,
} from '../../test/support/test-server.ts'
import { totpCode, totpStep } from '../accounts/totp.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { factorRoutes } from './routes/factor-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 10_000),
    ...factorRoutes(parts).map(entry => ({ ...entry, limits: {} })),
    ...accountRoutes(parts),
  ])
})
afterAll(() => server.close())

const origin = 'http://localhost:7411'
const host = 'localhost:7411'
const password = { proof: { kind: 'password', password: testPassword } }

/** Steps without a session, as a browser at the console's own address takes them. */
const open = (url: string, payload: object = {}) =>
  server.app.inject({ method: 'POST', url, payload, headers: { host } })
const signIn = (username: string) => open('/api/session', { username, password: testPassword })

/** A person's calls at the console's own name: passkeys are not possible elsewhere. */
const at = (person: Person) => (method: 'GET' | 'POST' | 'PUT', url: string, body?: object) =>
  server.app.inject({
    method,
    url,
    headers: { host, cookie: person.cookie, 'x-csrf-token': person.csrfToken },
    ...(body === undefined ? {} : { payload: body }),
  })

async function addTotp(person: Person) {
  const begun = (await at(person)('POST', '/api/factors/totp', password)).json()
  const secret = decodeBase32(begun.secret)
  /** The code of now; each is used once, so time moves on. */
  const code = () => {
    server.clock.advance(30_000)
    return totpCode(secret, totpStep(server.clock.now()))
  }
  const confirmed = await at(person)('POST', `/api/factors/totp/${begun.id}/confirm`, { code: code() })
  expect(confirmed.statusCode).toBe(200)
  return { code, recoveryCodes: confirmed.json().recoveryCodes as string[], id: begun.id as string }
}

async function addPasskey(person: Person) {
  const key = softwarePasskey(origin)
  const begun = (await at(person)('POST', '/api/factors/passkey/question', password)).json()
  const made = await at(person)('POST', '/api/factors/passkey', {
    ticket: begun.ticket,
    name: 'Laptop',
    response: key.make(begun.options),
  })
  expect(made.statusCode).toBe(200)
  return key
}

describe('an authenticator app', () => {
  it('is asked for after the password, and each code works once', async () => {
    const { code } = await addTotp(await server.signIn('analyst', 'toni'))
    const first = await signIn('toni')
    expect(first.headers['set-cookie']).toBeUndefined()
    expect(first.json()).toMatchObject({ kind: 'second-factor', methods: ['totp', 'recovery'] })
    const { ticket } = first.json()
    const now = code()
    const proof = { kind: 'totp', code: now }
    const done = await open('/api/session/second-factor', { ticket, proof })
    expect(done.json()).toMatchObject({ kind: 'signed-in', session: { user: { username: 'toni' } } })
    expect(done.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/)
    // The ticket is used up, and so is the code.
    expect((await open('/api/session/second-factor', { ticket, proof })).statusCode).toBe(401)
    const again = (await signIn('toni')).json()
    expect((await open('/api/session/second-factor', { ticket: again.ticket, proof })).statusCode).toBe(401)
  })

  it('two requests with one code at once: one gets in', async () => {
    const { code } = await addTotp(await server.signIn('analyst', 'twice'))
    const tickets = [(await signIn('twice')).json().ticket, (await signIn('twice')).json().ticket]
    const proof = { kind: 'totp', code: code() }
    const answers = await Promise.all(
      tickets.map(ticket => open('/api/session/second-factor', { ticket, proof })),
    )
    expect(answers.map(answer => answer.statusCode).sort()).toEqual([200, 401])
  })

  it('cannot be guessed: after five wrong codes even the right one waits, also with new tickets', async () => {
    const { code } = await addTotp(await server.signIn('analyst', 'guessed'))
    const statuses: number[] = []
    for (let tries = 0; tries < 7; tries++) {
      const { ticket } = (await signIn('guessed')).json()
      const answer = await open('/api/session/second-factor', {
        ticket,
        proof: { kind: 'totp', code: '000000' },
      })
      statuses.push(answer.statusCode)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 423])
    const { ticket } = (await signIn('guessed')).json()
    const right = { ticket, proof: { kind: 'totp', code: code() } }
    expect((await open('/api/session/second-factor', right)).statusCode).toBe(423)
  })

  it('nor can the password, where a stolen session would change it', async () => {
    const person = await server.signIn('approver', 'robbed')
    const change = (current: string) =>
      at(person)('POST', '/api/session/password', { current, next: 'chosen by the thief' })
    for (let tries = 0; tries < 6; tries++) expect((await change('a guess')).statusCode).toBe(400)
    expect((await change(testPassword)).statusCode).toBe(423)
    server.clock.advance(61_000)
    expect((await change(testPassword)).statusCode).toBe(200)
  })

  it('a secret that nobody confirmed asks for nothing; one without proof is not given', async () => {
    const person = await server.signIn('analyst', 'halfway')
    expect((await at(person)('POST', '/api/factors/totp', {})).json().error.code).toBe('wrong-proof')
    const wrong = { proof: { kind: 'password', password: 'not it' } }
    expect((await at(person)('POST', '/api/factors/totp', wrong)).statusCode).toBe(400)
    expect((await at(person)('POST', '/api/factors/totp', password)).statusCode).toBe(200)
    expect((await signIn('halfway')).json().kind).toBe('signed-in')
  })

  it('a recovery code opens once, and is no proof for an approval', async () => {
    const person = await server.signIn('analyst', 'lost-phone')
    const { recoveryCodes } = await addTotp(person)
    expect(recoveryCodes).toHaveLength(10)
    const proof = { kind: 'recovery', code: recoveryCodes[0]?.toLowerCase() }
    for (const status of [200, 401]) {
      const { ticket } = (await signIn('lost-phone')).json()
      expect((await open('/api/session/second-factor', { ticket, proof })).statusCode).toBe(status)
    }
    expect((await at(person)('POST', '/api/factors/totp', { proof })).statusCode).toBe(400)
  })

  it('ends the other sessions when it is added, and asks for proof before it goes', async () => {
    const person = await server.signIn('analyst', 'careful')
    const elsewhere = String((await signIn('careful')).headers['set-cookie']).split(';')[0] ?? ''
    const { id, code } = await addTotp(person)
    const other = await server.app.inject({ url: '/api/session', headers: { cookie: elsewhere } })
    expect(other.statusCode).toBe(401)
    expect((await at(person)('POST', `/api/factors/${id}/remove`, {})).statusCode).toBe(400)
    const stranger = await server.signIn('analyst', 'stranger')
    expect((await at(stranger)('POST', `/api/factors/${id}/remove`, password)).statusCode).toBe(404)
    const proof = { kind: 'totp', code: code() }
    expect((await at(person)('POST', `/api/factors/${id}/remove`, { proof })).statusCode).toBe(200)
    expect((await signIn('careful')).json().kind).toBe('signed-in')
  })

  it('its secret is nowhere in the database in the clear', async () => {
    const person = await server.signIn('analyst', 'sealed')
    const { secret } = (await at(person)('POST', '/api/factors/totp', password)).json()
    const rows = await server.test.database.query<{ text: string }>(
      'select second_factors::text as text from second_factors',
    )
    const all = rows.map(row => row.text).join('\n')
    expect(all).toContain('tocsin1.')
    expect(all).not.toContain(secret)
    expect(all).not.toContain(decodeBase32(secret).toString('base64'))
  })
})

describe('a passkey', () => {
  it('signs in alone, without a name', async () => {
    const key = await addPasskey(await server.signIn('analyst', 'pia'))
    const { ticket, options } = (await open('/api/session/passkey/question')).json()
    expect(options.allowCredentials ?? []).toEqual([]) // Nothing tells which accounts there are.
    const done = await open('/api/session/passkey', { ticket, response: key.sign(options) })
    expect(done.json()).toMatchObject({ kind: 'signed-in', session: { user: { username: 'pia' } } })
  })

  it('is a second factor after the password', async () => {
    const key = await addPasskey(await server.signIn('analyst', 'sven'))
    const { ticket, passkey, methods } = (await signIn('sven')).json()
    expect(methods).toEqual(['passkey', 'recovery'])
    const response = key.sign(passkey)
    const proof = { kind: 'passkey', response }
    expect((await open('/api/session/second-factor', { ticket, proof })).json().kind).toBe('signed-in')
    expect((await open('/api/session/second-factor', { ticket, proof })).statusCode).toBe(401)
  })

  it('is refused with any part of it wrong', async () => {
    const key = await addPasskey(await server.signIn('analyst', 'attacked'))
    const stranger = await addPasskey(await server.signIn('analyst', 'other-key'))
    for (const [what, change] of Object.entries({
      'another origin': { origin: 'https://tocsin.example' },
      'another port': { origin: 'http://localhost:9999' },
      'another site': { rpId: 'tocsin.example' },
      'nobody touched it': { flags: 0 },
      'nobody unlocked it': { flags: 1 },
      'an enrolment': { type: 'webauthn.create' },
    })) {
      const { ticket, options } = (await open('/api/session/passkey/question')).json()
      const answer = await open('/api/session/passkey', { ticket, response: key.sign(options, change) })
      expect([what, answer.statusCode]).toEqual([what, 401])
    }
    const { ticket, options } = (await open('/api/session/passkey/question')).json()
    const response = key.sign(options)
    expect((await open('/api/session/passkey', { ticket, response })).statusCode).toBe(200)
    // The same answer again, to its own ticket and to a new one; a counter that went back; rubbish.
    expect((await open('/api/session/passkey', { ticket, response })).statusCode).toBe(401)
    const next = (await open('/api/session/passkey/question')).json()
    expect((await open('/api/session/passkey', { ticket: next.ticket, response })).statusCode).toBe(401)
    const cloned = (await open('/api/session/passkey/question')).json()
    const old = key.sign(cloned.options, { count: 1 })
    expect((await open('/api/session/passkey', { ticket: cloned.ticket, response: old })).statusCode).toBe(
      401,
    )
    for (const rubbish of [{}, { id: 7 }, { id: response.id, response: { clientDataJSON: '%%' } }]) {
      const asked = (await open('/api/session/passkey/question')).json()
      const answer = await open('/api/session/passkey', { ticket: asked.ticket, response: rubbish })
      expect(answer.statusCode).toBe(401)
    }
    // Somebody else's passkey is no second factor of mine.
    const mine = (await signIn('attacked')).json()
    const proof = { kind: 'passkey', response: stranger.sign(mine.passkey) }
    expect((await open('/api/session/second-factor', { ticket: mine.ticket, proof })).statusCode).toBe(401)
  })

  it('a ticket opens only what it was made for', async () => {
    const key = await addPasskey(await server.signIn('analyst', 'mixed'))
    const asked = (await open('/api/session/passkey/question')).json()
    const second = (await signIn('mixed')).json()
    const crossed = await open('/api/session/passkey', {
      ticket: second.ticket,
      response: key.sign(second.passkey),
    })
    expect(crossed.statusCode).toBe(401)
    const proof = { kind: 'passkey', response: key.sign(asked.options) }
    expect((await open('/api/session/second-factor', { ticket: asked.ticket, proof })).statusCode).toBe(401)
  })

  it('as step-up is worth something for one purpose only', async () => {
    const person = await server.signIn('analyst', 'stepped')
    const key = await addPasskey(person)
    const ask = async (purpose: string) =>
      (await at(person)('POST', '/api/step-up', { purpose })).json().passkey as {
        ticket: string
        options: unknown
      }
    const give = (asked: { ticket: string; options: unknown }) =>
      at(person)('POST', '/api/factors/recovery-codes', {
        proof: { kind: 'passkey', ticket: asked.ticket, response: key.sign(asked.options) },
      })
    expect((await give(await ask('digest of a proposal'))).statusCode).toBe(400)
    const right = await ask('account')
    expect((await give(right)).statusCode).toBe(200)
    expect((await give(right)).statusCode).toBe(400)
  })

  it('is not offered at an address that browsers bind none to', async () => {
    const person = await server.signIn('analyst', 'by-address')
    const elsewhere = await server.app.inject({
      method: 'POST',
      url: '/api/factors/passkey/question',
      headers: { host: '127.0.0.1:7411', cookie: person.cookie, 'x-csrf-token': person.csrfToken },
      payload: password,
    })
    expect(elsewhere.json().error.code).toBe('passkey-refused')
    const hosts = ['127.0.0.1:7411', 'localhost.evil.example', 'localhost:7411@evil.example', 'evil.example']
    for (const name of hosts) {
      const answer = await server.app.inject({ url: '/api/sign-in', headers: { host: name } })
      expect(answer.json().passkeys).toBe(false)
    }
  })
})

it('an unlocked screen of an admin makes nobody who could approve', async () => {
  const chief = await server.signIn('admin', 'away-from-desk')
  const helper = await server.signIn('analyst', 'helper')
  const more = [
    ['POST', `/api/users/${chief.id}/reset-password`, password],
    ['POST', `/api/users/${helper.id}/reset-password`, {}],
    ['POST', '/api/users', { username: 'puppet', displayName: 'Puppet', role: 'approver' }],
    ['PATCH', `/api/users/${helper.id}`, { role: 'approver' }],
    ['PATCH', `/api/users/${helper.id}`, { linkable: true }],
  ] as const
  for (const [method, url, body] of more)
    expect([url, (await chief.call(method, url, body)).statusCode]).toEqual([
      url,
      url.includes(chief.id) ? 403 : 400,
    ])
  // With proof it is done; taking away needs none.
  expect(
    (await chief.call('PATCH', `/api/users/${helper.id}`, { role: 'approver', ...password })).statusCode,
  ).toBe(200)
  expect((await chief.call('PATCH', `/api/users/${helper.id}`, { role: 'viewer' })).statusCode).toBe(200)
  expect((await chief.call('PATCH', `/api/users/${helper.id}`, { state: 'disabled' })).statusCode).toBe(200)
  expect((await chief.call('PATCH', `/api/users/${helper.id}`, { state: 'active' })).statusCode).toBe(400)
})

it('a new password from an admin ends every sign-in that was begun with the old one', async () => {
  const admin = await server.signIn('admin', 'resetter')
  const person = await server.signIn('analyst', 'phished')
  const { code } = await addTotp(person)
  // Whoever has the old password stands at the second step, and the code is on its way to them.
  const { ticket } = (await signIn('phished')).json()
  expect((await admin.call('POST', `/api/users/${person.id}/reset-password`, password)).statusCode).toBe(200)
  const late = { ticket, proof: { kind: 'totp', code: code() } }
  expect((await open('/api/session/second-factor', late)).statusCode).toBe(401)
  const { database, tenant } = server.accounts
  const left = await database.query('select id from sign_in_tickets where tenant_id = $1 and user_id = $2', [
    tenant,
    person.id,
  ])
  expect(left).toEqual([])
})

it('one’s own new password ends the sign-ins and step-ups that others began', async () => {
  const person = await server.signIn('analyst', 'wary')
  const { code } = await addTotp(person)
  const { ticket } = (await signIn('wary')).json()
  const next = { current: testPassword, next: 'another password of the test' }
  expect((await at(person)('POST', '/api/session/password', next)).statusCode).toBe(200)
  const late = { ticket, proof: { kind: 'totp', code: code() } }
  expect((await open('/api/session/second-factor', late)).statusCode).toBe(401)
})

describe('a role that takes a second factor', () => {
  it('opens nothing to who signed in without one, until one is added', async () => {
    const admin = await server.signIn('admin', 'boss')
    const rules = { secondFactorRoles: ['approver'] }
    expect((await at(admin)('PUT', '/api/sign-in-rules', rules)).statusCode).toBe(400)
    expect((await at(admin)('PUT', '/api/sign-in-rules', { ...rules, ...password })).statusCode).toBe(200)
    const person = await server.signIn('approver', 'must-add')
    const refused = await at(person)('GET', '/api/sessions')
    expect([refused.statusCode, refused.json().error.code]).toEqual([403, 'second-factor-required'])
    expect((await at(person)('GET', '/api/session')).json().user.mustAddFactor).toBe(true)
    const { code } = await addTotp(person)
    expect((await at(person)('GET', '/api/sessions')).statusCode).toBe(200)
    // From then on the password alone is no proof either.
    expect((await at(person)('POST', '/api/factors/recovery-codes', password)).statusCode).toBe(400)
    const proof = { kind: 'totp', code: code() }
    expect((await at(person)('POST', '/api/factors/recovery-codes', { proof })).statusCode).toBe(200)
    // An admin can take a lost factor away; the account's sessions end.
    const reset = await at(admin)('POST', `/api/users/${person.id}/reset-factors`, password)
    const second = await server.signIn('admin', 'looks-on')
    const decision = `/api/account-requests/${reset.json().waiting.id}/decision`
    expect((await at(person)('GET', '/api/session')).statusCode).toBe(200)
    expect((await at(second)('POST', decision, { confirm: true, ...password })).statusCode).toBe(200)
    expect((await at(person)('GET', '/api/session')).statusCode).toBe(401)
    await at(admin)('PUT', '/api/sign-in-rules', { secondFactorRoles: [], ...password })
  })
})
