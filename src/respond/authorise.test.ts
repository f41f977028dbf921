import { describe, expect, it } from 'vitest'
import type { Approval, Proposal, ProposalContent } from '../domain/proposal.ts'
import { digestOf } from '../lib/canonical-json.ts'
import { authorise, type PersonNow } from './authorise.ts'
import { defaultResponsePolicy, type ResponsePolicy } from './response-policy.ts'

const nowMs = 1_800_000_000_000
const hash = 'a'.repeat(64)

function contentOf(change: Partial<ProposalContent> = {}): ProposalContent {
  return {
    action: 'quarantine-file',
    arguments: { path: '/var/www/html/x.php', sha256: hash },
    target: { agentId: '001', agentName: 'web-01', platform: 'linux' },
    tenant: 'default',
    caseId: 'case_1',
    expiresAtMs: nowMs + 1000,
    nonce: '0'.repeat(32),
    ...change,
  }
}

function proposalOf(content: ProposalContent, change: Partial<Proposal> = {}): Proposal {
  return {
    id: 'proposal_1',
    content,
    digest: digestOf(content),
    state: 'approved',
    preparedBy: 'model',
    requestedBy: 'rita',
    reason: '',
    evidence: [],
    createdAtMs: nowMs,
    outcome: undefined,
    rollbackOf: undefined,
    ...change,
  }
}

const person = (id: string, change: Partial<PersonNow> = {}): PersonNow => ({
  id,
  role: 'approver',
  active: true,
  kind: 'person',
  standsInFor: [],
  vouching: undefined,
  ...change,
})

const yes = (approver: string, proposal: Proposal, change: Partial<Approval> = {}): Approval => ({
  proposalDigest: proposal.digest,
  approver,
  onBehalfOf: approver,
  decision: 'approve',
  reason: '',
  atMs: nowMs,
  steppedUpAtMs: nowMs,
  ...change,
})

/** The refusal code, or `authorised`. */
function check(options: {
  content?: Partial<ProposalContent>
  proposal?: Partial<Proposal>
  approvals?: (proposal: Proposal) => Approval[]
  people?: PersonNow[]
  policy?: Partial<ResponsePolicy>
}): string {
  const proposal = proposalOf(contentOf(options.content), options.proposal)
  const people = [
    person('rita', { role: 'responder' }),
    person('alice'),
    person('bob'),
    ...(options.people ?? []),
  ]
  const approvals = options.approvals?.(proposal) ?? [yes('alice', proposal)]
  const result = authorise(
    proposal,
    approvals,
    new Map(people.map(one => [one.id, one])),
    { ...defaultResponsePolicy, ...options.policy },
    nowMs,
  )
  return result.kind === 'refused' ? result.code : result.kind
}

const deletion = { action: 'delete-file' }

