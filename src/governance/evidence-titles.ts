import type { EvidenceName } from './control.ts'

/** A record has a name for one and for many; a setting is on or off. */
type Title = readonly [one: string, many: string] | string

/** What each kind of evidence is called in a report. */
const evidenceTitles: Readonly<Record<EvidenceName, Title>> = {
  alerts: ['alert received', 'alerts received'],
  hosts: ['host that sent alerts', 'hosts that sent alerts'],
  quarantined: [
    'record that could not be read and was kept aside',
    'records that could not be read and were kept aside',
  ],
  cases: ['case opened', 'cases opened'],
  'cases-correlated': ['case of more than one alert', 'cases of more than one alert'],
  'cases-techniques': ['case mapped to ATT&CK techniques', 'cases mapped to ATT&CK techniques'],
  'cases-briefed': ['case with a brief that cites evidence', 'cases with a brief that cites evidence'],
  'cases-assigned': ['case assigned to a person', 'cases assigned to a person'],
  verdicts: ['verdict set by a named person', 'verdicts set by named persons'],
  incidents: ['case that a person declared true positive', 'cases that a person declared true positive'],
  'verdicts-against-model': [
    'verdict that differs from what was proposed',
    'verdicts that differ from what was proposed',
  ],
  notes: ['note on a case', 'notes on cases'],
  'case-history': ['entry in a case history', 'entries in case histories'],
  'model-briefs': ['brief written with a model', 'briefs written with a model'],
  'brief-reviews': ['brief reviewed by a person', 'briefs reviewed by a person'],
  proposals: ['response action proposed', 'response actions proposed'],
  approvals: ['approval by a named person', 'approvals by named persons'],
  rejections: ['rejection by a named person', 'rejections by named persons'],
  'own-approvals': ['approval by the person who asked', 'approvals by the person who asked'],
  'actions-taken': ['action recorded before it was taken', 'actions recorded before they were taken'],
  'actions-confirmed': ['action outcome recorded', 'action outcomes recorded'],
  'model-calls': ['model call recorded before it was made', 'model calls recorded before they were made'],
  'model-answers': ['model outcome recorded', 'model outcomes recorded'],
  'model-failures': [
    'model call that failed or was not supported by evidence',
    'model calls that failed or were not supported by evidence',
  ],
  'pseudonymised-calls': [
    'model call in which identifiers were replaced',
    'model calls in which identifiers were replaced',
  ],
  'claims-checked': [
    'model answer whose claims were checked against evidence',
    'model answers whose claims were checked against evidence',
  ],
  'ledger-entries': ['ledger entry', 'ledger entries'],
  'ledger-exports': ['signed export of the ledger', 'signed exports of the ledger'],
  'keys-erased': ['case key erased, on request or by age', 'case keys erased, on request or by age'],
  publications: ['result published back to Wazuh', 'results published back to Wazuh'],
  mails: ['mail analysed', 'mails analysed'],
  'mails-reported': ['mail reported by a person', 'mails reported by people'],
  'mail-decisions': ['mail verdict by a named person', 'mail verdicts by named persons'],
  'threat-reports': ['threat report read', 'threat reports read'],
  sightings: ['indicator seen in our alerts', 'indicators seen in our alerts'],
  hunts: ['hunt finished', 'hunts finished'],
  'rules-deployed': [
    'detection rule tested, approved and deployed',
    'detection rules tested, approved and deployed',
  ],
  'sign-ins': ['sign-in', 'sign-ins'],
  'sign-ins-failed': ['failed sign-in', 'failed sign-ins'],
  'account-changes': ['change of accounts, roles and tokens', 'changes of accounts, roles and tokens'],
  accounts: ['account in use', 'accounts in use'],
  approvers: ['account in use that may approve', 'accounts in use that may approve'],
  evaluations: ['signed evaluation of models and code', 'signed evaluations of models and code'],
  'model-moves': [
    'model let into or taken out of use by a named person',
    'models let into or taken out of use by named persons',
  ],
  acknowledgements: [
    'acknowledgement of the policy on the use of AI',
    'acknowledgements of the policy on the use of AI',
  ],
  suppliers: ['supplier of models registered or reviewed', 'suppliers of models registered or reviewed'],
  risks: ['risk registered or reviewed', 'risks registered or reviewed'],
  'output-audits': ['output of a model audited by people', 'outputs of models audited by people'],
  'seeded-suggestions': [
    'bad suggestion seeded to see whether it is caught',
    'bad suggestions seeded to see whether they are caught',
  ],
  'group-members': [
    'member of the AI working group registered',
    'members of the AI working group registered',
  ],
  'decisions-recorded': [
    'decision of the AI working group recorded',
    'decisions of the AI working group recorded',
  ],
  'second-factors': ['person with a second factor', 'people with a second factor'],
  'config-changes': ['change of settings by a named person', 'changes of settings by named persons'],
  'notices-sent': ['notice delivered to people', 'notices delivered to people'],
  runbooks: ['runbook written or reviewed', 'runbooks written or reviewed'],
  exercises: ['training exercise written or reviewed', 'training exercises written or reviewed'],
  'ai-incidents': ['failure of AI registered or followed up', 'failures of AI registered or followed up'],
  'lessons-decided': [
    'lesson approved, refused or revoked by people',
    'lessons approved, refused or revoked by people',
  ],
  'playbook-runs': ['playbook run on a case', 'playbooks run on cases'],
  reveals: ['reveal of real names, recorded', 'reveals of real names, each recorded'],
  'sealed-cases': ['case whose model calls are kept encrypted', 'cases whose model calls are kept encrypted'],
  vaults: ['placeholder vault kept encrypted', 'placeholder vaults kept encrypted'],
  'sca-alerts': ['result of configuration checks (SCA)', 'results of configuration checks (SCA)'],
  'vulnerability-alerts': ['alert about vulnerable software', 'alerts about vulnerable software'],
  'file-alerts': [
    'alert about a changed file or registry key (FIM)',
    'alerts about changed files and registry keys (FIM)',
  ],
  'cases-domains': ['case whose alerts name domains', 'cases whose alerts name domains'],
  'cases-urls': ['case whose alerts name web addresses', 'cases whose alerts name web addresses'],
  'directory-accounts': [
    'account kept by a directory or sign-in provider',
    'accounts kept by a directory or sign-in provider',
  ],
  'alert-sources': ['way by which alerts came in', 'ways by which alerts came in'],
  'inventory-lists': [
    'list of our own hosts, names and networks',
    'lists of our own hosts, names and networks',
  ],
  'inventory-compared': [
    'threat report compared with the software that agents list',
    'threat reports compared with the software that agents list',
  ],
  'feeds-read': ['threat feed read', 'threat feeds read'],
  backups: ['backup written', 'backups written'],
  restores: ['backup restored, compared row by row', 'backups restored, compared row by row'],
  'retention-set': ['change of how long data is kept', 'changes of how long data is kept'],
  'retention-deletions': [
    'deletion of what was older than is kept',
    'deletions of what was older than is kept',
  ],
  'accounts-closed': ['account taken out of use', 'accounts taken out of use'],
  'notice-channels': ['channel by which people are notified', 'channels by which people are notified'],
  'emergency-accesses': [
    'use of the emergency account, acknowledged by another person',
    'uses of the emergency account, acknowledged by another person',
  ],
  'file-scans': ['file scanned with YARA rules', 'files scanned with YARA rules'],
  'injection-evaluations': [
    'signed evaluation with the injection suite',
    'signed evaluations with the injection suite',
  ],
  'leakage-evaluations': [
    'signed evaluation with the leakage suite',
    'signed evaluations with the leakage suite',
  ],
  'legal-holds': ['case held from deletion', 'cases held from deletion'],
  'ai-policy': ['version of the policy on the use of AI', 'versions of the policy on the use of AI'],
  charter: [
    'version of the charter of the AI working group',
    'versions of the charter of the AI working group',
  ],
  'stand-ins': ['stand-in named for approvals', 'stand-ins named for approvals'],
  playbooks: ['playbook kept', 'playbooks kept'],
  'training-answers': [
    'person who agreed to or refused the use of their decisions for training',
    'people who agreed to or refused the use of their decisions for training',
  ],
  'ledger-verified': [
    'ledger entry whose hash chain was recomputed and fits',
    'ledger entries whose hash chain was recomputed and fits',
  ],
  'setting-policy-file': 'a policy file of the organisation is in force',
  'setting-https': 'the console is served over https',
  'setting-server-database': 'data is kept in a PostgreSQL server',
  'setting-publish': 'results are published to Wazuh',
  'setting-own-master-key': 'the master key is kept outside the data directory',
}

/** What so many records of a kind are called; of a setting, that it is on. */
export function evidenceTitle(name: EvidenceName, count: number): string {
  const title = evidenceTitles[name]
  if (typeof title === 'string') return title
  return count === 1 ? title[0] : title[1]
}

/** `1 account in use`; of a setting whether it is on. */
export function evidenceWords(name: EvidenceName, count: number): string {
  const title = evidenceTitle(name, count)
  if (name.startsWith('setting-')) return `${count > 0 ? 'Set' : 'Not set'}: ${title}`
  return `${count.toLocaleString('en')} ${title}`
}
