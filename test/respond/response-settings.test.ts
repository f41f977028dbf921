import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noResponseSettings } from '../../src/domain/response-settings.ts'
import { isQuiet, policyOf } from '../../src/respond/response-policy.ts'
import type { RespondBench } from '../support/respond-bench.ts'
import type { Person } from '../support/test-server.ts'
import { openResponseDesk, type ResponseDesk, reloadNginx, sha256 } from './response-desk.ts'

let desk: ResponseDesk
let bench: RespondBench
let caseId: string
let rita: Person
let ana: Person
let ben: Person
let adam: Person
let ada: Person

beforeAll(async () => {
  desk = await openResponseDesk()
  ;({ bench, caseId, rita, adam } = desk)
})
afterAll(() => bench.close())

describe('an installation of one person', () => {
  it('is told why nothing that it asks for can be approved, before and after it asks', async () => {
    const { actions } = await bench.respond(adam, caseId)
    const deletion = actions.find(action => action.name === 'delete-file')
    expect(deletion?.unstaffed).toContain(
      'takes 2 different people with the role approver besides whoever asks',
    )
    expect(deletion?.unstaffed).toContain('there is nobody')
    expect(deletion?.unstaffed).toContain('Settings, Accounts')
    const quarantine = await bench.propose(adam, caseId, 'quarantine-file', {
      path: '/srv/x.php',
      sha256,
    })
    expect(quarantine.proposal.unstaffed).toContain('one person with the role approver')
    expect(quarantine.proposal.cannotApprove).toBe(
      'You asked for this action: somebody else must approve it.',
    )
    expect((await bench.decide(adam, quarantine.proposal)).status).toBe(403)
    // Nor can it loosen the rules by itself.
    const loosened = await desk.change(adam, { expiryMinutes: 1000 })
    expect(loosened).toMatchObject({ state: 'waiting' })
    expect((await desk.confirm(adam, loosened.version)).status).toBe(403)
    expect(await desk.confirm(adam, loosened.version, false)).toMatchObject({ state: 'rejected' })
  })
})