describe('an action is carried out only when', () => {
  it('everything holds', () => {
    expect(check({})).toBe('authorised')
    expect(check({ content: deletion, approvals: p => [yes('alice', p), yes('bob', p)] })).toBe('authorised')
  })

  it.each([
    ['an unknown action', { content: { action: 'format-disk' } }, 'unknown-action'],
    [
      'arguments of another shape',
      { content: { arguments: { path: '/x/y', sha256: hash, extra: 1 } } },
      'invalid-arguments',
    ],
    ['a relative path', { content: { arguments: { path: 'x', sha256: hash } } }, 'invalid-arguments'],
    [
      'dots in a path',
      { content: { arguments: { path: '/var/www/../../etc/passwd', sha256: hash } } },
      'invalid-arguments',
    ],
    [
      'a short Windows name',
      { content: { arguments: { path: 'C:\\WINDOW~1\\x.exe', sha256: hash } } },
      'invalid-arguments',
    ],
    ...[
      'C:\\Windows.\\System32\\x.dll',
      'C:\\data\\ledger.db.',
      'C:\\data\\ledger.db ',
      'C:\\data\\ledger.db::$DATA',
    ].map(
      path =>
        [
          `another way to write ${path}`,
          { content: { arguments: { path, sha256: hash } } },
          'invalid-arguments',
        ] as const,
    ),
    [
      'content that changed after approval',
      { proposal: { digest: digestOf(contentOf({ caseId: 'other' })) } },
      'digest-mismatch',
    ],
    ['a draft', { proposal: { state: 'draft' } }, 'wrong-state'],
    ['one already executing', { proposal: { state: 'executing' } }, 'wrong-state'],
    ['one already done', { proposal: { state: 'done' } }, 'wrong-state'],
    ['an expired one', { content: { expiresAtMs: nowMs } }, 'expired'],
    ['nobody having asked', { proposal: { requestedBy: undefined } }, 'not-submitted'],
    [
      'a service having asked',
      { proposal: { requestedBy: 'bot' }, people: [person('bot', { kind: 'service' })] },
      'not-submitted',
    ],
    ['no approval', { approvals: () => [] }, 'not-approved'],
    ['the requester approving', { proposal: { requestedBy: 'alice' } }, 'not-approved'],
    [
      'an approval of another proposal',
      { approvals: (p: Proposal) => [yes('alice', p, { proposalDigest: 'f'.repeat(64) })] },
      'not-approved',
    ],
    ['a model approving', { approvals: (p: Proposal) => [yes('model', p)] }, 'not-approved'],
    [
      'an API token approving',
      {
        approvals: (p: Proposal) => [yes('token', p)],
        people: [person('token', { kind: 'service', role: 'admin' })],
      },
      'not-approved',
    ],
    ['an approver who lost the role', { people: [person('alice', { role: 'analyst' })] }, 'not-approved'],
    ['an approver who left', { people: [person('alice', { active: false })] }, 'not-approved'],
    [
      'one rejection among approvals',
      { approvals: (p: Proposal) => [yes('alice', p), yes('bob', p, { decision: 'reject' })] },
      'not-approved',
    ],
    ['one approver where two are needed', { content: deletion }, 'not-approved'],
    [
      'one approver twice',
      { content: deletion, approvals: (p: Proposal) => [yes('alice', p), yes('alice', p)] },
      'not-approved',
    ],
    [
      'no step-up',
      {
        content: deletion,
        approvals: (p: Proposal) => [yes('alice', p), yes('bob', p, { steppedUpAtMs: undefined })],
      },
      'not-approved',
    ],
    [
      'a stale step-up',
      {
        content: deletion,
        approvals: (p: Proposal) => [yes('alice', p), yes('bob', p, { steppedUpAtMs: nowMs - 3_600_000 })],
      },
      'not-approved',
    ],
    [
      'a step-up from the future',
      {
        content: deletion,
        approvals: (p: Proposal) => [yes('alice', p), yes('bob', p, { steppedUpAtMs: nowMs + 1 })],
      },
      'not-approved',
    ],
    [
      'an approver and their own stand-in',
      {
        content: deletion,
        approvals: (p: Proposal) => [yes('alice', p), yes('sam', p, { onBehalfOf: 'alice' })],
        people: [person('sam', { role: 'responder', standsInFor: ['alice'] })],
      },
      'not-approved',
    ],
    [
      'a stand-in whom nobody named',
      {
        approvals: (p: Proposal) => [yes('sam', p, { onBehalfOf: 'alice' })],
        people: [person('sam', { role: 'responder' })],
      },
      'not-approved',
    ],
    [
      "the requester's own stand-in",
      {
        proposal: { requestedBy: 'alice' },
        approvals: (p: Proposal) => [yes('sam', p, { onBehalfOf: 'alice' })],
        people: [person('sam', { role: 'responder', standsInFor: ['alice'] })],
      },
      'not-approved',
    ],
    [
      'the manager as target',
      { content: { target: { agentId: '000', agentName: 'manager', platform: 'linux' } } },
      'protected',
    ],
    [
      'all agents as target',
      { content: { target: { agentId: '', agentName: '', platform: 'linux' } } },
      'protected',
    ],
    [
      'several agents as target',
      { content: { target: { agentId: '001,002', agentName: 'x', platform: 'linux' } } },
      'protected',
    ],
    ['a system file', { content: { arguments: { path: '/usr/bin/sudo', sha256: hash } } }, 'protected'],
    [
      'a system file in other spelling',
      {
        content: {
          arguments: { path: 'C:\\WINDOWS\\System32\\lsass.exe', sha256: hash },
          target: { agentId: '002', agentName: 'pc', platform: 'windows' },
        },
      },
      'protected',
    ],
    [
      'a listed host',
      { policy: { protectedAssets: [{ kind: 'host', value: 'WEB-*', why: 'shop' }] } },
      'protected',
    ],
    [
      'a listed network',
      {
        content: { action: 'block-address', arguments: { address: '10.1.2.3' } },
        policy: { protectedAssets: [{ kind: 'address', value: '10.0.0.0/8', why: 'ours' }] },
      },
      'protected',
    ],
    ['loopback', { content: { action: 'block-address', arguments: { address: '::1' } } }, 'protected'],
    [
      'an address in odd spelling',
      { content: { action: 'block-address', arguments: { address: '0x7f.1' } } },
      'invalid-arguments',
    ],
    ['root', { content: { action: 'disable-account', arguments: { account: 'Root' } } }, 'protected'],
    [
      'quiet hours',
      { policy: { quietHours: [{ fromMinute: 0, toMinute: 1440, actions: ['quarantine-file'] }] } },
      'quiet-hours',
    ],
  ] as [string, Parameters<typeof check>[0], string][])('not with %s', (_, options, code) => {
    expect(check(options)).toBe(code)
  })

  it('a named stand-in counts as the approver they stand in for', () => {
    const people = [person('sam', { role: 'responder', standsInFor: ['bob'] })]
    expect(
      check({
        content: deletion,
        approvals: p => [yes('alice', p), yes('sam', p, { onBehalfOf: 'bob' })],
        people,
      }),
    ).toBe('authorised')
  })
})
