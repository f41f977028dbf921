import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noResponseSettings, type ResponseSettingsInput } from '../../src/domain/response-settings.ts'
import type { ResponsePolicyView } from '../../src/http/contract-respond.ts'
import { sweepProposals } from '../../src/respond/confirm-outcome.ts'
import { isQuiet, policyOf } from '../../src/respond/response-policy.ts'
import { type RespondBench, respondBench } from '../support/respond-bench.ts'
import { type Person, testPassword } from '../support/test-server.ts'

const sha256 = 'a'.repeat(64)
const signingKey = 'a key that both know'
let bench: RespondBench
let [rita, ana, ben, adam, ada]: Person[] = []
let caseId = ''
let receiver: Awaited<ReturnType<typeof startReceiver>>

beforeAll(async () => {
  receiver = await startReceiver()
  bench = await respondBench({ secrets: { TOCSIN_HOOK_TICKETS: signingKey } })
  rita = await bench.server.signIn('responder', 'rita')
  adam = await bench.server.signIn('admin', 'adam')
  caseId = await bench.caseOf([
    {
      id: '1770000000.1',
      rule: ['100931', 7, 'File added', ['syscheck']],
      techniques: ['T1505.003'],
      syscheck: { path: '/srv/x.php', sha256_after: sha256, event: 'added' },
    },
  ])
}, 60_000)
afterAll(async () => {
  await bench.close()
  await receiver.close()
})

/** A ticket system that keeps what it gets. */
async function startReceiver() {
  const seen: { readonly body: string; readonly headers: NodeJS.Dict<string | string[]> }[] = []
  let status = 201
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ body: Buffer.concat(chunks).toString(), headers: request.headers })
      response.writeHead(status).end(JSON.stringify({ key: 'SOC-17' }))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // A server that listens on TCP has one.
  return {
    seen,
    url: `http://127.0.0.1:${port}/issues`,
    answer(next: number) {
      status = next
    },
    close: () => new Promise<void>(done => server.close(() => done())),
  }
}

const change = async (person: Person | undefined, settings: ResponseSettingsInput) => {
  const response = await person?.call('PUT', '/api/response-settings', { settings, reason: 'for the test' })
  return { status: response?.statusCode, ...response?.json() }
}
const confirm = async (
  person: Person | undefined,
  version: number,
  yes = true,
  proof: object | undefined = { kind: 'password', password: testPassword },
) => {
  const path = `/api/response-settings/${version}/decision`
  const response = await person?.call('POST', path, { confirm: yes, proof })
  return { status: response?.statusCode, ...response?.json() }
}
const policy = async (): Promise<ResponsePolicyView> =>
  (await (adam as Person).call('GET', '/api/response-settings')).json()

describe('an installation of one person', () => {
  it('is told why nothing that it asks for can be approved, before and after it asks', async () => {
    const { actions } = await bench.respond(adam as Person, caseId)
    const deletion = actions.find(action => action.name === 'delete-file')
    expect(deletion?.unstaffed).toContain(
      'takes 2 different people with the role approver besides whoever asks',
    )
    expect(deletion?.unstaffed).toContain('there is nobody')
    expect(deletion?.unstaffed).toContain('Settings, Accounts')
    const quarantine = await bench.propose(adam as Person, caseId, 'quarantine-file', {
      path: '/srv/x.php',
      sha256,
    })
    expect(quarantine.proposal.unstaffed).toContain('one person with the role approver')
    expect(quarantine.proposal.cannotApprove).toBe(
      'You asked for this action: somebody else must approve it.',
    )
    expect((await bench.decide(adam as Person, quarantine.proposal)).status).toBe(403)
    // Nor can it loosen the rules by itself.
    const loosened = await change(adam, { expiryMinutes: 1000 })
    expect(loosened).toMatchObject({ state: 'waiting' })
    expect((await confirm(adam, loosened.version)).status).toBe(403)
    expect(await confirm(adam, loosened.version, false)).toMatchObject({ state: 'rejected' })
  })
})