describe('response settings', () => {
  beforeAll(async () => {
    ;({ ana, ben, ada } = await desk.staff())
  })

  it('take an admin, are checked, and stand in the ledger', async () => {
    expect((await desk.change(ana, {})).status).toBe(403)
    expect((await desk.change(adam, { expiryMinutes: 1 })).status).toBe(400)
    expect(
      (
        await desk.change(adam, {
          commands: [{ ...reloadNginx, arguments: [{ kind: 'text', name: 'x', pattern: '(' }] }],
        })
      ).status,
    ).toBe(400)
    expect(
      await desk.change(adam, { protectedAssets: [{ kind: 'host', value: 'dc-*', why: 'domain' }] }),
    ).toMatchObject({ state: 'active', weakens: [] })
    const rows = await bench.server.accounts.database.query<{ n: number }>(
      `select count(*) as n from ledger where kind = 'config-change'`,
    )
    expect(Number(rows[0]?.n)).toBeGreaterThan(0)
  })

  it('what weakens is named, waits for a second admin, and does not hold until then', async () => {
    const asked = await desk.change(adam, { protectedAssets: [] })
    expect(asked).toMatchObject({ state: 'waiting', weakens: ['host dc-* is no longer protected'] })
    expect((await desk.policy()).console.protectedAssets).toHaveLength(1)
    expect((await desk.confirm(ana, asked.version)).status).toBe(403)
    // An unlocked screen, or one password tried after another, confirms nothing.
    const { call } = ada
    const path = `/api/response-settings/${asked.version}/decision`
    expect((await call('POST', path, { confirm: true })).statusCode).toBe(400)
    const guess = { kind: 'password', password: 'not the password' }
    expect((await desk.confirm(ada, asked.version, true, guess)).status).toBe(400)
    expect((await desk.policy()).console.protectedAssets).toHaveLength(1)
    expect(await desk.confirm(ada, asked.version)).toMatchObject({ state: 'active' })
    expect((await desk.policy()).console.protectedAssets).toHaveLength(0)
    expect((await desk.confirm(ada, asked.version)).status).toBe(409)
  })

  it('hold at the moment of execution, not when people approved', async () => {
    const { proposal } = await bench.propose(rita, caseId, 'block-address', {
      address: '203.0.113.7',
    })
    expect((await bench.decide(ana, proposal)).proposal.state).toBe('approved')
    await desk.change(adam, {
      protectedAssets: [{ kind: 'address', value: '203.0.113.0/24', why: 'partner' }],
    })
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'protected' })
    expect((await bench.read(rita, proposal.id)).outcome).toContain('partner')
    expect(bench.wazuh.calls).toEqual([])
  })

  it('can ask for more approvers than an action takes, and never for fewer', async () => {
    await desk.change(adam, {
      protectedAssets: [{ kind: 'address', value: '203.0.113.0/24', why: 'partner' }],
      approvals: { 'quarantine-file': 2, 'delete-file': 1 },
    })
    const { actions } = await desk.policy()
    expect(actions.find(each => each.name === 'quarantine-file')?.approvers).toBe(2)
    expect(actions.find(each => each.name === 'delete-file')?.approvers).toBe(2)
    const { proposal } = await bench.propose(rita, caseId, 'quarantine-file', {
      path: '/srv/y',
      sha256,
    })
    expect((await bench.decide(ana, proposal)).proposal.state).toBe('awaiting')
    expect((await bench.decide(ben, proposal)).proposal.state).toBe('approved')
  })

  it('show in a dry run what would be sent, and send nothing', async () => {
    await desk.change(adam, { dryRun: true })
    const { versions } = await desk.policy()
    await desk.confirm(ada, versions[0]?.version ?? 0)
    const { proposal } = await bench.propose(rita, caseId, 'quarantine-file', {
      path: '/srv/z',
      sha256,
    })
    await bench.decide(ana, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'dry-run' })
    const after = await bench.read(rita, proposal.id)
    expect(after.state).toBe('rehearsed')
    expect(after.outcome).toContain('"agents_list":"007"')
    expect(bench.wazuh.calls).toEqual([])
    await desk.confirm(ada, (await desk.change(adam, {})).version)
    expect((await desk.policy()).effective.dryRun).toBe(false)
  })
})

describe('quiet hours', () => {
  it('reach over midnight', () => {
    const night = {
      ...noResponseSettings,
      quietHours: [{ from: '22:00', to: '06:00', actions: ['block-address'] }],
    }
    const at = (time: string) =>
      isQuiet(policyOf([night]), 'block-address', Date.parse(`2026-06-01T${time}Z`))
    expect(['21:59:59', '22:00:00', '00:00:00', '05:59:59', '06:00:00'].map(at)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
    expect(isQuiet(policyOf([night]), 'quarantine-file', Date.parse('2026-06-01T23:00:00Z'))).toBe(false)
  })

  it('hold back what is approved, and nothing else, until they end', async () => {
    const before = (await desk.policy()).console
    const hour = new Date(bench.server.clock.now()).getUTCHours()
    const time = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}:00`
    const quietHours = [{ from: time(hour), to: time(hour + 2), actions: ['block-address'] }]
    expect(await desk.change(adam, { ...before, quietHours })).toMatchObject({ state: 'active', weakens: [] })
    const block = await bench.propose(rita, caseId, 'block-address', { address: '198.51.100.77' })
    expect((await bench.decide(ana, block.proposal)).proposal.state).toBe('approved')
    const calls = bench.wazuh.calls.length
    expect(await bench.execute(block.proposal.id)).toMatchObject({ kind: 'refused', code: 'quiet-hours' })
    expect((await bench.read(rita, block.proposal.id)).state).toBe('approved')
    expect(bench.wazuh.calls).toHaveLength(calls)
    const other = await bench.propose(rita, caseId, 'inventory-query', { table: 'processes' })
    await bench.decide(ana, other.proposal)
    expect((await bench.execute(other.proposal.id)).kind).not.toBe('refused')
    bench.server.clock.advance(2 * 3_600_000)
    expect((await bench.execute(block.proposal.id)).kind).not.toBe('refused')
  })
})
