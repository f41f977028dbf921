import type { Random } from './random.ts'

/** Things to write evidence about. Made up; addresses are of the documentation and private ranges. */
export interface World {
  readonly attacker: string
  readonly otherAttacker: string
  readonly victimAddress: string
  readonly host: string
  readonly otherHost: string
  readonly user: string
  readonly otherUser: string
  readonly count: number
  readonly port: number
  readonly sourcePort: number
  readonly level: number
  readonly ruleId: number
  readonly agentId: string
  readonly pid: number
  readonly start: Date
  readonly end: Date
  readonly minutes: number
  readonly sha256: string
  readonly md5: string
  readonly cve: string
  readonly domain: string
  readonly percent: number
  readonly bytes: number
}

const users = ['alice', 'bob', 'jdoe', 'm.garcia', 'svc_backup', 'administrator', 'root', 'deploy', 'k.tanaka', 'postgres', 'oracle', 'mark', 'guest', 'ann-lee', 'webadmin', 'p.novak', 'jenkins', 'CORP\\hwright', 'tomcat7', 'ubuntu'] // biome-ignore format: a list
const hosts = ['web-01', 'db02', 'WS-FINANCE-7', 'dc1.corp.example', 'mail.example.org', 'srv-build', 'LAPTOP-9F3K2', 'fileserver', 'bastion', 'app3.prod.example.net', 'WIN-SRV2019', 'nas04'] // biome-ignore format: a list
const domains = ['login-portal.example', 'cdn.badhost.example.com', 'update-check.example.net', 'files.evil-share.example'] // biome-ignore format: a list

export function makeWorld(random: Random): World {
  const [user = 'alice', otherUser = 'bob'] = random.some(users, 2)
  const [host = 'web-01', otherHost = 'db02'] = random.some(hosts, 2)
  const hex = (length: number) => Array.from({ length }, () => random.below(16).toString(16)).join('')
  const start = new Date(
    Date.UTC(
      2026,
      random.below(12),
      1 + random.below(28),
      random.below(24),
      random.below(60),
      random.below(60),
    ),
  )
  const minutes = 2 + random.below(50)
  const address = (base: string) => `${base}.${2 + random.below(250)}`
  const [attackerNet = '203.0.113', otherNet = '198.51.100'] = random.some(
    ['203.0.113', '198.51.100', '192.0.2', '45.83.64'],
    2,
  )
  const count = 3 + random.below(200)
  return {
    attacker: address(attackerNet),
    otherAttacker: address(otherNet),
    victimAddress: address(random.pick(['10.0.4', '192.168.20', '172.16.9'])),
    host,
    otherHost,
    user,
    otherUser,
    count,
    port: random.pick([22, 80, 443, 445, 3389, 8080, 5985, 21, 25]),
    sourcePort: 40_000 + random.below(20_000),
    level: 3 + random.below(13),
    ruleId: 5000 + random.below(90_000),
    agentId: String(1 + random.below(300)).padStart(3, '0'),
    pid: 1000 + random.below(30_000),
    start,
    end: new Date(start.getTime() + minutes * 60_000),
    minutes,
    sha256: hex(64),
    md5: hex(32),
    cve: `CVE-20${18 + random.below(8)}-${1000 + random.below(48_000)}`,
    domain: random.pick(domains),
    percent: 11 + random.below(80),
    bytes: 1_000_000 + random.below(9_000_000),
  }
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] // biome-ignore format: a list
const two = (value: number) => String(value).padStart(2, '0')

export const clockOf = (date: Date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
export const clockWithSeconds = (date: Date) => `${clockOf(date)}:${two(date.getUTCSeconds())}`
export const dateInWords = (date: Date) =>
  `${date.getUTCDate()} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()}`
export const dateAmerican = (date: Date) =>
  `${monthNames[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
export const syslogTime = (date: Date) =>
  `${monthNames[date.getUTCMonth()]?.slice(0, 3)} ${String(date.getUTCDate()).padStart(2, ' ')} ${clockWithSeconds(date)}`

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'] // biome-ignore format: a list
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

/** A number in words, up to 99; above, in digits. */
export function inWords(value: number): string {
  if (value < 20) return words[value] ?? String(value)
  if (value > 99) return String(value)
  const rest = value % 10
  return `${tens[Math.floor(value / 10)]}${rest === 0 ? '' : `-${words[rest]}`}`
}

/** Severity bands of the Wazuh dashboard. */
export function bandOf(level: number): 'low' | 'medium' | 'high' | 'critical' {
  return level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : 'low'
}
