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
    const { framework, notMapped } = answer.json()
    expect(controls.length + notMapped.length).toBe(framework.of ?? controls.length)
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
