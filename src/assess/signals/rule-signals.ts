import type { AlertView } from '../alert-view.ts'
import { type Signal, signalFrom } from '../signal.ts'

interface GroupRow {
  readonly id: string
  readonly weight: number
  readonly reason: string
  readonly groups: readonly string[]
}

/** What Wazuh's stock rule groups are worth before anything else is known. The first row that fits counts. */
const groupRows: readonly GroupRow[] = [
  { id: 'yara-match', weight: 2.2, reason: 'a YARA rule matched', groups: ['yara'] },
  {
    id: 'own-response',
    weight: -2,
    reason: 'an active response of Wazuh itself',
    groups: ['active_response'],
  },
  {
    id: 'agent-flooded',
    weight: -1,
    reason: 'an agent had more to say than it may send, mostly a noisy log',
    groups: ['agent_flooding'],
  },
  {
    id: 'rootcheck',
    weight: -0.5,
    reason: 'a rootkit check found something, which is often harmless',
    groups: ['rootcheck'],
  },
  {
    id: 'configuration-assessment',
    weight: -2.5,
    reason: 'a configuration check, not an event',
    groups: ['sca'],
  },
  {
    id: 'vulnerability',
    weight: -1.5,
    reason: 'a known weakness, not an event',
    groups: ['vulnerability-detector'],
  },
  {
    id: 'agent-state',
    weight: -2,
    reason: 'the state of an agent or of Wazuh itself',
    groups: ['wazuh', 'stats', 'agent', 'agent_restarting'],
  },
  {
    id: 'package-change',
    weight: -1.5,
    reason: 'a package manager at work',
    groups: ['dpkg', 'yum', 'software_installed', 'software_removed'],
  },
  {
    id: 'configuration-change',
    weight: -0.3,
    reason: 'a configuration was changed',
    groups: ['config_changed'],
  },
  {
    id: 'account-management',
    weight: 1.2,
    reason: 'accounts or groups changed',
    groups: ['adduser', 'account_changed', 'group_changed', 'win_group_changed', 'user_management'],
  },
  {
    id: 'web-attack',
    weight: 0.8,
    reason: 'the rule describes an attack on a web application',
    groups: ['attack', 'sqlinjection', 'sql_injection', 'xss', 'rfi', 'web_scan'],
  },
  {
    id: 'log-clearing',
    weight: 2.2,
    reason: 'logs were cleared',
    groups: ['logs_cleared', 'log_clearing_auditlog'],
  },
  {
    id: 'privilege-event',
    weight: -1.8,
    reason: 'Windows writes this at every logon with rights',
    groups: ['WEF'],
  },
  {
    id: 'application-event',
    weight: -1.6,
    reason: 'an application reports about itself',
    groups: ['windows_application', 'system_error', 'service_availability', 'low_diskspace', 'time_changed'],
  },
  {
    id: 'process-event',
    weight: 0.5,
    reason: 'Sysmon saw a process that a rule for attacks describes',
    groups: ['sysmon_eid1_detections', 'sysmon_process-anomalies'],
  },
  {
    id: 'script-event',
    weight: 0.2,
    reason: 'PowerShell logged a script that a rule for attacks describes',
    groups: ['powershell'],
  },
  { id: 'logon-success', weight: -1, reason: 'a successful logon', groups: ['authentication_success'] },
  {
    id: 'registry-monitoring',
    weight: -0.6,
    reason: 'monitoring of the registry reports every change, mostly ordinary ones',
    groups: ['syscheck_registry'],
  },
  {
    id: 'file-monitoring',
    weight: -0.6,
    reason: 'file monitoring reports every change, mostly ordinary ones',
    groups: ['syscheck'],
  },
]

const descriptionRows: readonly { id: string; weight: number; reason: string; pattern: RegExp }[] = [
  {
    id: 'malware-named',
    weight: 2,
    reason: 'the rule names malware, a rootkit or ransomware',
    pattern:
      /\b(?:malware (?:detected|found)|ransomware|trojan|rootkit|backdoor|webshell|coinminer|shellshock|log4(?:j|shell)|mimikatz|kerberoast\w*|dcsync|golden ticket)\b/i,
  },
  {
    id: 'ordinary-session',
    weight: -2,
    reason: 'the end of a session or of a process',
    pattern: /\b(?:logoff|session closed|logged off|session opened|disconnect|screen (?:un)?locked)\b/i,
  },
  {
    id: 'service-state',
    weight: -1.5,
    reason: 'a program or service changed its state',
    pattern:
      /\b(?:service (?:startup type|started|stopped|exited)|logged? rotated|was unavailable|agent started|software protection|system time changed|updated successfully|log (?:file )?rotat)/i,
  },
  {
    id: 'service-state',
    weight: -2,
    reason: 'a program wrote a line longer than the log takes',
    pattern: /non.standard syslog message/i,
  },
  {
    id: 'denied',
    weight: -0.8,
    reason: 'what was tried was blocked',
    pattern: /\b(?:blocked|denied|dropped packet|prevented|quarantined|rejected)\b/i,
  },
  {
    id: 'audit-cleared',
    weight: 2.5,
    reason: 'an event log was cleared',
    pattern: /(?:audit|event) log was cleared|log (?:file )?(?:was )?cleared/i,
  },
  {
    id: 'ports-changed',
    weight: -0.8,
    reason: 'a port was opened or closed, as at every start of a service',
    pattern: /listened ports status/i,
  },
  {
    id: 'audit-policy',
    weight: 1,
    reason: 'what Windows records was changed',
    pattern: /audit policy (?:was )?changed/i,
  },
  {
    id: 'account-created',
    weight: 1.2,
    reason: 'an account or its rights changed',
    pattern:
      /\b(?:user account (?:created|enabled|changed)|new user added|added to (?:the )?(?:administrators|sudo|wheel))\b/i,
  },
  {
    id: 'admin-group',
    weight: 1.2,
    reason: 'the group of administrators changed',
    pattern: /\b(?:administrators? group changed|(?:domain|enterprise|schema) admins? group changed)/i,
  },
  {
    id: 'account-locked',
    weight: -0.3,
    reason: 'an account was locked after wrong passwords, guessed or mistyped',
    pattern: /\baccount locked out\b/i,
  },
]

/** What the rule itself says: its level, its groups and its words. */
export function ruleSignals(view: AlertView): Signal[] {
  const { rule } = view.alert
  const pointer = view.alert.generation === 5 ? '/wazuh/rule/level' : '/rule/level'
  const level = view.field(pointer) ?? { pointer, text: String(rule.level) }
  const signals = [signalFrom('level', levelWeight(rule.level), `Wazuh gives it level ${rule.level}`, level)]
  const row = groupRows.find(({ groups }) => groups.some(group => view.groups.has(group)))
  if (row !== undefined && !(row.id === 'web-attack' && isPlainError(view)))
    signals.push(signalFrom(row.id, row.weight, row.reason, view.description))
  for (const { id, weight, reason, pattern } of descriptionRows) {
    const match = pattern.exec(view.description.text)
    if (match !== null)
      signals.push({ id, weight, reason, pointer: view.description.pointer, quote: match[0] })
  }
  return signals
}

/** Wazuh counts every refused request among the attacks; by itself it is a wrong address. */
function isPlainError(view: AlertView): boolean {
  return view.alert.rule.frequency === undefined && /^Web server \d00 error code/i.test(view.description.text)
}

function levelWeight(level: number): number {
  return level >= 13 ? 1 : level >= 10 ? 0.7 : level >= 7 ? 0.2 : level >= 5 ? -0.1 : -0.3
}
