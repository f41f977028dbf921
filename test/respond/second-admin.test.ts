import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AccountChanged, UserRecord } from '../../src/http/contract-accounts.ts'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import type { Banners } from '../../src/http/contract-sign-in.ts'
import { untoldNotices } from '../../src/store/notifications.ts'
import { type RespondBench, respondBench } from '../support/respond-bench.ts'
import { type Person, testPassword } from '../support/test-server.ts'

// An admin, or whoever has an admin's session and password, tries to be several people.

const hourMs = 3_600_000
const proof = { kind: 'password', password: testPassword }
const sha256 = 'a'.repeat(64)
const file = { path: '/srv/x.php', sha256 }

let bench: RespondBench
let caseId = ''
let ledgerStart = 0

beforeAll(async () => {
  bench = await respondBench()
  const parts = { path: '/srv/x.php', sha256_after: sha256, event: 'added' }
  caseId = await bench.caseOf([
    { id: '1770000000.1', rule: ['100931', 7, 'File added', ['syscheck']], syscheck: parts },
  ])
})
afterAll(() => bench.close())
beforeEach(async () => {
  const { database } = bench.server.accounts
  await database.query('truncate users, proposals, approvals, account_requests, account_events cascade')
  const [row] = await database.query<{ n: number }>('select count(*) as n from ledger')
  ledgerStart = row?.n ?? 0
})

async function changed(
  by: Person,
  method: 'POST' | 'PATCH',
  url: string,
  body: object = {},
): Promise<AccountChanged & { readonly status: number; readonly error?: { readonly message: string } }> {
  const response = await by.call(method, url, { ...body, proof })
  return { status: response.statusCode, ...response.json() }
}

const create = (by: Person, username: string, role: string) =>
  changed(by, 'POST', '/api/users', { username, displayName: username, role })

const decideRequest = (by: Person, id: string | undefined, confirm = true) =>
  changed(by, 'POST', `/api/account-requests/${id}/decision`, { confirm })

/** Signs in whoever was given a one-time password, as its holder would. */
async function enter(made: AccountChanged): Promise<Person> {
  const { app } = bench.server
  const { user, oneTimePassword } = made
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { username: user?.username, password: oneTimePassword },
  })
  const person = asPerson(signedIn)
  const passwords = { current: oneTimePassword, next: testPassword }
  await person.call('POST', '/api/session/password', passwords)
  return person
}

const propose = async (by: Person, action = 'quarantine-file'): Promise<ProposalView> =>
  (await bench.propose(by, caseId, action, file)).proposal

const users = async (by: Person): Promise<UserRecord[]> => (await by.call('GET', '/api/users')).json().users

const ledgerSteps = async () =>
  (
    await bench.server.accounts.database.query<{ step: string }>(
      `select body::jsonb ->> 'step' as step from ledger where kind = 'config-change' and seq > $1 order by seq`,
      [ledgerStart],
    )
  ).map(row => row.step)

const noticesNow = async () => {
  const nowMs = bench.server.clock.now()
  const at = { sinceMs: 0, nowMs, soonMs: 0, silentMs: nowMs }
  return (await untoldNotices(bench.server.accounts.database, 'default', at)).map(notice => notice.event)
}

