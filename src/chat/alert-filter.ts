import type { Alert } from '../domain/alert.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { ChatData, Question } from './answer.ts'
import { readTimeWindow } from './time-window.ts'

/** Which alerts a question is about, with each condition in words. */
export interface AlertFilter {
  readonly matches: (alert: Alert) => boolean
  /** `host web-01`, `failed log-ons`, `level 7 or more`: for the answer and the tool call. */
  readonly conditions: Readonly<Record<string, string>>
  /** The same conditions as OpenSearch filters over Wazuh's alert indices. */
  readonly clauses: readonly Json[]
}

interface Concept {
  readonly name: string
  readonly words: RegExp
  /** The rule groups that say it in an index; `test` may know more. */
  readonly groups: readonly string[]
  readonly test: (alert: Alert) => boolean
}

const inGroup =
  (...names: string[]) =>
  (alert: Alert) =>
    alert.rule.groups.some(group => names.includes(group))
const described = (pattern: RegExp) => (alert: Alert) => pattern.test(alert.rule.description)

/** What analysts call kinds of alerts, and how Wazuh's groups and descriptions say it. */
const concepts: readonly Concept[] = [
  {
    name: 'failed log-ons',
    groups: [
      'authentication_failed',
      'authentication_failures',
      'win_authentication_failed',
      'invalid_login',
    ],
    words:
      /\b(fail(ed|ure|ures|ing)?|invalid|wrong|bad|unsuccessful|incorrect)\b.{0,25}\b(log[- ]?(i|o)ns?|logins?|auth\w*|passwords?|sign[- ]?ins?)\b|\b(log[- ]?(i|o)n|login|auth\w*|password|sign[- ]?in)s?\b.{0,20}\b(fail\w*|attempts?|errors?)\b|\bbrute[- ]?forc\w*/,
    test: alert =>
      inGroup(
        'authentication_failed',
        'authentication_failures',
        'win_authentication_failed',
        'invalid_login',
      )(alert) ||
      described(/authentication fail|login fail|failed (login|password)|logon failure|brute force/i)(alert),
  },
  {
    name: 'successful log-ons',
    groups: ['authentication_success'],
    words:
      /\bsuccess\w*\b.{0,25}\b(log[- ]?(i|o)ns?|logins?|auth\w*|sign[- ]?ins?)\b|\b(log[- ]?(i|o)n|login)s?\b.{0,20}\bsuccess\w*|\blogged (in|on)\b|\bsigned in\b/,
    test: alert =>
      inGroup('authentication_success')(alert) ||
      described(/logon success|login session opened|authentication success/i)(alert),
  },
  {
    name: 'file changes',
    groups: ['syscheck'],
    words:
      /\b(fim|syscheck|file integrity|integrity monitoring)\b|\bfiles?\b.{0,30}\b(chang\w*|modif\w*|added|created|deleted|removed|dropped|written)\b|\b(chang\w*|modif\w*|added|created|deleted|removed|dropped)\b.{0,12}\bfiles?\b/,
    test: alert => inGroup('syscheck')(alert) || alert.document.syscheck !== undefined,
  },
  {
    name: 'vulnerabilities',
    groups: ['vulnerability-detector'],
    words: /\b(vulnerab\w*|cves?)\b/,
    test: alert => inGroup('vulnerability-detector')(alert),
  },
  {
    name: 'configuration checks (SCA)',
    groups: ['sca'],
    words: /\b(sca|cis benchmark|configuration (assessment|check)s?|compliance check)\b/,
    test: inGroup('sca'),
  },
  {
    name: 'malware',
    groups: ['virustotal', 'yara', 'malware', 'rootcheck', 'clamd', 'windows_defender'],
    words: /\b(malware|virus(es)?|trojan\w*|ransomware|yara|virustotal|eicar)\b/,
    test: alert =>
      inGroup('virustotal', 'yara', 'malware', 'rootcheck', 'clamd', 'windows_defender')(alert) ||
      described(/malware|virus|trojan|ransom|yara|eicar/i)(alert),
  },
  {
    name: 'web attacks',
    groups: ['web_attack', 'attack', 'sql_injection', 'web_scan'],
    words: /\b(web (attacks?|exploit\w*|scans?)|sql injection|sqli|xss|path traversal|web ?shells?)\b/,
    test: alert =>
      inGroup('web_attack', 'attack', 'sql_injection', 'web_scan')(alert) ||
      described(/sql injection|xss|web attack|shellshock|path traversal|web ?shell/i)(alert),
  },
  {
    name: 'PowerShell',
    groups: ['powershell'],
    words: /\bpowershell\b/,
    test: alert => inGroup('powershell')(alert) || /powershell/i.test(alert.raw),
  },
  { name: 'sudo', groups: ['sudo'], words: /\bsudo\b/, test: inGroup('sudo') },
  {
    name: 'SSH',
    groups: ['sshd'],
    words: /\b(ssh|sshd)\b/,
    test: alert => inGroup('sshd')(alert) || alert.decoder === 'sshd',
  },
  {
    name: 'intrusion detection (Suricata)',
    groups: ['suricata', 'ids'],
    words: /\b(suricata|ids|snort)\b/,
    test: inGroup('suricata', 'ids'),
  },
  {
    name: 'Sysmon events',
    groups: ['sysmon'],
    words: /\bsysmon\b/,
    test: alert => alert.rule.groups.some(group => group.startsWith('sysmon')),
  },
  {
    name: 'account changes',
    groups: ['adduser', 'account_changed', 'win_account_changed'],
    words:
      /\b(accounts?|users?)\b.{0,15}\b(created|added|deleted|changed|disabled|enabled)\b|\b(new|created|added)\b.{0,8}\b(accounts?|users?)\b/,
    test: alert =>
      inGroup('adduser', 'account_changed', 'win_account_changed')(alert) ||
      described(/new user|user (account )?(was )?(created|added|deleted)|group (was )?changed/i)(alert),
  },
]

