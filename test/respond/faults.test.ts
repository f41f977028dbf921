import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ProposalView } from '../../src/http/contract-respond.ts'
import { sweepProposals } from '../../src/respond/confirm-outcome.ts'
import { type RespondBench, respondBench } from '../support/respond-bench.ts'
import type { Person } from '../support/test-server.ts'
import type { Fault } from '../support/wazuh-server.ts'

// Whatever goes wrong between the approval and the endpoint: the action is done once, or clearly not done.

let bench: RespondBench
let [rita, ana]: Person[] = []
let caseId = ''
let number = 0

beforeAll(async () => {
  bench = await respondBench()
  rita = await bench.server.signIn('responder', 'rita')
  ana = await bench.server.signIn('approver', 'ana')
  caseId = await bench.caseOf([{ id: '1770000000.1', rule: ['100931', 7, 'File added', ['syscheck']] }])
})
afterAll(() => bench.close())
beforeEach(() => {
  bench.wazuh.calls.length = 0
  bench.wazuh.faults.length = 0
})

async function approved(): Promise<ProposalView> {
  const address = `198.51.100.${++number}`
  const { proposal } = await bench.propose(rita as Person, caseId, 'block-address', { address })
  return (await bench.decide(ana as Person, proposal)).proposal
}
const sent = () => bench.wazuh.calls.filter(call => call.path === '/active-response').length
const stateOf = async (id: string) => (await bench.read(rita as Person, id)).state

describe('a Wazuh API that', () => {
  it.each([
    ['is overloaded (429)', { kind: 'status', status: 429, title: 'Limit', code: 6001 }, 'failed', 0],
    [
      'forbids it (403)',
      { kind: 'status', status: 403, title: 'Permission denied', code: 4000 },
      'failed',
      0,
    ],
    ['breaks (500)', { kind: 'status', status: 500, title: 'Error', code: 1000 }, 'unknown', 0],
    ['does not answer in time', { kind: 'hang' }, 'unknown', 0],
    ['drops the connection', { kind: 'reset' }, 'unknown', 0],
    ['takes it, and its answer is lost', { kind: 'lost-answer' }, 'unknown', 1],
    ['takes it, and answers half', { kind: 'half-answer' }, 'unknown', 1],
    ['takes it, and redirects', { kind: 'redirect' }, 'unknown', 1],
  ] satisfies [string, Fault, string, number][])('%s', async (_, fault, state, calls) => {
    const { id } = await approved()
    // The first call signs in; the fault meets the one that counts.
    bench.wazuh.faults.push(fault)
    expect(await bench.execute(id)).toMatchObject({ kind: state })
    expect(await stateOf(id)).toBe(state)
    // The job runs again after a crash or by mistake: nothing is sent anew.
    expect(await bench.execute(id)).toMatchObject({ kind: 'refused', code: 'wrong-state' })
    expect(sent()).toBe(calls)
    // What nobody knows is settled by the endpoint's own word, once it comes.
    if (state === 'unknown') {
      expect((await bench.read(rita as Person, id)).rollback?.state).toBe('draft')
      await bench.report(id, 'done')
      expect(await stateOf(id)).toBe('done')
    } else expect(await bench.report(id, 'done')).toBe(false)
  })

  it('is down: clearly not done', async () => {
    const other = await respondBench()
    try {
      const responder = await other.server.signIn('responder', 'rita')
      const approver = await other.server.signIn('approver', 'ana')
      const where = await other.caseOf([
        { id: '1770000000.2', rule: ['100931', 7, 'File added', ['syscheck']] },
      ])
      const { proposal } = await other.propose(responder, where, 'block-address', { address: '198.51.100.1' })
      await other.decide(approver, proposal)
      await other.wazuh.close()
      expect(await other.execute(proposal.id)).toMatchObject({ kind: 'failed' })
      expect((await other.read(responder, proposal.id)).rollback).toBeNull()
    } finally {
      await other.server.close()
    }
  })

  it('knows no such agent, or has active response off: clearly not done', async () => {
    const [agent] = bench.wazuh.agents
    if (agent === undefined) throw new Error('the stand-in has agent 007')
    for (const change of [{ activeResponse: false }, { status: 'disconnected' }] as const) {
      bench.wazuh.agents = [{ ...agent, ...change }]
      const { id } = await approved()
      expect(await bench.execute(id)).toMatchObject({ kind: 'failed' })
    }
    bench.wazuh.agents = [agent]
    expect(sent()).toBe(0)
  })
})

describe('a worker that is killed', () => {
  const runWorker = (proposal: string, step: string) =>
    new Promise<NodeJS.Signals | null>((resolve, reject) => {
      const { wazuh, server } = bench
      const given = {
        connection: server.test.connection,
        wazuhUrl: wazuh.url,
        port: Number(new URL(wazuh.url).port),
        nowMs: server.clock.now(),
        proposal,
        step,
      }
      const script = join(import.meta.dirname, '..', 'support', 'respond-worker.ts')
      const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(given)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      child.once('error', reject)
      child.once('exit', (_, signal) => resolve(signal))
    })

  it.each([
    ['before its claim is committed: the next one does it', 'claim-not-committed', 'sent', 1],
    ['after its claim, before it sends: clearly unknown, never sent', 'claimed-not-sent', 'unknown', 0],
    ['after Wazuh took it: unknown until the endpoint reports', 'sent-not-noted', 'unknown', 1],
    ['before the outcome is committed: the same', 'outcome-not-committed', 'unknown', 1],
  ])('%s', async (_, step, state, calls) => {
    const { id } = await approved()
    expect(await runWorker(id, step)).toBe('SIGKILL')
    // Another worker takes the job over.
    await bench.execute(id)
    bench.server.clock.advance(3 * 60_000)
    await sweepProposals(bench.ports, 'default')
    await bench.execute(id)
    expect(sent()).toBe(calls)
    expect(await stateOf(id)).toBe(state)
    if (calls === 1) {
      expect(await bench.report(id, 'done')).toBe(true)
      expect(await stateOf(id)).toBe('done')
    }
    expect(sent()).toBe(calls)
  })
})