describe('response settings', () => {
  beforeAll(async () => {
    ana = await bench.server.signIn('approver', 'ana')
    ben = await bench.server.signIn('approver', 'ben')
    ada = await bench.server.signIn('admin', 'ada')
  })

  it('take an admin, are checked, and stand in the ledger', async () => {
    expect((await change(ana, {})).status).toBe(403)
    expect((await change(adam, { expiryMinutes: 1 })).status).toBe(400)
    expect(
      (
        await change(adam, {
          commands: [{ ...nginx, arguments: [{ kind: 'text', name: 'x', pattern: '(' }] }],
        })
      ).status,
    ).toBe(400)
    expect(
      await change(adam, { protectedAssets: [{ kind: 'host', value: 'dc-*', why: 'domain' }] }),
    ).toMatchObject({ state: 'active', weakens: [] })
    const rows = await bench.server.accounts.database.query<{ n: number }>(
      `select count(*) as n from ledger where kind = 'config-change'`,
    )
    expect(Number(rows[0]?.n)).toBeGreaterThan(0)
  })

  it('what weakens is named, waits for a second admin, and does not hold until then', async () => {
    const asked = await change(adam, { protectedAssets: [] })
    expect(asked).toMatchObject({ state: 'waiting', weakens: ['host dc-* is no longer protected'] })
    expect((await policy()).console.protectedAssets).toHaveLength(1)
    expect((await confirm(ana, asked.version)).status).toBe(403)
    // An unlocked screen, or one password tried after another, confirms nothing.
    const { call } = ada as Person
    const path = `/api/response-settings/${asked.version}/decision`
    expect((await call('POST', path, { confirm: true })).statusCode).toBe(400)
    const guess = { kind: 'password', password: 'not the password' }
    expect((await confirm(ada, asked.version, true, guess)).status).toBe(400)
    expect((await policy()).console.protectedAssets).toHaveLength(1)
    expect(await confirm(ada, asked.version)).toMatchObject({ state: 'active' })
    expect((await policy()).console.protectedAssets).toHaveLength(0)
    expect((await confirm(ada, asked.version)).status).toBe(409)
  })

  it('hold at the moment of execution, not when people approved', async () => {
    const { proposal } = await bench.propose(rita as Person, caseId, 'block-address', {
      address: '203.0.113.7',
    })
    expect((await bench.decide(ana as Person, proposal)).proposal.state).toBe('approved')
    await change(adam, { protectedAssets: [{ kind: 'address', value: '203.0.113.0/24', why: 'partner' }] })
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'protected' })
    expect((await bench.read(rita as Person, proposal.id)).outcome).toContain('partner')
    expect(bench.wazuh.calls).toEqual([])
  })

  it('can ask for more approvers than an action takes, and never for fewer', async () => {
    await change(adam, {
      protectedAssets: [{ kind: 'address', value: '203.0.113.0/24', why: 'partner' }],
      approvals: { 'quarantine-file': 2, 'delete-file': 1 },
    })
    const { actions } = await policy()
    expect(actions.find(each => each.name === 'quarantine-file')?.approvers).toBe(2)
    expect(actions.find(each => each.name === 'delete-file')?.approvers).toBe(2)
    const { proposal } = await bench.propose(rita as Person, caseId, 'quarantine-file', {
      path: '/srv/y',
      sha256,
    })
    expect((await bench.decide(ana as Person, proposal)).proposal.state).toBe('awaiting')
    expect((await bench.decide(ben as Person, proposal)).proposal.state).toBe('approved')
  })

  it('show in a dry run what would be sent, and send nothing', async () => {
    await change(adam, { dryRun: true })
    const { versions } = await policy()
    await confirm(ada, versions[0]?.version ?? 0)
    const { proposal } = await bench.propose(rita as Person, caseId, 'quarantine-file', {
      path: '/srv/z',
      sha256,
    })
    await bench.decide(ana as Person, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'dry-run' })
    const after = await bench.read(rita as Person, proposal.id)
    expect(after.state).toBe('rehearsed')
    expect(after.outcome).toContain('"agents_list":"007"')
    expect(bench.wazuh.calls).toEqual([])
    await confirm(ada, (await change(adam, {})).version)
    expect((await policy()).effective.dryRun).toBe(false)
  })
})