/** Reads the conditions of a question: values that are in the data, kinds of alerts, levels, rule ids, times. */
export function readAlertFilter(question: Question, data: ChatData): AlertFilter {
  const tests: ((alert: Alert) => boolean)[] = []
  const conditions: Record<string, string> = {}
  const clauses: Json[] = []
  const add: Add = (name, value, clause, test) => {
    conditions[name] = value
    clauses.push(clause)
    tests.push(test)
  }
  const { folded } = question
  const ruleId = /\brules?\s+(?:id\s+)?#?(\d{1,6})\b/.exec(folded)?.[1]
  if (ruleId !== undefined)
    add('rule', ruleId, { term: { 'rule.id': ruleId } }, alert => alert.rule.id === ruleId)
  readLevel(folded, add)
  const technique = /\bt\d{4}(?:\.\d{3})?\b/.exec(folded)?.[0].toUpperCase()
  if (technique !== undefined) {
    const clause = { prefix: { 'rule.mitre.id': technique } }
    add('technique', technique, clause, alert =>
      alert.rule.mitre.ids.some(id => id === technique || id.startsWith(`${technique}.`)),
    )
  }
  readValues(question, data, add)
  const concept = concepts.find(candidate => candidate.words.test(folded))
  // A question that names a rule says already what it is about.
  if (concept !== undefined && ruleId === undefined)
    add('about', concept.name, { terms: { 'rule.groups': [...concept.groups] } }, concept.test)
  const window = readTimeWindow(folded, data.nowMs, data.alerts.at(-1)?.timestampMs)
  if (window !== undefined)
    add(
      'time',
      window.words,
      { range: { timestamp: rangeOf(window) } },
      alert => alert.timestampMs >= window.fromMs && alert.timestampMs < window.untilMs,
    )
  return { matches: alert => tests.every(test => test(alert)), conditions, clauses }
}

type Add = (name: string, value: string, clause: Json, test: (alert: Alert) => boolean) => void

function readLevel(folded: string, add: Add): void {
  const band =
    /\b(critical|high)[- ](?:severity|level)?\s*(?:alerts?|events?)\b|\bseverity (critical|high)\b/.exec(
      folded,
    )
  const exact = /\blevel\s+(?:is\s+|of\s+)?(\d{1,2})\b(?!\s*(?:or|and|\+))/.exec(folded)
  const least =
    /\blevel\s*(?:>=|≥|at least|is at least|of at least|above or equal to)\s*(\d{1,2})\b|\blevel\s+(\d{1,2})\s*(?:\+|or (?:more|higher|above|greater)|and (?:above|higher|up))/.exec(
      folded,
    )
  const above =
    /\blevel\s*(?:>|above|over|higher than|greater than|more than)\s*(\d{1,2})\b|\b(?:above|over)\s+level\s+(\d{1,2})\b/.exec(
      folded,
    )
  if (least !== null) {
    const level = Number(least[1] ?? least[2])
    add(
      'level',
      `${level} or more`,
      { range: { 'rule.level': { gte: level } } },
      alert => alert.rule.level >= level,
    )
  } else if (above !== null) {
    const level = Number(above[1] ?? above[2])
    add(
      'level',
      `above ${level}`,
      { range: { 'rule.level': { gt: level } } },
      alert => alert.rule.level > level,
    )
  } else if (exact !== null) {
    const level = Number(exact[1])
    add('level', String(level), { term: { 'rule.level': level } }, alert => alert.rule.level === level)
  } else if (band !== null) {
    const level = (band[1] ?? band[2]) === 'critical' ? 15 : 12
    add(
      'level',
      `${level} or more`,
      { range: { 'rule.level': { gte: level } } },
      alert => alert.rule.level >= level,
    )
  }
}