describe('the only admin', () => {
  it('makes approvers who approve nothing for a day, while everybody is told', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const rita = await bench.server.signIn('responder', 'rita')
    const puppet = await enter(await create(adam, 'puppet', 'approver'))
    const own = await propose(adam)
    const hers = await propose(rita)
    for (const proposal of [own, hers]) {
      const answer = await bench.decide(puppet, proposal)
      expect([answer.status, answer.error]).toEqual([403, expect.stringContaining('one admin alone')])
      expect((await bench.read(puppet, proposal.id)).cannotApprove).toContain('2026-06-02 00:00 UTC')
    }
    const { newVoices }: Banners = (await rita.call('GET', '/api/banners')).json()
    expect(newVoices).toMatchObject([{ person: { username: 'puppet' }, by: { username: 'adam' } }])
    expect((await users(adam)).find(user => user.username === 'puppet')?.countsFromMs).toBe(
      bench.server.clock.now() + 24 * hourMs,
    )
    expect(await noticesNow()).toContain('account-alone')
    expect(await ledgerSteps()).toEqual(['done-alone'])
    bench.server.clock.advance(24 * hourMs)
    // Colleagues have had a day to ask who that is.
    const later = await signInAgain('rita')
    expect((await later.call('GET', '/api/banners')).json().newVoices).toEqual([])
    const hersToo = await propose(later)
    expect((await bench.decide(await signInAgain('puppet'), hersToo)).status).toBe(200)
  })

  it('is one person with the responder that it makes, and with those that its puppets make', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const puppet = await enter(await create(adam, 'puppet', 'responder'))
    const asked = await propose(puppet)
    const answer = await bench.decide(adam, asked)
    expect([answer.status, answer.error]).toEqual([403, expect.stringContaining('may be one person')])
    const chief = await enter(await create(adam, 'chief', 'admin'))
    const grandchild = await enter(await create(chief, 'grandchild', 'responder'))
    expect((await bench.decide(adam, await propose(grandchild))).status).toBe(403)
    expect((await bench.decide(chief, await propose(grandchild))).status).toBe(403)
    expect(bench.wazuh.calls).toEqual([])
  })

  it('gets no approvals by taking over those who have the right', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const rita = await bench.server.signIn('responder', 'rita')
    const ana = await bench.server.signIn('approver', 'ana')
    const stand = await bench.server.signIn('responder', 'stand')
    const until = bench.server.clock.now() + 10 * 24 * hourMs
    const named = { standIn: stand.id, untilMs: until }
    expect((await ana.call('POST', '/api/approval-delegations', named)).statusCode).toBe(200)
    const taken = await enter(await changed(adam, 'POST', `/api/users/${stand.id}/reset-password`))
    expect((await bench.decide(taken, await propose(rita), { onBehalfOf: ana.id })).status).toBe(403)
    const approved = await propose(rita)
    // What she approved before somebody took her account over, she approved.
    expect((await bench.decide(ana, approved)).proposal.state).toBe('approved')
    bench.server.clock.advance(60_000)
    const asAna = await enter(await changed(adam, 'POST', `/api/users/${ana.id}/reset-password`))
    expect((await bench.decide(asAna, await propose(rita))).status).toBe(403)
    expect((await changed(adam, 'POST', `/api/users/${rita.id}/reset-factors`)).status).toBe(200)
    const again = await signInAgain('rita')
    expect((await bench.decide(adam, await propose(again))).status).toBe(403)
    expect(await bench.execute(approved.id)).toMatchObject({ kind: 'sent' })
    expect(await ledgerSteps()).toEqual(['done-alone', 'done-alone', 'done-alone'])
  })

  it('no two puppets make two approvals, not even once their day is over in part', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const rita = await bench.server.signIn('responder', 'rita')
    const ana = await bench.server.signIn('approver', 'ana')
    const one = await enter(await create(adam, 'one', 'approver'))
    const proposal = await propose(rita, 'delete-file')
    expect((await bench.decide(ana, proposal)).status).toBe(200)
    expect((await bench.decide(one, proposal)).status).toBe(403)
    expect((await bench.decide(adam, proposal)).proposal.state).toBe('approved')
  })
})

