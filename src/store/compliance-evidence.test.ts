import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Column, columnsOf, dropChecks, madeUpRow } from '../../test/support/made-up-row.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { countEvidence, type StoredEvidence } from './compliance-evidence.ts'

// For every kind of evidence: nothing is counted where there is none; the record that it is about counts once, in its
// period and for its tenant only; and a record that looks like it and is none does not count.

const inside = Date.UTC(2026, 2, 10)
const period = { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 3, 1) }
const at = String(inside)
/** After the period. */
const later = String(period.toMs + 1)
const commandLine = 'user:command-line'

type Row = readonly [table: string, values: Readonly<Record<string, string | null>>]
interface Kind {
  readonly name: StoredEvidence
  readonly rows: readonly Row[]
  /** Almost the same, and not evidence. */
  readonly not?: readonly Row[]
  /** As of the making of the report: no period holds it. */
  readonly always?: true
  /** Of the whole installation: it counts for every tenant in it. */
  readonly everybody?: true
}

const openCase = {
  id: 'case',
  created_ms: at,
  verdict_ms: at,
  sample: 'false',
  merged_into: null,
  verdict_by: null,
  assignee_id: null,
  proposed_verdict: null,
  verdict: null,
  alert_count: '1',
  briefed_revision: '0',
}
const ofCase = (name: StoredEvidence, has: Row[1], not: Row[1] = {}): Kind => ({
  name,
  rows: [['cases', { ...openCase, ...has }]],
  not: [
    ['cases', { ...openCase, ...has, id: 'sample', sample: 'true' }],
    ['cases', { ...openCase, ...has, id: 'merged', merged_into: 'case' }],
    ...(Object.keys(not).length === 0
      ? []
      : [['cases', { ...openCase, ...has, ...not, id: 'other' }] as const]),
  ],
})
const when = '2026-03-10T00:00:00Z'
const ofLedger = (name: StoredEvidence, has: Row[1], not: Row[1]): Kind => ({
  name,
  rows: [['ledger', { seq: '1', at: when, ...has }]],
  not: [['ledger', { seq: '2', at: when, ...has, ...not }]],
})
const ofRegister = (name: StoredEvidence, kind: string, other = 'charter'): Kind => ({
  name,
  rows: [['governance_records', { id: 'r1', kind, changed_ms: at }]],
  not: [['governance_records', { id: 'r2', kind: other, changed_ms: at }]],
})
const ofEvent = (name: StoredEvidence, kind: string, other: string): Kind => ({
  name,
  rows: [['account_events', { id: 'e1', kind, at_ms: at }]],
  not: [['account_events', { id: 'e2', kind: other, at_ms: at }]],
})
const person = { id: 'u1', state: 'active', must_change_password: 'false', created_ms: at }
const ofAccount = (name: StoredEvidence, has: Row[1], not: Row[1] = {}): Kind => ({
  name,
  rows: [['users', { ...person, username: 'ann', ...has }]],
  not: [
    ['users', { ...person, ...has, ...not, id: 'u2', username: 'bob', state: 'disabled' }],
    // The first account of an installation, and any that was only made.
    ['users', { ...person, ...has, ...not, id: 'u3', username: 'admin', must_change_password: 'true' }],
    ...(Object.keys(not).length === 0
      ? []
      : [['users', { ...person, ...has, ...not, id: 'u4', username: 'eve' }] as const]),
  ],
  always: true,
})
const decided = (name: StoredEvidence, decision: string, has: Row[1], not: Row[1]): Kind => ({
  name,
  rows: [
    ['proposals', { id: 'p1', requested_by: 'ann', content: '{}' }],
    ['proposals', { id: 'p2', requested_by: 'ann', content: '{"nonce":"seeded-1"}' }],
    ['approvals', { proposal_id: 'p1', decision, approver: 'bob', on_behalf_of: 'bob', at_ms: at, ...has }],
  ],
  not: [
    // Of a suggestion that was seeded.
    ['approvals', { proposal_id: 'p2', decision, approver: 'bob', on_behalf_of: 'bob', at_ms: at, ...has }],
    [
      'approvals',
      { proposal_id: 'p1', decision, approver: 'eve', on_behalf_of: 'eve', at_ms: at, ...has, ...not },
    ],
  ],
})
const simple = (name: StoredEvidence, table: string, time: string, has: Row[1] = {}, not?: Row[1]): Kind => ({
  name,
  rows: [[table, { id: 'x1', [time]: at, ...has }]],
  ...(not === undefined ? {} : { not: [[table, { id: 'x2', [time]: at, ...has, ...not }]] }),
})