/** Hosts, users, addresses, files and the like that the question names and the data knows. The longest name wins. */
function readValues(question: Question, data: ChatData, add: Add): void {
  const text = question.text.toLowerCase()
  const hosts = new Set(data.alerts.map(alert => alert.agent.name.toLowerCase()))
  const host = longestIn(hosts, text)
  if (host !== undefined)
    add('host', host, folded('agent.name', host), alert => alert.agent.name.toLowerCase() === host)
  const agentId = /\bagent\s+(?:id\s+)?(\d{3,})\b/.exec(text)?.[1]
  if (agentId !== undefined)
    add('agent', agentId, { term: { 'agent.id': agentId } }, alert => alert.agent.id === agentId)
  const values = new Set(
    data.alerts.flatMap(alert =>
      alert.entities
        .filter(entity => entity.value.length > 2 && entity.value !== host)
        .map(entity => entity.value),
    ),
  )
  const value = longestIn(values, host === undefined ? text : text.replaceAll(host, ' '))
  if (value !== undefined)
    add('value', value, anywhere(value), alert => alert.entities.some(entity => entity.value === value))
  const missing = value === undefined ? namedIn(text, unmistakable) : undefined
  if (missing !== undefined)
    add('value', missing, anywhere(missing), alert => alert.raw.toLowerCase().includes(missing))
  const otherHost = host === undefined && agentId === undefined ? namedIn(text, [hostName]) : undefined
  // `ubuntu-22` after `on` may be something else that the data knows.
  if (otherHost !== undefined && otherHost !== value)
    add('host', otherHost, folded('agent.name', otherHost), alert => alert.agent.name === otherHost)
}

/** What can be nothing but a value. One that is not in the data must find nothing: without it, it would find everything. */
const unmistakable = [
  /\b(\d{1,3}(?:\.\d{1,3}){3})\b/,
  /\b(cve-\d{4}-\d{4,})\b/,
  /\b((?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}))\b/,
  /\b(?:by|of|for|from|as)\s+(?:the\s+)?(?:user|account)\s+([a-z][\w.-]*\w)/,
]
const hostName =
  /\b(?:on|host|agent|server|machine|endpoint)\s+(?:the\s+)?(?:host\s+|agent\s+|server\s+|machine\s+)?(?!t\d{4}|cve-|rule|level)([a-z][a-z0-9-]*\d[\w.-]*)/

function namedIn(text: string, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const name = pattern.exec(text)?.[1]?.replace(/[.-]+$/, '')
    if (name !== undefined) return name
  }
  return undefined
}

function longestIn(values: ReadonlySet<string>, text: string): string | undefined {
  let longest: string | undefined
  for (const value of values) {
    if (longest !== undefined && value.length <= longest.length) continue
    if (standsIn(value.toLowerCase(), text)) longest = value
  }
  return longest
}

/** Whether a value stands in the text as a whole: `srv1` is not in `srv10`. */
function standsIn(value: string, text: string): boolean {
  // An alert without an agent has an empty name, which would be found at the end for ever.
  if (value === '') return false
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text.slice(at + value.length)]
    // A dot or dash that ends the sentence does not make the name a longer one.
    if (!/[\w.-]/.test(before) && !/^(?:\w|[.-]\w)/.test(after)) return true
  }
  return false
}

/** The conditions in words: `on host web-01, failed log-ons`. Empty when there are none. */
export function conditionWords(filter: AlertFilter): string {
  const words = Object.entries(filter.conditions).map(([name, value]) =>
    name === 'about' || name === 'value' ? value : `${name} ${value}`,
  )
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}

/** Keyword fields keep the case of what they hold; questions do not. */
const folded = (field: string, value: string): Json => ({
  term: { [field]: { value, case_insensitive: true } },
})

/** Where Wazuh's decoders put what an alert is about; the log line where none of them did. */
const valueFields = [
  'data.srcip',
  'data.dstip',
  'data.srcuser',
  'data.dstuser',
  'data.win.eventdata.targetUserName',
  'data.win.eventdata.ipAddress',
  'data.url',
  'data.hostname',
  'syscheck.path',
  'syscheck.sha256_after',
  'data.vulnerability.cve',
]

function anywhere(value: string): Json {
  return {
    bool: {
      should: [...valueFields.map(field => folded(field, value)), { match_phrase: { full_log: value } }],
      minimum_should_match: 1,
    },
  }
}

function rangeOf({ fromMs, untilMs }: { fromMs: number; untilMs: number }): Json {
  const iso = (ms: number) => new Date(Math.min(ms, 8.64e15)).toISOString()
  return {
    ...(fromMs > 0 ? { gte: iso(fromMs) } : {}),
    ...(untilMs < Number.MAX_SAFE_INTEGER ? { lt: iso(untilMs) } : {}),
  }
}
