import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MailGatewayStandIn, startMailGateway } from '../../test/support/mail-gateway-server.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { mailGateway } from '../domain/proposal.ts'
import { noResponseSettings } from '../domain/response-settings.ts'
import type { Json } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { mailProtection } from '../mail/sender/protected-senders.ts'
import { openMailGateway } from '../mail-gateway/mail-gateway.ts'
import { findProposal } from '../store/proposals.ts'
import { decideProposal } from './decide.ts'
import { executeProposal, type Outlets } from './execute.ts'
import { peopleNow } from './people-now.ts'
import { prepareProposal, submitProposal } from './propose.ts'
import type { RespondPorts } from './respond-ports.ts'
import { defaultResponsePolicy } from './response-policy.ts'

const secret = 'a secret both sides know'
let test: TestDatabase
let gateway: MailGatewayStandIn
let outlets: Outlets
let ports: RespondPorts

const noOutlets: Outlets = {
  activeResponse: undefined,
  mailGateway: undefined,
  ticket: undefined,
  caseUrl: caseId => caseId,
}

const client = (key: string, url = gateway.url) =>
  openMailGateway({ url, secret: new Secret(key), fetch, clock: systemClock, timeoutMs: 60_000 })

beforeAll(async () => {
  ;[test, gateway] = await Promise.all([openTestDatabase(), startMailGateway(secret)])
  ports = {
    database: test.database,
    people: peopleNow,
    fileSettings: noResponseSettings,
    policy: async () => ({
      ...defaultResponsePolicy,
      protectedAssets: mailProtection({ domains: ['acme.example'], people: [], brands: [], receivers: [] }),
    }),
    clock: systemClock,
    ids: randomIds(),
    nonce: () => '0'.repeat(32),
  }
  for (const id of ['ana', 'ben'])
    await test.database.query(
      `insert into users (tenant_id, id, username, display_name, role, password_hash, must_change_password, created_ms) values ('t', $1, $1, $1, 'approver', 'x', false, 0)`,
      [id],
    )
})
afterAll(() => Promise.all([test.close(), gateway.close()]))
beforeEach(() => {
  gateway.done.length = 0
  gateway.refused.length = 0
  outlets = { ...noOutlets, mailGateway: client(secret) }
})

const prepare = (action: string, args: Json, target = mailGateway) =>
  prepareProposal(
    ports,
    { tenant: 't', caseId: 'c', action, arguments: args, target, reason: 'r', evidence: [] },
    'code',
  )

/** Prepared, asked for by ana and approved by ben. */
async function approved(action: string, args: Json): Promise<string> {
  const prepared = await prepare(action, args)
  if (prepared.kind === 'refused') throw new Error(prepared.reason)
  const { id, digest } = prepared.proposal
  await submitProposal(ports, 't', id, 'ana')
  const decided = await decideProposal(ports, {
    tenant: 't',
    proposalId: id,
    digest,
    approver: 'ben',
    onBehalfOf: undefined,
    decision: 'approve',
    reason: '',
    steppedUpAtMs: systemClock.now(),
  })
  if (decided.kind === 'refused') throw new Error(decided.reason)
  return id
}
const execute = (id: string) => executeProposal(ports, outlets, 't', id, AbortSignal.timeout(300_000))
const stateOf = async (id: string) => (await findProposal(test.database, 't', id))?.state