const nginx = {
  name: 'reload-nginx',
  title: 'Reload nginx',
  command: 'reload-nginx0',
  arguments: [
    { kind: 'choice', name: 'site', choices: ['shop', 'blog'] },
    { kind: 'text', name: 'tag', pattern: '[a-z;]+', maxLength: 20 },
  ],
  platforms: ['linux'],
  effect: 'reversible',
  approvers: 1,
  risk: 'Requests in flight are cut.',
} satisfies NonNullable<ResponseSettingsInput['commands']>[number]

describe('a command that admins allow-listed', () => {
  it('is new power: a second admin confirms it, then people can propose it within its schema', async () => {
    const asked = await change(adam, { commands: [nginx] })
    expect(asked.weakens).toEqual(['command reload-nginx is new or changed'])
    const before = await bench.propose(rita as Person, caseId, 'custom:reload-nginx', {
      site: 'shop',
      tag: 'a',
    })
    expect(before).toMatchObject({ status: 400, error: "there is no action 'custom:reload-nginx'" })
    await confirm(ada, asked.version)
    for (const args of [
      { site: 'other', tag: 'a' },
      { site: 'shop' },
      { site: 'shop', tag: 'a b' },
      { site: 'shop', tag: '-rf' },
      { site: 'shop', tag: 'A' },
      { site: 'shop', tag: 'a', more: 'x' },
    ])
      expect((await bench.propose(rita as Person, caseId, 'custom:reload-nginx', args)).status).toBe(400)
    const { proposal } = await bench.propose(rita as Person, caseId, 'custom:reload-nginx', {
      site: 'shop',
      tag: 'a;b',
    })
    expect(proposal.description).toBe('Run the command reload-nginx0 on web-01 with site shop, tag a;b.')
    await bench.decide(ana as Person, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'sent' })
    expect(bench.wazuh.calls.at(-1)).toMatchObject({
      query: { agents_list: '007' },
      body: { command: 'reload-nginx0', arguments: ['shop', 'a;b'] },
    })
    expect(await bench.report(proposal.id, 'done', 'reloaded')).toBe(true)
  })

  it('is not carried out where its definition changed after people approved', async () => {
    const { proposal } = await bench.propose(rita as Person, caseId, 'custom:reload-nginx', {
      site: 'blog',
      tag: 'a',
    })
    await bench.decide(ana as Person, proposal)
    await confirm(ada, (await change(adam, { commands: [{ ...nginx, command: '!wipe-disk' }] })).version)
    const sent = bench.wazuh.calls.length
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'definition-changed' })
    expect(bench.wazuh.calls.length).toBe(sent)
    await change(adam, {})
    // What was done with a command that is gone is still shown.
    expect((await bench.read(rita as Person, proposal.id)).description).toContain('no longer allowed')
  })
})

