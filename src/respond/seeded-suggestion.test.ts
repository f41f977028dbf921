import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RespondBench, respondBench } from '../../test/support/respond-bench.ts'
import type { Person } from '../../test/support/test-server.ts'
import { digestOf } from '../lib/canonical-json.ts'
import { readOversight } from '../store/oversight.ts'
import { rejectionsSince } from '../store/proposals.ts'
import { listSeeds } from '../store/seeded-suggestions.ts'
import { authorise } from './authorise.ts'
import { seedSuggestion } from './seeded-suggestion.ts'

const tenant = 'default'
let bench: RespondBench
let lead: Person
let ann: Person
let bob: Person

beforeAll(async () => {
  bench = await respondBench()
  lead = await bench.server.signIn('approver', 'lead')
  ann = await bench.server.signIn('approver', 'ann')
  bob = await bench.server.signIn('approver', 'bob')
  await bench.caseOf([{ rule: ['5712', 10, 'brute force', ['sshd']], data: { srcip: '198.51.100.7' } }])
  await bench.caseOf([
    {
      host: 'db-02',
      atMs: 1_770_000_000_000 - 9 * 86_400_000,
      rule: ['550', 7, 'file changed', ['syscheck']],
      syscheck: { path: '/etc/x' },
    },
  ])
})
afterAll(() => bench.close())

async function seed(kind: 'wrong-address' | 'wrong-host' = 'wrong-address') {
  const result = await seedSuggestion(bench.ports, { tenant, kind, personId: lead.id })
  if (result.kind === 'refused') throw new Error(result.reason)
  return { ...result, view: await bench.read(ann, result.proposalId) }
}
const stored = async (id: string) => {
  const [row] = await bench.server.test.database.query<{
    state: string
    content: { nonce: string }
    digest: string
  }>('select state, content, digest from proposals where id = $1', [id])
  if (row === undefined) throw new Error('gone')
  return row
}

