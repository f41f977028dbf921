import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { wellKnownAccounts } from './formats/well-known-names.ts'

/** Fields of a Wazuh alert that name something of the organisation's own, whoever caused the alert. */
const ownFields: readonly (readonly [keyof Inventory, readonly string[]])[] = [
  [
    'hosts',
    ['/agent/name', '/manager/name', '/predecoder/hostname', '/data/win/system/computer', '/cluster/node'],
  ],
  ['addresses', ['/agent/ip']],
  ['users', ['/syscheck/uname_after', '/data/win/eventdata/user', '/data/win/eventdata/parentUser']],
]

/** Products and roles that machines are named after, and that rules and decoders are called by too. */
const products = new Set(
  'wazuh suricata snort zeek linux windows ubuntu debian centos any none manager server agent localhost node01 master syslog sysmon'.split(
    ' ',
  ),
)

/**
 * Learns the organisation's names from the Wazuh alerts (bare or as the indexer wraps them) that a text consists of,
 * one a line. Anything else teaches nothing. Names that say nothing (`root`, `Suricata`) are left out.
 */
export function learnInventory(text: string): Inventory {
  const found = new Map<keyof Inventory, Set<string>>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('{') || !line.includes('"agent"')) continue
    const document = jsonOrNothing(line) // No alert teaches nothing.
    const alert = readPointer(document, '/_source') ?? document
    for (const [list, pointers] of ownFields) {
      for (const pointer of pointers) {
        const value = readPointer(alert, pointer)
        if (typeof value === 'string' && isTelling(value))
          found.set(list, (found.get(list) ?? new Set()).add(value))
      }
    }
  }
  return { ...emptyInventory, ...Object.fromEntries([...found].map(([list, values]) => [list, [...values]])) }
}

/** Both inventories in one. */
export function joinInventories(one: Inventory, other: Inventory): Inventory {
  const join = (list: keyof Inventory) => [...new Set([...one[list], ...other[list]])]
  return {
    hosts: join('hosts'),
    users: join('users'),
    domains: join('domains'),
    addresses: join('addresses'),
    groups: join('groups'),
    terms: join('terms'),
  }
}

/** Whether a name says something of the organisation: `root`, `Suricata` and `NT AUTHORITY\\SYSTEM` do not. */
export function isTelling(value: string): boolean {
  const name = value.replace(/^.*\\/, '').toLowerCase()
  const authority = /^(?:nt |builtin\\|font driver|window manager)/i.test(value)
  return name.length > 2 && !authority && !wellKnownAccounts.has(name) && !products.has(name)
}