describe('a ticket', () => {
  const jira = () =>
    ({
      name: 'jira',
      title: 'Open a Jira issue',
      url: receiver.url,
      format: 'jira',
      project: 'SOC',
      signingKey: 'TOCSIN_HOOK_TICKETS',
      networks: ['127.0.0.0/8'],
    }) satisfies NonNullable<ResponseSettingsInput['tickets']>[number]
  const ticket = async (summary: string) => {
    const args = { summary, description: 'See the case.' }
    const { proposal } = await bench.propose(rita as Person, caseId, 'ticket:jira', args)
    await bench.decide(ana as Person, proposal)
    return { proposal, result: await bench.execute(proposal.id) }
  }

  it('names no secret but those of its own prefix', async () => {
    const stolen = { ...jira(), signingKey: 'TOCSIN_MASTER_KEY' }
    expect((await change(adam, { tickets: [stolen] })).status).toBe(400)
  })

  it('is sent signed, once, with its number as the outcome', async () => {
    await confirm(ada, (await change(adam, { tickets: [jira()] })).version)
    const { proposal, result } = await ticket('Web shell on web-01')
    expect(result).toEqual({ kind: 'done', reason: 'Open a Jira issue took it as SOC-17' })
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'wrong-state' })
    expect(receiver.seen).toHaveLength(1)
    const { body = '', headers = {} } = receiver.seen[0] ?? {}
    expect(JSON.parse(body)).toMatchObject({
      fields: { project: { key: 'SOC' }, issuetype: { name: 'Task' }, summary: 'Web shell on web-01' },
    })
    expect(body).toContain(`https://tocsin.example/cases/${caseId}`)
    const expected = createHmac('sha256', signingKey)
      .update(`${headers['x-tocsin-timestamp']}.${body}`)
      .digest('hex')
    expect(headers['x-tocsin-signature']).toBe(`sha256=${expected}`)
    expect(headers['idempotency-key']).toBe(proposal.id)
  })

  it('that was refused is clearly not done, and one without an answer is unknown', async () => {
    receiver.answer(403)
    expect((await ticket('refused')).result).toMatchObject({ kind: 'failed' })
    receiver.answer(502)
    expect((await ticket('half')).result).toMatchObject({ kind: 'unknown' })
  })

  it('reaches no place that the admin did not name', async () => {
    await confirm(
      ada,
      (await change(adam, { tickets: [{ ...jira(), networks: [], url: 'https://metadata.invalid/' }] }))
        .version,
    )
    expect((await ticket('elsewhere')).result).toMatchObject({ kind: 'failed' })
    await confirm(ada, (await change(adam, {})).version)
  })
})

describe('taking back', () => {
  const done = async (action: string, args: object) => {
    const { proposal } = await bench.propose(rita as Person, caseId, action, args)
    await bench.decide(ana as Person, proposal)
    await bench.decide(ben as Person, proposal)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'sent' })
    return proposal
  }

  it('is prepared by itself when the endpoint failed half-way, and still takes approval', async () => {
    const proposal = await done('block-address', { address: '198.51.100.9' })
    await bench.report(proposal.id, 'failed', 'iptables: added the first rule of two')
    const failed = await bench.read(rita as Person, proposal.id)
    expect(failed).toMatchObject({ state: 'failed', canRollBack: false, rollback: { state: 'draft' } })
    const draft = await bench.read(rita as Person, failed.rollback?.id ?? '')
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
    expect((await bench.read(rita as Person, proposal.id)).rollback).toBeNull()
  })

  it('is prepared when the endpoint never answered', async () => {
    const proposal = await done('quarantine-file', { path: '/srv/silent', sha256 })
    bench.server.clock.advance(11 * 60_000)
    await sweepProposals(bench.ports, 'default')
    const silent = await bench.read(rita as Person, proposal.id)
    expect(silent).toMatchObject({ state: 'unknown', rollback: { state: 'draft' } })
  })

  it('can be asked for by a person, once, as a proposal of its own', async () => {
    const proposal = await done('isolate-host', {})
    await bench.report(proposal.id, 'done')
    const ask = () => rita?.call('POST', `/api/proposals/${proposal.id}/rollback`, { reason: 'all clear' })
    const first = await ask()
    expect(first?.json().proposal).toMatchObject({
      action: 'release-host',
      state: 'awaiting',
      rollbackOf: proposal.id,
    })
    expect((await ask())?.statusCode).toBe(400)
  })

  it('is brought up when a containment has stood for as long as the policy says', async () => {
    await change(adam, { reviewAfterHours: { 'block-address': 2 } })
    const proposal = await done('block-address', { address: '198.51.100.11' })
    await bench.report(proposal.id, 'done')
    await sweepProposals(bench.ports, 'default')
    expect((await bench.read(rita as Person, proposal.id)).rollback).toBeNull()
    bench.server.clock.advance(3 * 3_600_000)
    await sweepProposals(bench.ports, 'default')
    const { rollback } = await bench.read(rita as Person, proposal.id)
    expect(rollback?.state).toBe('draft')
    expect((await bench.read(rita as Person, rollback?.id ?? '')).reason).toContain('2 hours')
  })
})

