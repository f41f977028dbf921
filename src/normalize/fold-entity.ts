import ipaddr from 'ipaddr.js'
import type { EntityType } from '../domain/alert.ts'

const nothing = new Set(['', '-', 'n/a', 'none', 'null', '(null)', 'unknown', '?', '::', '0.0.0.0', 'local'])

/**
 * A value as it is compared and shown: lower case, single backslashes, no trailing dot, users without their domain,
 * addresses in canonical form. `undefined` where the field says nothing (`-`, `0.0.0.0`, not an address…).
 */
export function foldEntity(type: EntityType, value: string): string | undefined {
  if (value.length > 2048) return undefined
  const text = value.trim()
  if (nothing.has(text.toLowerCase())) return undefined
  switch (type) {
    case 'address':
      return foldAddress(text)
    case 'user':
      return foldUser(text)
    case 'domain':
    case 'host':
      return text.toLowerCase().replace(/\.$/, '') || undefined
    case 'hash':
      return /^[0-9a-f]{32,128}$/i.test(text) && !/^0+$/.test(text) ? text.toLowerCase() : undefined
    case 'url':
      return text
    case 'file':
    case 'process':
    case 'registry':
      return foldPath(text)
    default:
      return text.toLowerCase()
  }
}

/** Defender writes `file:_` before a path. Windows paths arrive from Wazuh with doubled backslashes; case does not count there, and does on Unix. */
function foldPath(given: string): string {
  const path = given.replace(/^(?:container)?file:_/, '')
  if (!path.includes('\\')) return path
  return path
    .replaceAll('\\\\', '\\')
    .replaceAll('"', '')
    .toLowerCase()
    .replace(/^%{1,2}(?:systemroot|windir)%{1,2}/, 'c:\\windows')
}

/** `CORP\\alice`, `alice` and `alice(uid=0)` are one person to an analyst. */
function foldUser(user: string): string | undefined {
  const name = user.slice(user.lastIndexOf('\\') + 1).replace(/\(uid=\d+\)$/, '')
  return nothing.has(name.toLowerCase()) ? undefined : name.toLowerCase()
}

/** Microsoft 365 writes the port behind an address: `203.0.113.9:50211`, `[2001:db8::1]:443`. */
function foldAddress(given: string): string | undefined {
  const address = given
    .replace(/^\[([^\]]+)\](?::\d{1,5})?$/, '$1')
    .replace(/^((?:\d{1,3}\.){3}\d{1,3}):\d{1,5}$/, '$1')
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address)) {
    return address.split('.').every(part => Number(part) <= 255) ? address : undefined
  }
  const bare = address.replace(/%.*$/, '')
  if (!bare.includes(':') || !ipaddr.IPv6.isValid(bare)) return undefined
  return ipaddr.process(bare).toString()
}
