import type { Sql } from '../lib/database.ts'
import { realProposal } from './seeded-suggestions.ts'

/** How many records of one kind a period holds, and when the newest of them was made. */
export interface EvidenceCount {
  readonly count: number
  /** Milliseconds since the Unix epoch; null where there is none, or where the records carry no time. */
  readonly latestMs: number | null
}

// $1 tenant, $2 first millisecond of the period, $3 first millisecond after it. Each selects a count and the newest
// time. What replays of the sample left behind is no evidence of anything.
const queries = {
  alerts: `select count(*), max(a.received_ms) from alerts a join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
    where a.tenant_id = $1 and a.received_ms >= $2 and a.received_ms < $3 and not c.sample`,
  hosts: `select count(distinct a.agent_name), max(a.received_ms) from alerts a
    join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
    where a.tenant_id = $1 and a.received_ms >= $2 and a.received_ms < $3 and not c.sample and a.agent_name <> ''`,
  quarantined: `select count(*), max(at_ms) from quarantine where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  cases: cases('created_ms', 'true'),
  'cases-correlated': cases('created_ms', 'alert_count > 1'),
  'cases-techniques': cases('created_ms', 'cardinality(techniques) > 0'),
  'cases-briefed': cases('created_ms', 'briefed_revision > 0'),
  'cases-assigned': cases('created_ms', 'assignee_id is not null'),
  verdicts: cases('verdict_ms', 'verdict_by is not null'),
  incidents: cases('verdict_ms', `verdict_by is not null and verdict = 'true_positive'`),
  'verdicts-against-model': cases(
    'verdict_ms',
    'verdict_by is not null and proposed_verdict is not null and verdict <> proposed_verdict',
  ),
  notes: `select count(*), max(at_ms) from notes where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  'case-history': `select count(*), max(at_ms) from case_history where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  'model-briefs': `select count(*), max(created_ms) from briefs
    where tenant_id = $1 and origin = 'model' and created_ms >= $2 and created_ms < $3`,
  'brief-reviews': `select count(*), max(reviewed_ms) from briefs
    where tenant_id = $1 and reviewed_by is not null and reviewed_ms >= $2 and reviewed_ms < $3`,
  proposals: `select count(*), max(created_ms) from proposals
    where tenant_id = $1 and created_ms >= $2 and created_ms < $3`,
  approvals: decisions(`a.decision = 'approve'`),
  rejections: decisions(`a.decision = 'reject'`),
  // Must be none: the product refuses it, and this looks again.
  'own-approvals': decisions(`a.decision = 'approve' and p.requested_by in (a.approver, a.on_behalf_of)`),
  'actions-taken': ledger(`kind = 'action-intent'`),
  'actions-confirmed': ledger(`kind = 'action-outcome'`),
  'model-calls': ledger(`kind = 'model-intent'`),
  'model-answers': ledger(`kind = 'model-outcome'`),
  'model-failures': ledger(`kind = 'model-outcome' and body->>'status' <> 'answered'`),
  'pseudonymised-calls': ledger(`kind = 'model-intent' and body->>'decision' = 'pseudonymise'`),
  'claims-checked': ledger(`kind = 'model-outcome' and body->'claim_fates' is not null`),
  'ledger-entries': ledger('true'),
  'ledger-exports': ledger(`kind = 'checkpoint'`),
  'keys-erased': ledger(`kind = 'key-erased'`),
  publications: `select count(*), max(published_ms) from publications
    where digest not like '%#documents' and tenant_id = $1 and published_ms >= $2 and published_ms < $3`,
  mails: `select count(*), max(received_ms) from mail_messages
    where tenant_id = $1 and received_ms >= $2 and received_ms < $3`,
  'mails-reported': `select count(*), max(received_ms) from mail_messages
    where tenant_id = $1 and received_ms >= $2 and received_ms < $3 and reporter is not null`,
  'mail-decisions': `select count(*), max(decided_ms) from mail_messages
    where tenant_id = $1 and decided_ms >= $2 and decided_ms < $3`,
  'threat-reports': `select count(*), max(created_ms) from intel_reports
    where tenant_id = $1 and created_ms >= $2 and created_ms < $3`,
  sightings: `select count(*), max(found_ms) from intel_sightings
    where tenant_id = $1 and found_ms >= $2 and found_ms < $3`,
  hunts: `select count(*), max(finished_ms) from intel_hunts
    where tenant_id = $1 and finished_ms >= $2 and finished_ms < $3`,
  'rules-deployed': `select count(*), max(changed_ms) from rule_drafts
    where tenant_id = $1 and state = 'deployed' and changed_ms >= $2 and changed_ms < $3`,
  'sign-ins': accountEvents(`kind = 'sign-in'`),
  'sign-ins-failed': accountEvents(`kind = 'sign-in-failed'`),
  // The account that a first start makes by itself is nobody's doing; those of a directory or provider say whose they are.
  'account-changes': accountEvents(
    `kind ~ '^(user|account|password|factor|token)-' and not (kind = 'user-create' and by_id is null and detail not like '%, by %')`,
  ),
  accounts: people('true'),
  approvers: people(`role in ('approver', 'admin')`),
  'second-factors': people(
    'exists (select from second_factors f where f.tenant_id = u.tenant_id and f.user_id = u.id and f.confirmed_ms is not null)',
  ),
  evaluations: `select count(*), max(created_ms) from evaluation_runs
    where tenant_id = $1 and created_ms >= $2 and created_ms < $3`,
  'model-moves': `select count(*), max(at_ms) from model_moves
    where tenant_id = $1 and at_ms >= $2 and at_ms < $3 and by_id is not null`,
  acknowledgements: `select count(*), max(at_ms) from policy_acknowledgements
    where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  suppliers: register('supplier'),
  risks: register('risk'),
  'output-audits': `select count(*), max(judged_ms) from output_audits
    where tenant_id = $1 and judged_ms >= $2 and judged_ms < $3`,
  'seeded-suggestions': `select count(*), max(at_ms) from seeded_suggestions where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  'group-members': register('member'),
  'decisions-recorded': register('decision'),
  // What an organisation states of a control is no change of a setting, and must not become evidence by being written.
  'config-changes': ledger(
    `kind = 'config-change' and actor like 'user:%' and subject not like 'statement:%'`,
  ),
  'notices-sent': `select count(*), max(done_ms) from notice_deliveries
    where tenant_id = $1 and state = 'sent' and done_ms >= $2 and done_ms < $3`,
  runbooks: register('runbook'),
  exercises: register('exercise'),
  'ai-incidents': register('incident'),
  'lessons-decided': `select count(*), max(decided_ms) from lessons
    where tenant_id = $1 and decided_by is not null and decided_ms >= $2 and decided_ms < $3`,
  'playbook-runs': `select count(*), max(created_ms) from playbook_runs
    where tenant_id = $1 and created_ms >= $2 and created_ms < $3`,
  reveals: ledger(`kind = 'vault-reveal'`),
  'sca-alerts': moduleAlerts('sca'),
  'vulnerability-alerts': moduleAlerts('vulnerability-detector'),
  'file-alerts': moduleAlerts('syscheck'),
  'cases-domains': naming('domain'),
  'cases-urls': naming('url'),
  'directory-accounts': people('(u.external_id is not null or u.provider_subject is not null)'),
  'alert-sources': `select count(distinct a.source), max(a.received_ms) from alerts a
    join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
    where a.tenant_id = $1 and a.received_ms >= $2 and a.received_ms < $3 and not c.sample`,
  'inventory-lists': `select count(*), max(updated_ms) from inventory_lists where tenant_id = $1 and updated_ms < $3`,
  'inventory-compared': `select count(*), max(inventory_ms) from intel_reports
    where tenant_id = $1 and inventory_ms >= $2 and inventory_ms < $3`,
  'feeds-read': `select count(*), max(last_ok_ms) from intel_feeds
    where tenant_id = $1 and last_ok_ms >= $2 and last_ok_ms < $3`,
  backups: ofInstallation('backup'),
  restores: ofInstallation('restore'),
  'retention-set': ledger(`kind = 'config-change' and subject = 'retention' and actor like 'user:%'`),
  'retention-deletions': ledger(
    `actor = 'job:retention' and (kind = 'key-erased' or (kind = 'note' and subject = 'retention'))`,
  ),
  'accounts-closed': accountEvents(`kind = 'user-change' and detail ~ '(^|, )state disabled(,|$)'`),
  'notice-channels': `select count(*), max(created_ms) from notification_channels where tenant_id = $1 and created_ms < $3`,
  'emergency-accesses': `select count(*), max(at_ms) from break_glass_uses
    where tenant_id = $1 and at_ms >= $2 and at_ms < $3 and acknowledged_ms is not null`,
  'file-scans': `select count(*), max(at_ms) from yara_scans where tenant_id = $1 and at_ms >= $2 and at_ms < $3`,
  'injection-evaluations': suite('injection'),
  'leakage-evaluations': suite('leakage'),
  'legal-holds': `select count(*), max(at_ms) from legal_holds where tenant_id = $1 and at_ms < $3`,
  'ai-policy': register('policy'),
  charter: register('charter'),
  'stand-ins': `select count(*), max(from_ms) from approval_delegations
    where tenant_id = $1 and from_ms < $3 and until_ms >= $2`,
  playbooks: `select count(*), max(changed_ms) from playbooks where tenant_id = $1 and created_ms < $3`,
  'training-answers': `select count(*), max(at_ms) from training_consents where tenant_id = $1 and at_ms < $3`,
  'sealed-cases': 'select count(*), null::bigint from data_keys where tenant = $1 and wrapped is not null',
  vaults: 'select count(*), null::bigint from vaults where tenant_id = $1',
} as const

/** One kind of record that the database counts. */
export type StoredEvidence = keyof typeof queries

function cases(time: string, condition: string): string {
  return `select count(*), max(${time}) from cases
    where tenant_id = $1 and ${time} >= $2 and ${time} < $3 and not sample and merged_into is null and ${condition}`
}

function decisions(condition: string): string {
  return `select count(*), max(a.at_ms) from approvals a join proposals p on p.tenant_id = a.tenant_id and p.id = a.proposal_id
    where a.tenant_id = $1 and a.at_ms >= $2 and a.at_ms < $3 and ${realProposal} and ${condition}`
}

function ledger(condition: string): string {
  return `select count(*), (extract(epoch from max(at)) * 1000)::bigint from ledger
    where tenant = $1 and at >= to_timestamp($2 / 1000.0) and at < to_timestamp($3 / 1000.0) and ${condition}`
}

/** Accounts that somebody took over: until the one-time password is changed, one shows that it was made and nothing more. */
function people(condition: string): string {
  return `select count(*), max(created_ms) from users u
    where tenant_id = $1 and state = 'active' and not must_change_password and created_ms < $3 and ${condition}`
}

/** Records of a register that people wrote or looked at again in the period. */
function register(kind: string): string {
  return `select count(*), max(changed_ms) from governance_records
    where tenant_id = $1 and changed_ms >= $2 and changed_ms < $3 and kind = '${kind}'`
}

/** Cases of which an alert carries a value of this type. */
function naming(type: 'domain' | 'url'): string {
  return cases(
    'created_ms',
    `exists (select from case_entities e where e.tenant_id = cases.tenant_id and e.case_id = cases.id and e.type = '${type}')`,
  )
}

/** What a module of the agents reports: Wazuh names it as the location of the alert. */
function moduleAlerts(module: 'sca' | 'vulnerability-detector' | 'syscheck'): string {
  return `select coalesce(sum(count), 0)::bigint, max(latest) from module_alerts where location = '${module}'`
}

/** Done by whoever runs the installation, for all who are in it: the tenant of such an entry is empty. */
function ofInstallation(subject: 'backup' | 'restore'): string {
  return `select count(*), (extract(epoch from max(at)) * 1000)::bigint from ledger
    where tenant in ('', $1) and kind = 'note' and actor = 'user:command-line' and subject = '${subject}'
      and at >= to_timestamp($2 / 1000.0) and at < to_timestamp($3 / 1000.0)`
}

function suite(name: 'injection' | 'leakage'): string {
  return `select count(*), max(created_ms) from evaluation_runs
    where tenant_id = $1 and created_ms >= $2 and created_ms < $3 and suite = '${name}'`
}

function accountEvents(condition: string): string {
  return `select count(*), max(at_ms) from account_events
    where tenant_id = $1 and at_ms >= $2 and at_ms < $3 and ${condition}`
}

/** Read once: there may be millions of alerts. */
const modules = `select a.location, count(*) as count, max(a.received_ms) as latest from alerts a
  join cases c on c.tenant_id = a.tenant_id and c.id = a.case_id
  where a.tenant_id = $1 and a.received_ms >= $2 and a.received_ms < $3 and not c.sample
    and a.location in ('sca', 'vulnerability-detector', 'syscheck')
  group by a.location`

/** Counts every kind of evidence in one statement, so that all counts are of one moment. */
export async function countEvidence(
  sql: Sql,
  tenant: string,
  period: { readonly fromMs: number; readonly toMs: number },
): Promise<ReadonlyMap<StoredEvidence, EvidenceCount>> {
  const parts = Object.entries(queries).map(
    ([name, query]) => `select '${name}' as name, found.* from (${query}) as found (count, latest_ms)`,
  )
  const rows = await sql.query<{ name: StoredEvidence; count: number; latest_ms: number | null }>(
    `with period as (select $1::text, $2::bigint, $3::bigint), module_alerts as materialized (${modules}) ${parts.join('\nunion all\n')}`,
    [tenant, period.fromMs, period.toMs],
  )
  return new Map(rows.map(row => [row.name, { count: row.count, latestMs: row.latest_ms }]))
}