describe('steps and what people say of them', () => {
  it('a rejection and its reason stand on the same suggestion from then on, which comes last', async () => {
    const args = { path: '/srv/x.php', sha256 }
    const { proposal } = await bench.propose(rita as Person, caseId, 'quarantine-file', args)
    const reason = 'It is our own deployment tool.'
    await bench.decide(ana as Person, proposal, { decision: 'reject', reason })
    const { steps } = await bench.respond(rita as Person, caseId)
    const contain = steps.filter(step => step.phase === 'contain')
    expect(contain.at(-1)).toMatchObject({
      action: { action: 'quarantine-file' },
      rejections: [{ by: 'ana', reason, caseId }],
    })
  })

  it('a step for hands is marked with who, when and a comment, in history and ledger', async () => {
    const { steps } = await bench.respond(rita as Person, caseId)
    const step = steps.find(each => each.action === null)
    const path = `/api/cases/${caseId}/steps/${step?.id}`
    const mark = (person: Person | undefined, state: string) =>
      person?.call('POST', path, { text: step?.text, state, comment: 'with Paul' })
    const viewer = await bench.server.signIn('viewer', 'vera')
    expect((await mark(viewer, 'done'))?.statusCode).toBe(403)
    expect((await mark(rita, 'done'))?.statusCode).toBe(200)
    await mark(ana, 'open')
    const after = (await bench.respond(rita as Person, caseId)).steps.find(each => each.id === step?.id)
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
      (await ana?.call('POST', '/api/approval-delegations', { standIn: rita?.id, untilMs }))?.statusCode,
    ).toBe(200)
    const mine = (await rita?.call('GET', '/api/approval-delegations'))?.json()
    expect(mine.standingInFor).toMatchObject([{ person: { username: 'ana' } }])
    const { proposal } = await bench.propose(ben as Person, caseId, 'inventory-query', { table: 'processes' })
    const seen = await bench.read(rita as Person, proposal.id)
    expect(seen).toMatchObject({ cannotApprove: null, mayStandInFor: [{ username: 'ana' }] })
    expect((await bench.decide(rita as Person, proposal)).status).toBe(403)
    expect((await bench.decide(rita as Person, proposal, { onBehalfOf: ana?.id })).proposal.state).toBe(
      'approved',
    )
    await ana?.call('DELETE', `/api/approval-delegations/${rita?.id}`)
    expect(await bench.execute(proposal.id)).toMatchObject({ kind: 'refused', code: 'not-approved' })
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
    const before = (await policy()).console
    const hour = new Date(bench.server.clock.now()).getUTCHours()
    const time = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}:00`
    const quietHours = [{ from: time(hour), to: time(hour + 2), actions: ['block-address'] }]
    expect(await change(adam, { ...before, quietHours })).toMatchObject({ state: 'active', weakens: [] })
    const block = await bench.propose(rita as Person, caseId, 'block-address', { address: '198.51.100.77' })
    expect((await bench.decide(ana as Person, block.proposal)).proposal.state).toBe('approved')
    const calls = bench.wazuh.calls.length
    expect(await bench.execute(block.proposal.id)).toMatchObject({ kind: 'refused', code: 'quiet-hours' })
    expect((await bench.read(rita as Person, block.proposal.id)).state).toBe('approved')
    expect(bench.wazuh.calls).toHaveLength(calls)
    const other = await bench.propose(rita as Person, caseId, 'inventory-query', { table: 'processes' })
    await bench.decide(ana as Person, other.proposal)
    expect((await bench.execute(other.proposal.id)).kind).not.toBe('refused')
    bench.server.clock.advance(2 * 3_600_000)
    expect((await bench.execute(block.proposal.id)).kind).not.toBe('refused')
  })
})
