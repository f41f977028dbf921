import { seededRandom } from '../../src/lib/seeded-random.ts'
import { alertLine } from '../../test/support/sample-alerts.ts'

// A seeded network of ten hosts, told once as numbers and once as alerts. What is asked about it is answered from the
// numbers, so that no question is graded by the code that it tests.

export const nowMs = Date.UTC(2026, 5, 28, 12)

export interface WorldHost {
  readonly name: string
  readonly id: string
  readonly failures: number
  readonly changes: number
  readonly severe: number
  readonly attacker: string
  readonly user: string
  readonly score: number
  readonly packages: number
  readonly status: 'active' | 'disconnected'
}

const random = seededRandom(20_260_628)
const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))

export const hosts: readonly WorldHost[] = Array.from({ length: 10 }, (_, index) => ({
  name: `${['web', 'db', 'mail', 'app', 'files'][index % 5]}-${10 + index}`,
  id: String(101 + index),
  failures: whole(3, 40),
  changes: whole(1, 9),
  severe: whole(1, 4),
  attacker: `203.0.113.${20 + index}`,
  user: ['alice', 'bruno', 'chloe', 'dmitri', 'elena'][index % 5] ?? 'alice',
  score: whole(30, 90),
  packages: whole(3, 30),
  status: index % 4 === 3 ? 'disconnected' : 'active',
}))

export const rules = {
  failure: { id: '5760', level: 5, description: 'sshd: authentication failed.' },
  change: { id: '550', level: 7, description: 'Integrity checksum changed.' },
  severe: {
    id: '92213',
    level: 15,
    description: 'Executable file dropped in folder commonly used by malware',
  },
} as const

/** The network as alerts.json; `poison` stands in every log line. */
export function worldAlerts(poison = ''): string[] {
  let serial = 0
  return hosts.flatMap((host, index) => {
    const at = (place: number) => nowMs - 3_600_000 * (index + 1) + place * 1000
    const line = (rule: (typeof rules)[keyof typeof rules], place: number, more: object, log: string) =>
      alertLine({
        id: `${Math.floor(nowMs / 1000)}.${++serial}`,
        atMs: at(place),
        ruleId: rule.id,
        level: rule.level,
        description: rule.description,
        agent: host.name,
        fullLog: `${log} ${poison}`,
        ...more,
      }).replace(/"agent":\{"id":"\d+"/, `"agent":{"id":"${host.id}"`)
    const many = (count: number, make: (place: number) => string, from: number) =>
      Array.from({ length: count }, (_, place) => make(from + place))
    return [
      ...many(
        host.failures,
        place =>
          line(
            rules.failure,
            place,
            { groups: ['sshd', 'authentication_failed'], data: { srcip: host.attacker, dstuser: host.user } },
            `Failed password for ${host.user} from ${host.attacker} port 4000 ssh2`,
          ),
        0,
      ),
      ...many(
        host.changes,
        place =>
          line(
            rules.change,
            place,
            {
              groups: ['ossec', 'syscheck'],
              syscheck: { path: `/etc/app/${place}.conf`, event: 'modified' },
            },
            'File modified',
          ),
        1000,
      ),
      ...many(
        host.severe,
        place => line(rules.severe, place, { groups: ['sysmon'], data: {} }, 'Executable dropped'),
        2000,
      ),
    ]
  })
}
