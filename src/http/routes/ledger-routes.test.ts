import { afterAll, beforeAll, expect, it } from 'vitest'
import { memoryDataKeys } from '../../../test/support/memory-data-keys.ts'
import { type Person, startTestServer, type TestServer } from '../../../test/support/test-server.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { type DataKeys, sealContent } from '../../ledger/sealed-content.ts'
import { ledgerContent, ledgerEndpoints } from '../contract-ledger.ts'
import { ledgerRoutes } from './ledger-routes.ts'
import { sessionRoutes } from './session-routes.ts'

let server: TestServer
let dataKeys: DataKeys
const people = new Map<string, Person>()

beforeAll(async () => {
  dataKeys = memoryDataKeys()
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false),
    ...ledgerRoutes({ ...parts, dataKeys }),
  ])
  for (const role of ['viewer', 'analyst', 'approver'] as const) people.set(role, await server.signIn(role))
  const { tenant, database } = server.accounts
  const request = await sealContent(dataKeys, tenant, 'case_1', 'Failed password for [USER-1]')
  const draft = { tenant, kind: 'model-intent' as const, actor: 'task:case-brief', subject: 'case_1' }
  await database.transaction(sql =>
    appendEntries(
      sql,
      [
        { ...draft, body: { model: 'small', request } },
        { ...draft, tenant: 'other', body: {} },
      ],
      0,
    ),
  )
})
afterAll(() => server.close())

async function send(role: 'viewer' | 'analyst' | 'approver', method: 'GET' | 'POST', url: string) {
  const { cookie = '', csrfToken = '' } = people.get(role) ?? {}
  return server.app.inject({ method, url, headers: { cookie, 'x-csrf-token': csrfToken } })
}

it('lists what is recorded for this organisation, without what is encrypted', async () => {
  expect((await send('viewer', 'GET', '/api/ledger')).statusCode).toBe(403)
  const answer = await send('analyst', 'GET', '/api/ledger')
  const { entries } = ledgerEndpoints.listEntries.reply.parse(answer.json())
  expect(entries.map(entry => entry.kind)).toEqual(['model-intent', 'ledger-opened'])
  expect(entries[0]).toMatchObject({ body: { model: 'small' }, sealed: ['request'] })
  expect(answer.body).not.toContain('ciphertext')
})

it('opens what is encrypted for approvers only, and records who did', async () => {
  expect((await send('analyst', 'POST', '/api/ledger/2/content')).statusCode).toBe(403)
  const opened = ledgerContent.parse((await send('approver', 'POST', '/api/ledger/2/content')).json())
  expect(opened).toEqual({
    parts: [{ name: 'request', text: 'Failed password for [USER-1]' }],
    erased: false,
  })
  const { entries } = ledgerEndpoints.listEntries.reply.parse(
    (await send('analyst', 'GET', '/api/ledger')).json(),
  )
  expect(entries[0]).toMatchObject({ kind: 'vault-reveal', actor: 'user:approver', body: { seq: 2 } })
  expect((await send('approver', 'POST', '/api/ledger/3/content')).statusCode).toBe(404)
  await dataKeys.erase(server.accounts.tenant, 'case_1')
  const after = ledgerContent.parse((await send('approver', 'POST', '/api/ledger/2/content')).json())
  expect(after).toEqual({ parts: [], erased: true })
})

it('says who an actor is where that is a person with an account here', async () => {
  const { tenant, database } = server.accounts
  const id = people.get('analyst')?.id ?? ''
  const note = { kind: 'note' as const, subject: 'case_2', body: {} }
  await database.transaction(sql =>
    appendEntries(
      sql,
      [
        { ...note, tenant, actor: `user:${id}` },
        { ...note, tenant, actor: 'user:command-line' },
        { ...note, tenant, actor: id },
      ],
      0,
    ),
  )
  const answer = await send('analyst', 'GET', '/api/ledger?subject=case_2')
  const { entries } = ledgerEndpoints.listEntries.reply.parse(answer.json())
  expect(entries.map(({ by }) => by?.displayName ?? null)).toEqual([null, null, 'analyst'])
})
