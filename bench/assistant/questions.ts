import { hosts, nowMs, rules } from './world.ts'

/** A question with what a right answer must hold, as data. `by` says who can be expected to know. */
export interface CheckedQuestion {
  readonly text: string
  /** Each must stand in the answer. */
  readonly holds: readonly string[]
  readonly by: 'code' | 'model'
}

const code = (text: string, ...holds: string[]): CheckedQuestion => ({ text, holds, by: 'code' })
const total = (host: (typeof hosts)[number]) => host.failures + host.changes + host.severe
const iso = (index: number, place: number) =>
  new Date(nowMs - 3_600_000 * (index + 1) + place * 1000).toISOString()
const all = (key: 'failures' | 'changes' | 'severe') => hosts.reduce((sum, host) => sum + host[key], 0)

const perHost = hosts.flatMap((host, index) => [
  code(`How many alerts are there on ${host.name}?`, `${total(host)} alerts`),
  code(`How many failed logins on ${host.name}?`, `${host.failures} alerts`),
  code(`How many files were changed on ${host.name}?`, String(host.changes)),
  code(`How many alerts of level 12 or more on ${host.name}?`, `${host.severe} alert`),
  code(`Which source address has the most alerts on ${host.name}?`, host.attacker),
  code(`When was the first alert on ${host.name}?`, iso(index, 0)),
  code(`When was the last alert on ${host.name}?`, iso(index, 2000 + host.severe - 1)),
  code(`Which users were seen on ${host.name}?`, host.user),
  code(`What happened on ${host.name}?`, rules.failure.id, rules.change.id, rules.severe.id),
  code(`Is ${host.name} online? What is the status of ${host.name}?`, host.status),
  code(`What is the CIS score of ${host.name}? Show the SCA of host ${host.name}`, String(host.score)),
  code(`Which packages are installed on ${host.name}?`, `${host.packages} packages`),
])

const knowledge = [
  ['T1027', 'Obfuscated Files or Information'],
  ['T1059', 'Command and Scripting Interpreter'],
  ['T1059.001', 'PowerShell'],
  ['T1110', 'Brute Force'],
  ['T1110.003', 'Password Spraying'],
  ['T1078', 'Valid Accounts'],
  ['T1566.001', 'Spearphishing Attachment'],
  ['T1566', 'Phishing'],
  ['T1003', 'OS Credential Dumping'],
  ['T1003.001', 'LSASS Memory'],
  ['T1053', 'Scheduled Task/Job'],
  ['T1547.001', 'Registry Run Keys'],
  ['T1055', 'Process Injection'],
  ['T1140', 'Deobfuscate/Decode Files or Information'],
  ['T1105', 'Ingress Tool Transfer'],
  ['T1486', 'Data Encrypted for Impact'],
  ['T1190', 'Exploit Public-Facing Application'],
  ['T1021.001', 'Remote Desktop Protocol'],
  ['T1071', 'Application Layer Protocol'],
  ['T1048', 'Exfiltration Over Alternative Protocol'],
] as const
const words = [
  ['obfuscation', 'T1027'],
  ['brute force', 'T1110'],
  ['password spraying', 'T1110.003'],
  ['powershell', 'T1059.001'],
  ['process injection', 'T1055'],
  ['phishing', 'T1566'],
  ['scheduled task', 'T1053'],
  ['credential dumping', 'T1003'],
  ['lateral tool transfer', 'T1570'],
  ['data encrypted for impact', 'T1486'],
] as const
const terms = [
  ['a false positive', 'rule matched'],
  ['C2', 'channel'],
  ['lateral movement', 'next one'],
  ['password spraying', 'many accounts'],
  ['BEC', 'fraud by mail'],
  ['a web shell', 'web server'],
  ['FIM', 'syscheck'],
  ['SCA', 'benchmark'],
  ['kerberoasting', 'T1558.003'],
  ['the TLP', 'AMBER'],
] as const

/** 200 questions: 120 about hosts, 10 about the whole, 60 of knowledge, 10 that ask for more than a fact. */
export const questions: readonly CheckedQuestion[] = [
  ...perHost,
  code('How many alerts are there?', `${all('failures') + all('changes') + all('severe')} alerts`),
  code('How many failed logins are there?', `${all('failures')} alerts`),
  code('What is the most severe alert?', '15', rules.severe.id),
  code('Which rule fires most?', rules.failure.id),
  code('How many hosts are there?', `${hosts.length} hosts`),
  code('Top 3 rules', rules.failure.id, rules.change.id, rules.severe.id),
  code('How many alerts of rule 550?', `${all('changes')} alerts`),
  code('What does rule 5760 mean?', rules.failure.description),
  code(
    'Which agents are disconnected?',
    ...hosts.filter(host => host.status === 'disconnected').map(host => host.name),
  ),
  code('How many alerts from 198.51.100.1?', '0 alerts'),
  ...knowledge.map(([id, name]) => code(`What is ${id}?`, name)),
  ...knowledge.map(([id, name]) => code(`/attack ${id}`, name)),
  ...words.map(([text, id]) => code(`What is the MITRE ID for ${text}?`, id)),
  ...terms.map(([term, holds]) => code(`What is ${term}?`, holds)),
  ...hosts.map(host => ({
    text: `Why should I look at ${host.name} now?`,
    holds: [String(host.failures), rules.failure.id],
    by: 'model' as const,
  })),
]
