import type { Alert } from '../domain/alert.ts'
import type { EvidenceItem } from '../domain/evidence.ts'

/** What programs put packages on a host. `unknown`: the host's system is not known. */
export type PackageManager =
  | 'apt'
  | 'dnf'
  | 'yum'
  | 'zypper'
  | 'apk'
  | 'pacman'
  | 'brew'
  | 'windows'
  | 'macos'
  | 'unknown'

/** What a host is for, where its agent groups or its id say so. */
export type HostRole = 'wazuh-manager' | 'domain-controller' | 'database' | 'web-server' | 'unknown'

export interface HostProfile {
  /** As the agent reports it: `Ubuntu 24.04.1 LTS`. */
  readonly operatingSystem: string | undefined
  /** The one that comes with the system; single packages can come from another (snap, pip). */
  readonly packages: PackageManager
  readonly role: HostRole
}

/** What is known of the host of an alert, from the evidence about its agent. */
export function hostProfile(alert: Alert, evidence: readonly EvidenceItem[]): HostProfile {
  const facts = evidence.find(
    item => item.kind === 'agent' && item.source === `agent/${alert.agent.id}`,
  )?.facts
  const operatingSystem = textOf(facts?.operating_system)
  return {
    operatingSystem,
    packages: packageManagerOf(operatingSystem ?? ''),
    role: alert.agent.id === '000' ? 'wazuh-manager' : roleOf(textOf(facts?.groups) ?? ''),
  }
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

// First match wins: Amazon Linux 2 and CentOS 7 still have yum, their successors dnf.
const systems: readonly (readonly [RegExp, PackageManager])[] = [
  [/windows/i, 'windows'],
  [/\bmac ?os\b|darwin/i, 'macos'],
  [/ubuntu|debian|kali|mint|raspbian|pop!_os/i, 'apt'],
  [/amazon linux (?:ami|2(?!\d))|(?:centos|red hat|oracle|scientific)\D*[67]\b/i, 'yum'],
  [/red hat|rhel|centos|rocky|alma|oracle|fedora|amazon linux/i, 'dnf'],
  [/suse/i, 'zypper'],
  [/alpine/i, 'apk'],
  [/\barch\b|manjaro/i, 'pacman'],
]

function packageManagerOf(operatingSystem: string): PackageManager {
  return systems.find(([pattern]) => pattern.test(operatingSystem))?.[1] ?? 'unknown'
}

const roles: readonly (readonly [RegExp, HostRole])[] = [
  [/domain.?controllers?|\bdcs?\b/i, 'domain-controller'],
  [/database|mysql|mariadb|postgres|oracle|mssql|\bdb\b/i, 'database'],
  [/web.?servers?|\bweb\b|nginx|apache/i, 'web-server'],
]

function roleOf(groups: string): HostRole {
  return roles.find(([pattern]) => pattern.test(groups))?.[1] ?? 'unknown'
}