describe('a seeded suggestion', () => {
  it('looks like any other until it is decided on', async () => {
    const { view, caseId } = await seed()
    expect(view).toMatchObject({
      action: 'block-address',
      state: 'awaiting',
      preparedBy: 'code',
      outcome: null,
    })
    expect(view.cannotApprove).toBeNull()
    expect(JSON.stringify(view)).not.toMatch(/seeded|check/)
    const real = await bench.propose(bob, caseId, 'block-address', { address: '198.51.100.7' })
    expect(Object.keys(view).sort()).toEqual(Object.keys(real.proposal).sort())
    const [entry] = await bench.server.test.database.query<{ text: string }>(
      `select body::text || subject as text from ledger where body ->> 'setting' = 'oversight-check' order by seq desc limit 1`,
    )
    // The ledger is read by approvers too: it commits to it, and does not name it.
    expect(entry?.text).not.toContain(view.id)
    expect(entry?.text).toContain('commitment')
    await bench.decide(bob, view, { decision: 'reject', reason: 'no alert names it' })
  })

  it('is wrong by the case it stands in', async () => {
    const { view } = await seed()
    expect(JSON.stringify(view.arguments)).toMatch(/203\.0\.113\.\d+/)
    await bench.decide(bob, view, { decision: 'reject', reason: 'no alert names it' })
    const host = await seed('wrong-host')
    expect(host.whatIsWrong).toContain('has no part in the case')
    await bench.decide(bob, host.view, { decision: 'reject', reason: 'another host' })
  })

  it('that is approved is over, disclosed, and not carried out', async () => {
    const { view, whatIsWrong } = await seed()
    const sentBefore = bench.wazuh.calls.length
    const answer = await bench.decide(ann, view)
    expect(answer.status).toBe(200)
    expect(answer.proposal).toMatchObject({
      state: 'withdrawn',
      outcome: expect.stringContaining('This was a check'),
    })
    expect(answer.proposal.outcome).toContain(whatIsWrong)
    expect(await bench.execute(view.id)).toMatchObject({ kind: 'refused' })
    const jobs = await bench.server.test.database.query('select from jobs where key = $1', [view.id])
    expect(jobs).toEqual([])
    expect(bench.wazuh.calls.length).toBe(sentBefore)
    expect((await bench.decide(bob, view)).status).toBe(409)
  })

  it('that takes two approvers ends with the first', async () => {
    const { view } = await seed('wrong-host')
    expect(view.approversNeeded).toBe(2)
    const answer = await bench.decide(ann, view)
    // Isolating takes a proof of who one is: without it nothing is decided, as with every other.
    if (answer.status !== 200) expect(answer.status).toBe(403)
    else expect(answer.proposal.state).toBe('withdrawn')
    await bench.decide(bob, view, { decision: 'reject', reason: 'another host' })
  })

  it('cannot be made an approved one by anything: not by the program, not in the database', async () => {
    const { view } = await seed()
    const row = await stored(view.id)
    for (const state of ['approved', 'executing', 'sent', 'done', 'rehearsed', 'unknown'])
      await expect(
        bench.server.test.database.query('update proposals set state = $2 where id = $1', [view.id, state]),
      ).rejects.toThrow(/never carried out/)
    // With every other condition true: what would be authorised for an ordinary one is refused for this one.
    const policy = await bench.ports.policy(bench.server.test.database, tenant)
    const people = await bench.ports.people(
      bench.server.test.database,
      tenant,
      [lead.id, ann.id],
      bench.server.clock.now(),
    )
    const nowMs = bench.server.clock.now()
    const approvedAs = (nonce: string) => {
      const content = { ...row.content, nonce } as never // As stored, with this nonce.
      const digest = digestOf(content)
      const proposal = {
        id: view.id,
        content,
        digest,
        state: 'approved',
        preparedBy: 'code',
        requestedBy: lead.id,
      } as never
      const approval = {
        proposalDigest: digest,
        approver: ann.id,
        onBehalfOf: ann.id,
        decision: 'approve',
        reason: '',
        atMs: nowMs,
        steppedUpAtMs: nowMs,
      } as const
      return authorise(proposal, [approval], people, policy, nowMs)
    }
    expect(approvedAs(row.content.nonce)).toMatchObject({ kind: 'refused', code: 'seeded' })
    expect(approvedAs('a'.repeat(32))).toMatchObject({ kind: 'authorised' })
    // Taking the mark away breaks the digest that people approved.
    expect(digestOf({ ...row.content, nonce: 'a'.repeat(32) })).not.toBe(row.digest)
    await bench.decide(bob, view, { decision: 'reject', reason: 'no alert names it' })
  })

  it('counts as caught or missed beside how people decide, and among no real decisions', async () => {
    const { database } = bench.server.test
    const nowMs = bench.server.clock.now()
    const sums = await readOversight(database, tenant, { fromMs: 0, toMs: nowMs + 1 }, 5)
    const seeds = await listSeeds(database, tenant, 0)
    const caught = seeds.filter(each => each.decision === 'reject').length
    const missed = seeds.filter(each => each.decision === 'approve').length
    expect(missed).toBeGreaterThan(0)
    expect(sums.seeded).toMatchObject({ decided: caught + missed, caught })
    expect(sums.byPerson.find(({ byId }) => byId === ann.id)).toMatchObject({ caught: 0, seeded: missed })
    expect(sums.approvals.decided).toBe(0)
    // A check that was caught must not speak against a real suggestion of the same action later.
    expect(await rejectionsSince(database, tenant, 0)).toEqual([])
    const [entry] = await database.query<{ body: { nonce: string } }>(
      `select body from ledger where body ->> 'setting' = 'oversight-check' and body ->> 'decision' = 'reject' limit 1`,
    )
    expect(entry?.body.nonce).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is the requester’s to decide on as little as any other', async () => {
    const { view } = await seed()
    expect((await bench.decide(lead, view)).status).toBe(403)
  })
})