const alert = { received_ms: at, case_id: 'case', agent_name: 'web-1', id: 'a1' }
const ofModule = (name: StoredEvidence, location: string): Kind => ({
  name,
  rows: [
    ['cases', openCase],
    ['alerts', { ...alert, location }],
  ],
  not: [
    ['alerts', { ...alert, id: 'a2', location: `${location}/other` }],
    ['cases', { ...openCase, id: 'sample', sample: 'true' }],
    ['alerts', { ...alert, id: 'a3', case_id: 'sample', location }],
  ],
})
const naming = (name: StoredEvidence, type: string, other: string): Kind => ({
  name,
  rows: [
    ['cases', openCase],
    ['case_entities', { case_id: 'case', type }],
  ],
  not: [
    ['cases', { ...openCase, id: 'other' }],
    ['case_entities', { case_id: 'other', type: other }],
    ['cases', { ...openCase, id: 'sample', sample: 'true' }],
    ['case_entities', { case_id: 'sample', type }],
  ],
})
const kinds: readonly Kind[] = [
  {
    name: 'alerts',
    rows: [
      ['cases', openCase],
      ['alerts', alert],
    ],
    not: [
      ['cases', { ...openCase, id: 'sample', sample: 'true' }],
      ['alerts', { ...alert, id: 'a2', case_id: 'sample' }],
    ],
  },
  {
    name: 'hosts',
    rows: [
      ['cases', openCase],
      ['alerts', alert],
    ],
    not: [['alerts', { ...alert, id: 'a2', agent_name: '' }]],
  },
  simple('quarantined', 'quarantine', 'at_ms'),
  ofCase('cases', {}),
  ofCase('cases-correlated', { alert_count: '2' }, { alert_count: '1' }),
  ofCase('cases-techniques', { techniques: '{T1110}' }, { techniques: '{}' }),
  ofCase('cases-briefed', { briefed_revision: '1' }, { briefed_revision: '0' }),
  ofCase('cases-assigned', { assignee_id: 'ann' }, { assignee_id: null }),
  ofCase('verdicts', { verdict_by: 'ann', verdict: 'false_positive' }, { verdict_by: null }),
  ofCase('incidents', { verdict_by: 'ann', verdict: 'true_positive' }, { verdict: 'false_positive' }),
  ofCase(
    'verdicts-against-model',
    { verdict_by: 'ann', verdict: 'true_positive', proposed_verdict: 'false_positive' },
    { proposed_verdict: 'true_positive' },
  ),
  simple('notes', 'notes', 'at_ms'),
  simple('case-history', 'case_history', 'at_ms'),
  simple('model-briefs', 'briefs', 'created_ms', { origin: 'model' }, { origin: 'computed' }),
  simple('brief-reviews', 'briefs', 'reviewed_ms', { reviewed_by: 'ann' }, { reviewed_by: null }),
  simple('proposals', 'proposals', 'created_ms'),
  decided('approvals', 'approve', {}, { decision: 'reject' }),
  decided('rejections', 'reject', {}, { decision: 'approve' }),
  decided('own-approvals', 'approve', { approver: 'ann' }, { approver: 'eve', on_behalf_of: 'eve' }),
  ofLedger('actions-taken', { kind: 'action-intent' }, { kind: 'note' }),
  ofLedger('actions-confirmed', { kind: 'action-outcome' }, { kind: 'action-intent' }),
  ofLedger('model-calls', { kind: 'model-intent' }, { kind: 'model-outcome' }),
  ofLedger('model-answers', { kind: 'model-outcome' }, { kind: 'model-intent' }),
  ofLedger(
    'model-failures',
    { kind: 'model-outcome', body: '{"status":"failed"}' },
    { body: '{"status":"answered"}' },
  ),
  ofLedger(
    'pseudonymised-calls',
    { kind: 'model-intent', body: '{"decision":"pseudonymise"}' },
    { body: '{"decision":"allow"}' },
  ),
  ofLedger('claims-checked', { kind: 'model-outcome', body: '{"claim_fates":{}}' }, { body: '{}' }),
  ofLedger('ledger-entries', { kind: 'note' }, { at: '2026-04-02T00:00:00Z' }),
  ofLedger('ledger-exports', { kind: 'checkpoint' }, { kind: 'note' }),
  ofLedger('keys-erased', { kind: 'key-erased' }, { kind: 'note' }),
  ofLedger('config-changes', { kind: 'config-change', actor: 'user:ann' }, { actor: 'job:model-watch' }),
  ofLedger('reveals', { kind: 'vault-reveal' }, { kind: 'note' }),
  simple('publications', 'publications', 'published_ms'),
  simple('mails', 'mail_messages', 'received_ms'),
  simple('mails-reported', 'mail_messages', 'received_ms', { reporter: 'ann' }, { reporter: null }),
  simple('mail-decisions', 'mail_messages', 'decided_ms', {}, { decided_ms: null }),
  simple('threat-reports', 'intel_reports', 'created_ms'),
  simple('sightings', 'intel_sightings', 'found_ms'),
  simple('hunts', 'intel_hunts', 'finished_ms', {}, { finished_ms: null }),
  simple('rules-deployed', 'rule_drafts', 'changed_ms', { state: 'deployed' }, { state: 'tested' }),
  {
    name: 'account-changes',
    rows: [
      [
        'account_events',
        { id: 'e1', kind: 'user-create', by_id: null, detail: 'viewer, by the directory', at_ms: at },
      ],
    ],
    // What the first start does by itself.
    not: [['account_events', { id: 'e2', kind: 'user-create', by_id: null, detail: 'admin', at_ms: at }]],
  },
  ofEvent('sign-ins', 'sign-in', 'sign-in-failed'),
  ofEvent('sign-ins-failed', 'sign-in-failed', 'sign-in'),
  ofEvent('account-changes', 'user-change', 'sign-in'),
  ofAccount('accounts', {}),
  ofAccount('approvers', { role: 'approver' }, { role: 'analyst' }),
  {
    ...ofAccount('second-factors', { role: 'analyst' }),
    rows: [
      ['users', { ...person, username: 'ann' }],
      ['second_factors', { id: 'f1', user_id: 'u1', confirmed_ms: at, credential_id: 'a' }],
    ],
    not: [
      ['users', { ...person, id: 'u2', username: 'bob' }],
      ['second_factors', { id: 'f2', user_id: 'u2', confirmed_ms: null, credential_id: 'b' }],
    ],
  },
  simple('evaluations', 'evaluation_runs', 'created_ms'),
  simple('model-moves', 'model_moves', 'at_ms', { by_id: 'ann' }, { by_id: null }),
  simple('acknowledgements', 'policy_acknowledgements', 'at_ms'),
  ofRegister('suppliers', 'supplier'),
  ofRegister('risks', 'risk'),
  ofRegister('group-members', 'member'),
  ofRegister('decisions-recorded', 'decision'),
  ofRegister('runbooks', 'runbook'),
  ofRegister('exercises', 'exercise'),
  ofRegister('ai-incidents', 'incident'),
  simple('output-audits', 'output_audits', 'judged_ms', {}, { judged_ms: null }),
  simple('seeded-suggestions', 'seeded_suggestions', 'at_ms'),
  simple('notices-sent', 'notice_deliveries', 'done_ms', { state: 'sent' }, { state: 'failed' }),
  simple('lessons-decided', 'lessons', 'decided_ms', { decided_by: 'ann' }, { decided_by: null }),
  simple('playbook-runs', 'playbook_runs', 'created_ms'),
  ofModule('sca-alerts', 'sca'),
  ofModule('vulnerability-alerts', 'vulnerability-detector'),
  ofModule('file-alerts', 'syscheck'),
  {
    name: 'alert-sources',
    rows: [
      ['cases', openCase],
      ['alerts', { ...alert, source: 'indexer' }],
    ],
    not: [
      ['alerts', { ...alert, id: 'a2', source: 'indexer' }],
      ['cases', { ...openCase, id: 'sample', sample: 'true' }],
      ['alerts', { ...alert, id: 'a3', case_id: 'sample', source: 'file' }],
    ],
  },
  naming('cases-domains', 'domain', 'url'),
  naming('cases-urls', 'url', 'domain'),
  ofAccount('directory-accounts', { external_id: 'x', provider_subject: null }, { external_id: null }),
  {
    ...simple('inventory-lists', 'inventory_lists', 'updated_ms', {}, { name: 'later', updated_ms: later }),
    always: true,
  },
  simple('inventory-compared', 'intel_reports', 'inventory_ms', {}, { inventory_ms: null }),
  simple('feeds-read', 'intel_feeds', 'last_ok_ms', {}, { last_ok_ms: null }),
  {
    ...ofLedger('backups', { kind: 'note', actor: commandLine, subject: 'backup' }, { actor: 'user:ann' }),
    everybody: true,
  },
  {
    ...ofLedger('restores', { kind: 'note', actor: commandLine, subject: 'restore' }, { subject: 'case' }),
    everybody: true,
  },
  ofLedger(
    'retention-set',
    { kind: 'config-change', actor: 'user:ann', subject: 'retention' },
    { subject: 'gates' },
  ),
  ofLedger(
    'retention-deletions',
    { kind: 'note', actor: 'job:retention', subject: 'retention' },
    { actor: 'user:ann' },
  ),
  {
    name: 'accounts-closed',
    rows: [
      ['account_events', { id: 'e1', kind: 'user-change', detail: 'role viewer, state disabled', at_ms: at }],
    ],
    not: [['account_events', { id: 'e2', kind: 'user-change', detail: 'state active', at_ms: at }]],
  },
  {
    ...simple('notice-channels', 'notification_channels', 'created_ms', {}, { created_ms: later }),
    always: true,
  },
  simple(
    'emergency-accesses',
    'break_glass_uses',
    'at_ms',
    { acknowledged_ms: at },
    { acknowledged_ms: null },
  ),
  simple('file-scans', 'yara_scans', 'at_ms'),
  simple('injection-evaluations', 'evaluation_runs', 'created_ms', { suite: 'injection' }, { suite: 'mail' }),
  simple('leakage-evaluations', 'evaluation_runs', 'created_ms', { suite: 'leakage' }, { suite: 'mail' }),
  {
    ...simple('legal-holds', 'legal_holds', 'at_ms', {}, { case_id: 'later', at_ms: later }),
    always: true,
  },
  ofRegister('ai-policy', 'policy'),
  ofRegister('charter', 'charter', 'policy'),
  {
    name: 'stand-ins',
    rows: [['approval_delegations', { principal: 'a', from_ms: at, until_ms: at }]],
    not: [['approval_delegations', { principal: 'b', from_ms: '5', until_ms: '6' }]],
  },
  { ...simple('playbooks', 'playbooks', 'created_ms', {}, { created_ms: later }), always: true },
  {
    ...simple('training-answers', 'training_consents', 'at_ms', {}, { user_id: 'late', at_ms: later }),
    always: true,
  },
  {
    name: 'sealed-cases',
    rows: [['data_keys', { wrapped: 'x' }]],
    not: [['data_keys', { wrapped: null }]],
    always: true,
  },
  { name: 'vaults', rows: [['vaults', {}]], always: true },
]