describe('actions on mail', () => {
  it.each([
    ['block-mail-sender', { address: 'x@evil.example' }],
    ['unblock-mail-sender', { address: 'x@evil.example' }],
    ['block-mail-domain', { domain: 'evil.example' }],
    ['unblock-mail-domain', { domain: 'evil.example' }],
    ['purge-mail', { messageIds: ['a@evil.example'], sender: 'x@evil.example' }],
    ['restore-mail', { messageIds: ['a@evil.example'], sender: 'x@evil.example' }],
    ['warn-recipients', { recipients: ['ann@acme.example'], text: 'Do not answer it.' }],
    ['reset-credentials', { address: 'ann@acme.example' }],
  ])('%s reaches the connector once, signed, with who approved it', async (action, args) => {
    const id = await approved(action, args)
    expect(await execute(id)).toMatchObject({ kind: 'done' })
    expect(await execute(id)).toMatchObject({ kind: 'refused', code: 'wrong-state' })
    expect(gateway.refused).toEqual([])
    expect(gateway.done).toMatchObject([
      { id, operation: action, arguments: args, requested_by: 'ana', approved_by: ['ben'] },
    ])
    expect(await stateOf(id)).toBe('done')
  })

  it('waits where no connector is set, and is not lost', async () => {
    const id = await approved('block-mail-sender', { address: 'x@evil.example' })
    outlets = noOutlets
    expect(await execute(id)).toMatchObject({ kind: 'refused', code: 'not-connected' })
    expect(await stateOf(id)).toBe('approved')
  })

  it('a connector that refuses has done nothing; one that breaks may have: neither is tried again', async () => {
    const wrong = await approved('block-mail-sender', { address: 'x@evil.example' })
    outlets = { ...noOutlets, mailGateway: client('another secret, not theirs') }
    expect(await execute(wrong)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('401') })
    outlets = { ...noOutlets, mailGateway: client(secret) }
    for (const [fault, kind] of [
      [{ status: 503, text: 'busy' }, 'unknown'],
      [{ status: 303, text: 'see elsewhere' }, 'unknown'],
      [{ status: 200, text: '<html>welcome</html>' }, 'unknown'],
      [{ status: 200, text: '{"result":"failed","detail":"no such mailbox"}' }, 'failed'],
    ] as const) {
      gateway.faults.push(fault)
      const id = await approved('block-mail-sender', { address: 'x@evil.example' })
      expect(await execute(id)).toMatchObject({ kind })
      expect(await execute(id)).toMatchObject({ kind: 'refused' })
    }
    const id = await approved('block-mail-sender', { address: 'x@evil.example' })
    const gone = await startMailGateway(secret)
    await gone.close()
    outlets = { ...noOutlets, mailGateway: client(secret, gone.url) }
    expect(await execute(id)).toMatchObject({ kind: 'failed' })
    expect(gateway.done).toEqual([])
  })

  it('nobody can be talked into blocking themselves, a mail provider or a well-known firm', async () => {
    for (const [action, args] of [
      ['block-mail-sender', { address: 'boss@acme.example' }],
      ['block-mail-sender', { address: 'boss@mail.acme.example' }],
      ['block-mail-domain', { domain: 'acme.example' }],
      ['block-mail-domain', { domain: 'gmail.com' }],
      ['block-mail-domain', { domain: 'mail.paypal.com' }],
    ] as const)
      expect(await prepare(action, args)).toMatchObject({ kind: 'refused', code: 'protected' })
    expect(await prepare('block-mail-sender', { address: 'x@gmail.com' })).toMatchObject({ kind: 'proposed' })
  })

  it('takes no target but the mail gateway, and no argument that is not plainly one', async () => {
    const agent = { agentId: '001', agentName: 'web', platform: 'linux' } as const
    const sender = { address: 'x@evil.example' }
    expect(await prepare('block-mail-sender', sender, agent)).toMatchObject({ code: 'wrong-platform' })
    expect(await prepare('block-mail-sender', sender, { ...agent, platform: 'mail' })).toMatchObject({
      code: 'protected',
    })
    const path = { path: '/srv/x', sha256: 'a'.repeat(64) }
    expect(await prepare('quarantine-file', path)).toMatchObject({ code: 'wrong-platform' })
    for (const [action, args] of [
      ['block-mail-sender', { address: '*@evil.example' }],
      ['block-mail-sender', { address: 'a@b.example, c@d.example' }],
      ['block-mail-sender', { address: 'X@evil.example' }],
      ['block-mail-domain', { domain: 'com' }],
      ['block-mail-domain', { domain: '*.example' }],
      ['purge-mail', { messageIds: [], sender: 'x@evil.example' }],
      ['purge-mail', { messageIds: ['a b'], sender: 'x@evil.example' }],
      ['warn-recipients', { recipients: ['ann@acme.example\nBcc: all@acme.example'], text: 'x' }],
    ] as const)
      expect(await prepare(action, args), JSON.stringify(args)).toMatchObject({ code: 'invalid-arguments' })
  })
})
