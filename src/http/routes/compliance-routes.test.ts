import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../test/support/test-server.ts'
import { frameworks } from '../../governance/frameworks.ts'
import { openDatabaseLedger } from '../../ledger/database-ledger.ts'
import { complianceRoutes } from './compliance-routes.ts'
import { sessionRoutes } from './session-routes.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(parts => [
    ...sessionRoutes(parts, false, 10_000),
    ...complianceRoutes({
      database: parts.database,
      clock: parts.clock,
      ids: parts.ids,
      ledger: openDatabaseLedger(parts.database, parts.clock),
      tenant: parts.tenant,
      settings: {
        'setting-policy-file': false,
        'setting-https': true,
        'setting-server-database': true,
        'setting-publish': true,
        'setting-own-master-key': true,
      },
      version: 'test',
    }),
  ])
})
afterAll(() => server.close())

const period = 'from=2026-05-01&to=2026-06-30'

it('shows approvers what the records hold, and analysts nothing', async () => {
  const approver = await server.signIn('approver')
  for (const { id, controls } of frameworks) {
    const answer = await approver.call('GET', `/api/compliance/${id}?${period}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json().controls).toHaveLength(controls.length)
    const shown = answer.json().controls as { addressed: boolean }[]
    expect(shown.filter(({ addressed }) => addressed)).toHaveLength(answer.json().framework.mapped)
  }
  // The approver's own account and sign-in are evidence already.
  const { controls } = (await approver.call('GET', `/api/compliance/nist-csf-2.0?${period}`)).json()
  const signIns = controls.find((each: { id: string }) => each.id === 'PR.AA-03')
  expect(signIns.status).toBe('partial')
  expect(signIns.evidence[0].count).toBeGreaterThan(0)
  expect(signIns.gaps).toContain('No record: people with a second factor.')
  const analyst = await server.signIn('analyst')
  expect((await analyst.call('GET', `/api/compliance/nist-csf-2.0?${period}`)).statusCode).toBe(403)
})

it('refuses unknown frameworks and impossible periods', async () => {
  const approver = await server.signIn('approver', 'second')
  const status = async (url: string) => (await approver.call('GET', url)).statusCode
  expect(await status(`/api/compliance/nothing?${period}`)).toBe(404)
  expect(await status('/api/compliance/nist-csf-2.0?from=2026-06-30&to=2026-06-01')).toBe(400)
  expect(await status('/api/compliance/nist-csf-2.0?from=2026-99-99&to=2026-06-01')).toBe(400)
  expect(await status('/api/compliance/nist-csf-2.0')).toBe(400)
})

it('keeps what an approver states of a control, and refuses everything else', async () => {
  const approver = await server.signIn('approver', 'third')
  const expires = new Date(server.clock.now() + 86_400_000).toISOString().slice(0, 10)
  const said = { owner: 'HR', gap: '', statement: 'Screened by HR.', reference: '', expires }
  const state = (person: typeof approver, framework: string, body: object) =>
    person.call('PUT', `/api/compliance/${framework}/statement`, { version: 0, ...said, ...body })
  expect((await state(approver, 'iso-27001-2022', { control: 'A.6.1' })).statusCode).toBe(200)
  expect((await state(approver, 'iso-27001-2022', { control: 'A.6.1' })).statusCode).toBe(409)
  expect((await state(approver, 'iso-27001-2022', { control: 'A.9.9' })).statusCode).toBe(400)
  expect((await state(approver, 'nothing', { control: 'A.6.1' })).statusCode).toBe(400)
  expect(
    (await state(approver, 'iso-27001-2022', { control: 'A.6.2', expires: '2020-01-01' })).statusCode,
  ).toBe(400)
  const analyst = await server.signIn('analyst', 'fourth')
  expect((await state(analyst, 'iso-27001-2022', { control: 'A.6.2' })).statusCode).toBe(403)
  const view = (
    await approver.call('GET', `/api/compliance/iso-27001-2022?from=${expires}&to=${expires}`)
  ).json()
  const control = view.controls.find((each: { id: string }) => each.id === 'A.6.1')
  expect(control).toMatchObject({
    status: 'no evidence',
    owner: 'HR',
    own: { ...said, inForce: true, version: 1 },
  })
  // The registers' own routes neither list statements nor write them around these checks.
  expect((await approver.call('GET', '/api/governance/records/statement')).statusCode).not.toBe(200)
})