describe('where there is a second admin', () => {
  it('what gives somebody a say waits for them, and nobody else can confirm it', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const ada = await bench.server.signIn('admin', 'ada')
    const ana = await bench.server.signIn('approver', 'ana')
    const vera = await bench.server.signIn('viewer', 'vera')
    const asked = [
      await create(adam, 'puppet', 'approver'),
      await create(adam, 'asker', 'responder'),
      await changed(adam, 'PATCH', `/api/users/${vera.id}`, { role: 'admin' }),
      await changed(adam, 'POST', `/api/users/${ana.id}/reset-password`),
      await changed(adam, 'POST', `/api/users/${ana.id}/reset-factors`),
      await changed(adam, 'PATCH', `/api/users/${ana.id}`, { linkable: true }),
      await changed(adam, 'POST', `/api/users/${ada.id}/reset-password`),
    ]
    for (const each of asked) expect(each).toMatchObject({ status: 200, user: null, oneTimePassword: null })
    expect((await users(adam)).map(user => [user.username, user.role])).toEqual([
      ['ada', 'admin'],
      ['adam', 'admin'],
      ['ana', 'approver'],
      ['vera', 'viewer'],
    ])
    expect((await ana.call('GET', '/api/sessions')).statusCode).toBe(200)
    const { requests } = (await ada.call('GET', '/api/account-requests')).json()
    expect(requests).toHaveLength(7)
    expect(await noticesNow()).toContain('account-waiting')
    const [first, , promotion, reset, , , ofAda] = asked.map(each => each.waiting?.id)
    expect((await decideRequest(adam, first)).status).toBe(403)
    expect((await decideRequest(ana, first)).status).toBe(403)
    const unlockedScreen = await ada.call('POST', `/api/account-requests/${first}/decision`, {
      confirm: true,
    })
    expect(unlockedScreen.statusCode).toBe(400)
    expect((await decideRequest(ada, ofAda)).error?.message).toContain('your own account')
    expect((await decideRequest(ada, promotion, false)).status).toBe(200)
    expect((await decideRequest(ada, promotion)).status).toBe(404)
    // The password is told to whoever confirmed, not to whoever asked.
    const confirmed = await decideRequest(ada, first)
    expect(confirmed).toMatchObject({ status: 200, user: { username: 'puppet', countsFromMs: null } })
    expect(confirmed.oneTimePassword).toBeTruthy()
    expect((await decideRequest(ada, first)).status).toBe(404)
    bench.server.clock.advance(24 * hourMs)
    expect((await decideRequest(await signInAgain('ada'), reset)).status).toBe(404)
    expect(await ledgerSteps()).toEqual([...Array(7).fill('asked'), 'rejected', 'confirmed'])
  })

  it('an account that two made is for a day one with either of them', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const ada = await bench.server.signIn('admin', 'ada')
    const rita = await bench.server.signIn('responder', 'rita')
    const { waiting } = await create(adam, 'nina', 'approver')
    const nina = await enter(await decideRequest(ada, waiting?.id))
    expect((await bench.decide(nina, await propose(adam))).status).toBe(403)
    expect((await bench.decide(nina, await propose(ada))).status).toBe(403)
    expect((await bench.decide(nina, await propose(rita))).proposal.state).toBe('approved')
    const deletion = await propose(rita, 'delete-file')
    expect((await bench.decide(adam, deletion)).status).toBe(200)
    expect((await bench.decide(nina, deletion)).status).toBe(403)
    expect(await bench.execute(deletion.id)).toMatchObject({ kind: 'refused' })
  })

  it('an admin of one’s own making is no second one, for accounts and for the rules alike', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const puppet = await enter(await create(adam, 'puppet', 'admin'))
    expect((await create(adam, 'more', 'approver')).waiting).toBeNull()
    const settings = { settings: { expiryMinutes: 1000 }, reason: 'for the test' }
    const { version } = (await adam.call('PUT', '/api/response-settings', settings)).json()
    const path = `/api/response-settings/${version}/decision`
    const confirmed = await puppet.call('POST', path, { confirm: true, proof })
    expect([confirmed.statusCode, confirmed.json().error.message]).toEqual([
      403,
      expect.stringContaining('may be one person'),
    ])
    bench.server.clock.advance(24 * hourMs)
    const later = await signInAgain('puppet')
    expect((await later.call('POST', path, { confirm: true })).statusCode).toBe(400)
    expect((await later.call('POST', path, { confirm: true, proof })).statusCode).toBe(200)
  })

  it('what a former admin asked for can only be rejected', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const ada = await bench.server.signIn('admin', 'ada')
    const { waiting } = await create(adam, 'puppet', 'approver')
    expect((await changed(ada, 'PATCH', `/api/users/${adam.id}`, { role: 'viewer' })).status).toBe(200)
    expect(await noticesNow()).toContain('account-alone')
    expect((await decideRequest(ada, waiting?.id)).error?.message).toContain('no admin any more')
    expect((await decideRequest(ada, waiting?.id, false)).status).toBe(200)
  })

  it('the break-glass account neither waits nor confirms', async () => {
    const adam = await bench.server.signIn('admin', 'adam')
    const ada = await bench.server.signIn('admin', 'ada')
    const rita = await bench.server.signIn('responder', 'rita')
    const { waiting } = await create(adam, 'puppet', 'approver')
    const glass = await breakGlass(adam)
    // Without password and factors, its fresh session is its proof.
    const confirm = `/api/account-requests/${waiting?.id}/decision`
    expect((await glass.call('POST', confirm, { confirm: true })).statusCode).toBe(403)
    const reset = await glass.call('POST', `/api/users/${ada.id}/reset-password`, {})
    expect(reset.json()).toMatchObject({ waiting: null, user: { username: 'ada' } })
    const asAda = await enter(reset.json())
    expect((await bench.decide(asAda, await propose(rita))).status).toBe(403)
    expect((await decideRequest(asAda, waiting?.id)).status).toBe(403)
  })
})

async function signInAgain(username: string): Promise<Person> {
  const { app } = bench.server
  const payload = { username, password: testPassword }
  const signedIn = await app.inject({ method: 'POST', url: '/api/session', payload })
  return asPerson(signedIn)
}

async function breakGlass(by: Person): Promise<Person> {
  const { app } = bench.server
  const { password } = (await by.call('POST', '/api/break-glass/seal', { proof })).json()
  const payload = { username: 'break-glass', password }
  const { ticket } = (await app.inject({ method: 'POST', url: '/api/session', payload })).json()
  const reason = 'nobody else can get in today'
  return asPerson(
    await app.inject({ method: 'POST', url: '/api/session/reason', payload: { ticket, reason } }),
  )
}

function asPerson(signedIn: Awaited<ReturnType<Person['call']>>): Person {
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
  const { session } = signedIn.json()
  return {
    id: session.user.id,
    cookie,
    csrfToken: session.csrfToken,
    call: (method, url, body) =>
      bench.server.app.inject({
        method: method ?? 'GET',
        url,
        headers: { cookie, 'x-csrf-token': session.csrfToken },
        ...(body === undefined ? {} : { payload: body as object }), // JSON bodies are objects.
      }),
  }
}
