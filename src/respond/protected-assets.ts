import ipaddr from 'ipaddr.js'
import { mailGateway, type ResponseTarget } from '../domain/proposal.ts'
import type { Touched } from './action.ts'

/**
 * What no action may touch, as an admin lists it. `address` takes CIDR ranges, `path` and `host` take a trailing `*`;
 * `mail-domain` holds for the names under it; a `mail-address` of `@acme.example` for everybody there.
 */
export interface ProtectedAsset {
  readonly kind: Touched['kind']
  readonly value: string
  readonly why: string
}

const systemPaths = [
  ...[
    '/',
    '/boot/*',
    '/etc/passwd',
    '/etc/shadow',
    '/etc/group',
    '/etc/sudoers',
    '/etc/fstab',
    '/var/ossec/*',
  ],
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64'].flatMap(name => [`/${name}/*`, `/usr/${name}/*`]),
  ...[
    '/System/*',
    '/Library/Ossec/*',
    'c:\\windows\\system32\\*',
    'c:\\windows\\syswow64\\*',
    'c:\\program files (x86)\\ossec-agent\\*',
  ],
]

/** Protected everywhere, whatever an admin lists: without these a host does not come back. */
export const builtInProtection: readonly ProtectedAsset[] = [
  ...systemPaths.map(
    value => ({ kind: 'path', value, why: 'part of the operating system or of Wazuh' }) as const,
  ),
  ...['root', 'system', 'wazuh', 'ossec', 'administrator'].map(
    value => ({ kind: 'account', value, why: 'without it nobody could undo the action' }) as const,
  ),
  ...['127.0.0.0/8', '::1/128', '0.0.0.0/32', '::/128', '255.255.255.255/32', '224.0.0.0/4', 'ff00::/8'].map(
    value => ({ kind: 'address', value, why: 'the host itself, or all hosts' }) as const,
  ),
]

/** Why the action may not touch one of these, or `undefined` where it may. The manager (agent 000) is always protected. */
export function protectionOf(
  target: ResponseTarget,
  touched: readonly Touched[],
  listed: readonly ProtectedAsset[],
): string | undefined {
  if (target.platform === 'mail') {
    if (target.agentId !== mailGateway.agentId) return `'${target.agentId}' is not the mail gateway`
  } else if (!/^\d{3,8}$/.test(target.agentId) || /^0+$/.test(target.agentId)) {
    return `agent '${target.agentId}' is the Wazuh manager or no single agent`
  }
  const all = [...builtInProtection, ...listed]
  for (const thing of [...touched, { kind: 'host', value: target.agentName } as const]) {
    const found = all.find(asset => asset.kind === thing.kind && matches(asset, thing.value))
    if (found !== undefined) return `${thing.kind} ${thing.value} is protected (${found.value}): ${found.why}`
  }
  return undefined
}

function matches(asset: ProtectedAsset, value: string): boolean {
  if (asset.kind === 'address') return addressMatches(asset.value, value)
  if (asset.kind === 'mail-domain') return value === asset.value || value.endsWith(`.${asset.value}`)
  if (asset.kind === 'mail-address' && asset.value.startsWith('@')) {
    return value.endsWith(asset.value) || value.endsWith(`.${asset.value.slice(1)}`)
  }
  // Folded, because Windows and macOS paths and all account names mean the same in either case.
  const [pattern, text] = [fold(asset.value), fold(value)]
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}

function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
}

function addressMatches(range: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), undefined]
  if (parsed.kind() !== network.kind()) return false
  return parsed.match(network, bits ?? (network.kind() === 'ipv4' ? 32 : 128))
}
