/** Alerts of Wazuh 4.x as a manager would write them, invented for the console's tests. Times are near `now`. */
export interface AlertOptions {
  readonly id: string
  readonly atMs: number
  readonly ruleId: string
  readonly level: number
  readonly description: string
  readonly agent: string
  readonly fullLog: string
  readonly location?: string
  readonly groups?: readonly string[]
  readonly mitre?: { id: string[]; tactic: string[]; technique: string[] }
  readonly data?: Record<string, unknown>
  readonly syscheck?: Record<string, unknown>
}

/** One line of alerts.json. */
export function alertLine(alert: AlertOptions): string {
  return `${JSON.stringify({
    timestamp: new Date(alert.atMs).toISOString().replace('Z', '+0000'),
    rule: {
      level: alert.level,
      description: alert.description,
      id: alert.ruleId,
      firedtimes: 1,
      mail: false,
      groups: alert.groups ?? ['syslog', 'sshd'],
      ...(alert.mitre ? { mitre: alert.mitre } : {}),
    },
    agent: agentOf(alert.agent),
    manager: { name: 'manager-01' },
    id: alert.id,
    full_log: alert.fullLog,
    decoder: { name: 'sshd' },
    ...(alert.data ? { data: alert.data } : {}),
    ...(alert.syscheck ? { syscheck: alert.syscheck } : {}),
    location: alert.location ?? '/var/log/auth.log',
  })}\n`
}

/** Each name is another machine. */
function agentOf(name: string): { id: string; name: string; ip: string } {
  const number = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 60_000, 7)
  return { id: String(number).padStart(3, '0'), name, ip: `10.20.${number >> 8}.${number & 255}` }
}

const guessing = { id: ['T1110.001'], tactic: ['Credential Access'], technique: ['Password Guessing'] }

/** A password guessed over SSH: many failures from one address, then a logon, then a changed key file. */
export function intrusion(nowMs: number, agent = 'web-07', address = '203.0.113.77'): string {
  const start = nowMs - 20 * 60_000
  const failures = Array.from({ length: 12 }, (_, index) =>
    alertLine({
      id: `${Math.floor(start / 1000)}.${1000 + index}`,
      atMs: start + index * 20_000,
      ruleId: '5712',
      level: 10,
      description: 'sshd: brute force trying to get access to the system.',
      agent,
      fullLog: `Nov 24 02:47:09 ${agent} sshd[4242]: Failed password for root from ${address} port ${50_000 + index} ssh2`,
      groups: ['syslog', 'sshd', 'authentication_failures'],
      mitre: guessing,
      data: { srcip: address, srcport: String(50_000 + index), dstuser: 'root' },
    }),
  )
  const logon = alertLine({
    id: `${Math.floor(start / 1000)}.2000`,
    atMs: start + 300_000,
    ruleId: '5715',
    level: 3,
    description: 'sshd: authentication success.',
    agent,
    fullLog: `Nov 24 02:52:09 ${agent} sshd[4242]: Accepted password for root from ${address} port 50100 ssh2`,
    groups: ['syslog', 'sshd', 'authentication_success'],
    data: { srcip: address, dstuser: 'root' },
  })
  const keyFile = alertLine({
    id: `${Math.floor(start / 1000)}.3000`,
    atMs: start + 420_000,
    ruleId: '550',
    level: 12,
    description: 'Integrity checksum changed.',
    agent,
    fullLog: "File '/root/.ssh/authorized_keys' modified",
    location: 'syscheck',
    groups: ['ossec', 'syscheck'],
    syscheck: { path: '/root/.ssh/authorized_keys', event: 'modified', uname_after: 'root' },
  })
  return [...failures, logon, keyFile].join('')
}

/** What an attacker would write to deceive the analyst or to break out of the page. */
const hostileText =
  '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> javascript:alert(1) \u202egpj.exe\u202c pay\u200bpal \u001b[31m'

/** One alert whose every free text is hostile, and one field very long. */
export function hostileAlert(nowMs: number): string {
  return alertLine({
    id: `${Math.floor(nowMs / 1000)}.6666`,
    atMs: nowMs - 60_000,
    ruleId: '31106',
    level: 13,
    description: `A web attack returned code 200 ${hostileText}`,
    agent: 'kiosk-11',
    fullLog: `${hostileText} ${'A'.repeat(20_000)}`,
    location: '/var/log/nginx/access.log',
    groups: ['web', 'attack'],
    data: { srcip: '198.51.100.66', url: `/?q=${hostileText}`, srcuser: `bob${hostileText}` },
  })
}

/** Ordinary noise: `count` alerts that have nothing to do with each other. */
export function noise(nowMs: number, count: number): string {
  return Array.from({ length: count }, (_, index) =>
    alertLine({
      id: `${Math.floor(nowMs / 1000)}.${7000 + index}`,
      atMs: nowMs - index * 45_000,
      ruleId: String(80_700 + (index % 50)),
      level: 3 + (index % 6),
      description: `Service ${index} was restarted`,
      agent: `app-${String(index).padStart(2, '0')}`,
      fullLog: `Nov 24 02:00:00 app-${index} systemd[1]: Restarted service-${index}.`,
      location: 'journald',
      groups: ['syslog'],
    }),
  ).join('')
}
