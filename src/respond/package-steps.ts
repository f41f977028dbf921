import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { HostProfile, HostRole, PackageManager } from './host-profile.ts'

/** How to close a known weakness of one package on one host, by hand. */
export interface PackageStep {
  readonly text: string
  readonly why: string
  readonly risk: string
  readonly undo: string
  /** What the evidence to cite names. */
  readonly value: string
}

/** The way a package came onto a host, as Wazuh's inventory names it; absent where the alert does not say. */
type Installer = PackageManager | 'snap' | 'pip' | 'npm'

interface Commands {
  readonly update: (name: string) => string
  readonly undo: (name: string, version: string | undefined) => string
}

const earlier = (version: string | undefined) => version ?? 'EARLIER-VERSION'

const commands: Readonly<Partial<Record<Installer, Commands>>> = {
  apt: {
    update: name => `apt-get update && apt-get install --only-upgrade ${name}`,
    undo: (name, version) => `apt-get install ${name}=${earlier(version)}`,
  },
  dnf: { update: name => `dnf upgrade ${name}`, undo: () => 'dnf history undo last' },
  yum: { update: name => `yum update ${name}`, undo: () => 'yum history undo last' },
  zypper: {
    update: name => `zypper update ${name}`,
    undo: (name, version) => `zypper install --oldpackage ${name}=${earlier(version)}`,
  },
  apk: {
    update: name => `apk update && apk upgrade ${name}`,
    undo: (name, version) => `apk add ${name}=${earlier(version)}`,
  },
  // Single packages cannot be updated there without the rest.
  pacman: { update: () => 'pacman -Syu', undo: name => `pacman -U on ${name} of the package cache` },
  snap: { update: name => `snap refresh ${name}`, undo: name => `snap revert ${name}` },
  brew: { update: name => `brew upgrade ${name}`, undo: name => `install the earlier version of ${name}` },
  pip: {
    update: name => `pip install --upgrade ${name}, in the environment that has it`,
    undo: (name, version) => `pip install ${name}==${earlier(version)}`,
  },
  npm: {
    update: name => `npm update ${name}, in the project that has it`,
    undo: (name, version) => `npm install ${name}@${earlier(version)}`,
  },
}

/** Formats of Wazuh's inventory, by what installs them. `rpm` is installed by whatever the system has. */
const installers: Readonly<Record<string, Installer>> = {
  deb: 'apt',
  pacman: 'pacman',
  apk: 'apk',
  snap: 'snap',
  pypi: 'pip',
  npm: 'npm',
  brew: 'brew',
  macports: 'macos',
  pkg: 'macos',
  win: 'windows',
}
const rpmInstallers: readonly Installer[] = ['dnf', 'yum', 'zypper']

/** What an update costs a host of that role. */
const roleRisks: Readonly<Record<HostRole, string>> = {
  'wazuh-manager':
    'This is the Wazuh manager: while its services restart, no alert is raised. Follow its own upgrade guide for its packages.',
  'domain-controller': 'A domain controller: one after the other, and only while replication is healthy.',
  database: 'A database server: take a backup first, and announce the restart.',
  'web-server': 'A web server: what it serves is away while it restarts.',
  unknown: 'What uses it has to be restarted.',
}

/**
 * The step for an alert of Wazuh's vulnerability detector, fitted to how the package was installed and to what the host
 * is: a snap is refreshed, not upgraded by apt, and nothing of the kind is told to Windows. `undefined` for other alerts
 * and for weaknesses that are closed already.
 */
export function packageStep(alert: Alert, profile: HostProfile): PackageStep | undefined {
  const at = (path: string) => {
    const value = readPointer(alert.document, path)
    return typeof value === 'string' ? value : undefined
  }
  const name = at('/data/vulnerability/package/name') ?? at('/package/name')
  const cve = at('/data/vulnerability/cve') ?? at('/vulnerability/id')
  if (name === undefined || cve === undefined || /solved/i.test(at('/data/vulnerability/status') ?? ''))
    return undefined
  const version = at('/data/vulnerability/package/version') ?? at('/package/version')
  const format =
    at('/data/vulnerability/package/format') ?? at('/data/vulnerability/package/type') ?? at('/package/type')
  // Both come from the host that may be the attacker's: neither goes into a command that somebody will paste.
  const safe = isPackageName(name) && (version === undefined || isPackageVersion(version))
  const known = safe ? commands[installerOf(format, profile.packages) ?? 'unknown'] : undefined
  const host = alert.agent.name
  return {
    text: `Update ${name} on ${host}${known ? `: ${known.update(name)}` : howElse(name, safe, format, profile)}`,
    why: `${cve} is open in ${name}${version === undefined ? '' : ` ${version}`}.`,
    risk: roleRisks[profile.role],
    undo: known === undefined ? 'Install the earlier version again.' : `${known.undo(name, version)}.`,
    value: cve,
  }
}

/** `undefined`: neither the package nor the system says so without doubt. */
function installerOf(format: string | undefined, system: PackageManager): Installer | undefined {
  if (format === undefined) return undefined
  const named = format.toLowerCase()
  if (named === 'rpm') return rpmInstallers.includes(system) ? system : undefined
  return installers[named]
}

function howElse(name: string, safe: boolean, format: string | undefined, { packages }: HostProfile): string {
  if (packages === 'windows' || format === 'win')
    return ', from its vendor or through your software distribution.'
  if (packages === 'macos') return ', from its vendor, or with softwareupdate where it is part of the system.'
  const native = commands[packages]
  if (!safe || native === undefined || format !== undefined)
    return ', with what installed it: the alert does not say what that is.'
  const snap = packages === 'apt' ? `, or snap refresh ${name} if it is a snap (snap list ${name})` : ''
  return `, with what installed it: ${native.update(name)}${snap}.`
}

const isPackageName = (name: string) => /^@?[A-Za-z0-9][A-Za-z0-9+._:/-]{0,127}$/.test(name)
const isPackageVersion = (version: string) => /^[A-Za-z0-9][A-Za-z0-9+.:~_-]{0,127}$/.test(version)
