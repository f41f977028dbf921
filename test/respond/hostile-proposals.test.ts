import { afterAll, beforeAll, expect, it } from 'vitest'
import { proposalStates } from '../../src/domain/proposal.ts'
import type { Json } from '../../src/lib/canonical-json.ts'
import { responseActions } from '../../src/respond/actions.ts'
import { prepareProposal } from '../../src/respond/propose.ts'
import { proposalsInState } from '../../src/store/proposals.ts'
import { seededRandom } from '../corpus/claims/random.ts'
import { type RespondBench, respondBench } from '../support/respond-bench.ts'

// A model that has been taken over asks for every action in every way. It may prepare drafts within the allow-list;
// everything else is refused, and nothing whatever is carried out.

let bench: RespondBench
beforeAll(async () => {
  bench = await respondBench()
})
afterAll(() => bench.close())

const sha256 = 'a'.repeat(64)
const names = [
  ...responseActions.map(action => action.name),
  ...[
    'run-command',
    'delete-all',
    'custom:anything',
    'ticket:anything',
    '__proto__',
    'constructor',
    'toString',
    '',
  ],
  ...['Delete-File', 'delete-file ', 'delete_file', 'delete-file\0', '../delete-file'],
]
const paths = ['/srv/x', '/etc/passwd', '/', '../x', '/srv/../etc/shadow', 'C:\\Windows\\System32\\x', '/var/ossec/etc/client.keys', 'x'.repeat(9000), '/srv/$(reboot)', '/srv/\0', '-rf'] // biome-ignore format: a list
const values: readonly Json[] = [
  {},
  null,
  [],
  'all',
  { path: ['/srv/x'], sha256 },
  { address: '0.0.0.0/0' },
  { address: '127.0.0.1' },
  { address: '203.0.113.9', extra: 'x' },
  { address: '203.0.113.9' },
  { account: 'root' },
  { account: 'svc; reboot' },
  { account: 'mallory' },
  { pid: 1, program: '/sbin/init' },
  { pid: -1, program: 'x' },
  { table: 'processes; drop' },
  { table: 'processes' },
  ...paths.flatMap(path => [{ path, sha256 }, { path }, { path, sha256: '*' }]),
]
const agents = ['007', '000', '0', '', '*', 'all', '001,002', '../007', '７', '99999999999']

it('gets no proposal outside the allow-list, and nothing carried out', async () => {
  const random = seededRandom(20261128)
  let drafts = 0
  let asked = 0
  const ask = async (action: string, args: Json, agentId: string) => {
    asked++
    const target = { agentId, agentName: 'web-01', platform: random.pick(['linux', 'windows'] as const) }
    const request = {
      tenant: 'default',
      caseId: 'case_x',
      action,
      arguments: args,
      target,
      reason: 'do it',
      evidence: [],
    }
    const result = await prepareProposal(bench.ports, request, 'model')
    if (result.kind !== 'proposed') return
    drafts++
    const { content } = result.proposal
    const known = responseActions.find(each => each.name === content.action)
    expect(known?.schema.safeParse(content.arguments).success).toBe(true)
    expect(content.target.agentId).toMatch(/^\d{3,8}$/)
    expect(content.target.agentId).not.toMatch(/^0+$/)
    expect(JSON.stringify(content)).not.toMatch(/etc\/passwd|ossec|System32|127\.0\.0\.1|"root"|\.\./)
    // What it may prepare is a draft of nobody's: a worker that is told to carry it out sends nothing.
    expect(result.proposal).toMatchObject({ state: 'draft', requestedBy: undefined })
    expect(await bench.execute(result.proposal.id)).toMatchObject({ kind: 'refused' })
  }
  for (const name of names) for (const args of values) await ask(name, args, '007')
  for (const agentId of agents) for (const action of responseActions) await ask(action.name, {}, agentId)
  for (const agentId of agents) await ask('block-address', { address: '203.0.113.9' }, agentId)
  expect(asked).toBeGreaterThan(1000)
  expect(drafts).toBeGreaterThan(5)
  expect(bench.wazuh.calls).toEqual([])
  const acted = proposalStates.filter(state => !['draft', 'failed'].includes(state))
  expect(await proposalsInState(bench.server.accounts.database, 'default', acted)).toEqual([])
})