describe('what is counted', () => {
  let test: TestDatabase
  const tables = new Map<string, readonly Column[]>()
  beforeAll(async () => {
    test = await openTestDatabase()
    await dropChecks(test.database)
    await test.database.query('alter table ledger disable trigger all')
    const names = new Set(kinds.flatMap(({ rows, not = [] }) => [...rows, ...not].map(([table]) => table)))
    for (const name of names) tables.set(name, await columnsOf(test.database, name))
  })
  afterAll(() => test.close())

  let made = 0
  async function insert([table, values]: Row): Promise<void> {
    made += 1
    const tenant = { tenant_id: 'default', tenant: 'default' }
    // Keys that a test does not care about differ from row to row.
    const { text, values: all } = madeUpRow(tables.get(table) ?? [], { ...tenant, ...values }, `mark ${made}`)
    await test.database.query(text, all)
  }
  const counted = async (name: StoredEvidence, tenant: string, over = period) =>
    (await countEvidence(test.database, tenant, over)).get(name)

  it('is nothing at all on an empty database, and every kind is tried below', async () => {
    const counts = await countEvidence(test.database, 'default', period)
    expect([...counts].filter(([, { count }]) => count > 0)).toEqual([])
    expect([...new Set(kinds.map(({ name }) => name))].sort()).toEqual([...counts.keys()].sort())
  })

  it.each(kinds)('$name', async ({ name, rows, not = [], always, everybody }) => {
    await test.database.query(`truncate ${[...tables.keys()].map(table => `"${table}"`).join(', ')} cascade`)
    for (const row of [...rows, ...not]) await insert(row)
    expect(await counted(name, 'default')).toMatchObject({ count: 1 })
    expect(await counted(name, 'other')).toMatchObject({ count: 0 })
    if (everybody === true) {
      for (const row of rows) await insert([row[0], { ...row[1], tenant: '', seq: '3' }])
      expect(await counted(name, 'other')).toMatchObject({ count: 1 })
    }
    const before = { fromMs: period.fromMs - 86_400_000, toMs: period.fromMs }
    if (always !== true) expect(await counted(name, 'default', before)).toMatchObject({ count: 0 })
  })
})
