import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweepProposals } from '../../src/respond/confirm-outcome.ts'
import type { RespondBench } from '../support/respond-bench.ts'
import type { Person } from '../support/test-server.ts'
import { openResponseDesk, type ResponseDesk, sha256 } from './response-desk.ts'

// What comes before and after an approval: suggestions and what people said of them, stand-ins, taking back.

let desk: ResponseDesk
let bench: RespondBench
let caseId: string
let rita: Person
let ana: Person
let ben: Person
let adam: Person

beforeAll(async () => {
  desk = await openResponseDesk()
  ;({ bench, caseId, rita, adam } = desk)
  ;({ ana, ben } = await desk.staff())
})
afterAll(() => bench.close())

describe('taking back', () => {
  const done = async (action: string, args: object) => {
    const { proposal } = await bench.propose(rita, caseId, action, args)
    await bench.decide(ana, proposal)
    await bench.decide(ben, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'sent' })
    return proposal
  }

  it('is prepared by itself when the endpoint failed half-way, and still takes approval', async () => {
    const proposal = await done('block-address', { address: '198.51.100.9' })
    await bench.report(proposal.id, 'failed', 'iptables: added the first rule of two')
    const failed = await bench.read(rita, proposal.id)
    expect(failed).toMatchObject({ state: 'failed', canRollBack: false, rollback: { state: 'draft' } })
    const draft = await bench.read(rita, failed.rollback?.id ?? '')
    expect(draft).toMatchObject({
      action: 'unblock-address',
      preparedBy: 'rollback',
      rollbackOf: proposal.id,
      requestedBy: null,
    })
    expect(draft.reason).toContain('first rule of two')
    expect(await bench.execute(draft.id)).toMatchObject({ kind: 'refused' })
  })

  it('is not prepared where the endpoint refused and did nothing', async () => {
    const proposal = await done('block-address', { address: '198.51.100.10' })
    await bench.report(proposal.id, 'refused', 'expired')
    expect((await bench.read(rita, proposal.id)).rollback).toBeNull()
  })

  it('is prepared when the endpoint never answered', async () => {
    const proposal = await done('quarantine-file', { path: '/srv/silent', sha256 })
    bench.server.clock.advance(11 * 60_000)
    await sweepProposals(bench.ports, 'default')
    const silent = await bench.read(rita, proposal.id)
    expect(silent).toMatchObject({ state: 'unknown', rollback: { state: 'draft' } })
  })

  it('can be asked for by a person, once, as a proposal of its own', async () => {
    const proposal = await done('isolate-host', {})
    await bench.report(proposal.id, 'done')
    const ask = () => rita.call('POST', `/api/proposals/${proposal.id}/rollback`, { reason: 'all clear' })
    const first = await ask()
    expect(first.json().proposal).toMatchObject({
      action: 'release-host',
      state: 'awaiting',
      rollbackOf: proposal.id,
    })
    expect((await ask()).statusCode).toBe(400)
  })

  it('is brought up when a containment has stood for as long as the policy says', async () => {
    await desk.change(adam, { reviewAfterHours: { 'block-address': 2 } })
    const proposal = await done('block-address', { address: '198.51.100.11' })
    await bench.report(proposal.id, 'done')
    await sweepProposals(bench.ports, 'default')
    expect((await bench.read(rita, proposal.id)).rollback).toBeNull()
    bench.server.clock.advance(3 * 3_600_000)
    await sweepProposals(bench.ports, 'default')
    const { rollback } = await bench.read(rita, proposal.id)
    expect(rollback?.state).toBe('draft')
    expect((await bench.read(rita, rollback?.id ?? '')).reason).toContain('2 hours')
  })
})

describe('steps and what people say of them', () => {
  it('a rejection and its reason stand on the same suggestion from then on, which comes last', async () => {
    const args = { path: '/srv/x.php', sha256 }
    const { proposal } = await bench.propose(rita, caseId, 'quarantine-file', args)
    const reason = 'It is our own deployment tool.'
    await bench.decide(ana, proposal, { decision: 'reject', reason })
    const { steps } = await bench.respond(rita, caseId)
    const contain = steps.filter(step => step.phase === 'contain')
    expect(contain.at(-1)).toMatchObject({
      action: { action: 'quarantine-file' },
      rejections: [{ by: 'ana', reason, caseId }],
    })
  })

  it('a step for hands is marked with who, when and a comment, in history and ledger', async () => {
    const { steps } = await bench.respond(rita, caseId)
    const step = steps.find(each => each.action === null)
    const path = `/api/cases/${caseId}/steps/${step?.id}`
    const mark = (person: Person, state: string) =>
      person.call('POST', path, { text: step?.text, state, comment: 'with Paul' })
    const viewer = await bench.server.signIn('viewer', 'vera')
    expect((await mark(viewer, 'done')).statusCode).toBe(403)
    expect((await mark(rita, 'done')).statusCode).toBe(200)
    await mark(ana, 'open')
    const after = (await bench.respond(rita, caseId)).steps.find(each => each.id === step?.id)
    expect(after?.marks.map(each => [each.by.username, each.state, each.comment])).toEqual([
      ['rita', 'done', 'with Paul'],
      ['ana', 'open', 'with Paul'],
    ])
    const { database } = bench.server.accounts
    const history = await database.query<{ detail: string }>(
      `select detail from case_history where case_id = $1 and kind = 'step' order by at_ms, id`,
      [caseId],
    )
    expect(history.map(row => row.detail)).toEqual([
      `done: ${step?.text} (with Paul)`,
      `open again: ${step?.text} (with Paul)`,
    ])
    const ledger = await database.query<{ entry: string }>(
      `select ledger::text as entry from ledger where kind = 'note'`,
    )
    expect(ledger).toHaveLength(2)
    expect(JSON.stringify(ledger)).not.toContain('with Paul')
  })
})

describe('standing in', () => {
  it('is named, shown to both, counts once, and ends when the principal says so', async () => {
    const untilMs = bench.server.clock.now() + 86_400_000
    expect(
      (await ana.call('POST', '/api/approval-delegations', { standIn: rita.id, untilMs })).statusCode,
    ).toBe(200)
    const mine = (await rita.call('GET', '/api/approval-delegations')).json()
    expect(mine.standingInFor).toMatchObject([{ person: { username: 'ana' } }])
    const { proposal } = await bench.propose(ben, caseId, 'inventory-query', { table: 'processes' })
    const seen = await bench.read(rita, proposal.id)
    expect(seen).toMatchObject({ cannotApprove: null, mayStandInFor: [{ username: 'ana' }] })
    expect((await bench.decide(rita, proposal)).status).toBe(403)
    expect((await bench.decide(rita, proposal, { onBehalfOf: ana.id })).proposal.state).toBe('approved')
    await ana.call('DELETE', `/api/approval-delegations/${rita.id}`)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'not-approved' })
  })
})
