import { getDomain, getPublicSuffix } from 'tldts'
import type { Inventory } from '../domain/inventory.ts'
import type { ValueClass } from '../domain/value-class.ts'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'
import { type Address, type AddressRange, addressOf, rangeOf } from './address.ts'
import { foldName } from './fold.ts'
import { type NameTrie, newTrie } from './name-trie.ts'

/** The inventory, compiled: a trie of folded names, entered only where a word starts, and sets of addresses. */
export interface NameIndex extends NameTrie {
  /** The organisation's domains, folded. */
  readonly domains: ReadonlySet<string>
  readonly addresses: ReadonlyMap<string, Address>
  readonly ranges: readonly AddressRange[]
}

/** Labels that name a service and not a machine: never taken alone from a fully qualified name. */
const serviceLabels = new Set(
  'www www2 mail mx smtp imap pop pop3 ftp sftp ns ns1 ns2 ns3 dns dns1 dns2 vpn api app apps web webmail portal login auth sso proxy gateway cdn static assets img images test dev stage staging prod demo docs wiki blog shop support help status admin root host server client localhost local internal intranet remote backup monitor git ldap ntp time update updates download files db data cache'.split(
    ' ',
  ),
)

/** Compiles an inventory. Entries too short to be told from other text are problems and are left out. */
export function nameIndex(inventory: Inventory): Parsed<NameIndex> {
  const problems: Problem[] = []
  const trie = newTrie()
  const domains = new Set<string>()
  const add = (name: string, valueClass: ValueClass, where: string): void => {
    const folded = foldName(name).replaceAll(/\s+/g, ' ')
    if (folded.length < 2) {
      problems.push(problem('inventory-entry-too-short', 'a name needs two characters to be found', where))
    } else trie.add(folded, valueClass)
    if (valueClass === 'domain') domains.add(folded)
  }
  for (const [list, valueClass] of [
    ['terms', 'term'],
    ['groups', 'group'],
    ['users', 'user'],
    ['domains', 'domain'],
    ['hosts', 'host'],
  ] as const) {
    inventory[list].forEach((name, index) => {
      for (const form of formsOf(name, valueClass)) add(form.name, form.class, `/${list}/${index}`)
    })
  }
  const addresses = new Map<string, Address>()
  const ranges: AddressRange[] = []
  inventory.addresses.forEach((text, index) => {
    const range = rangeOf(text.trim())
    const address = addressOf(text.trim())
    if (address !== undefined) {
      addresses.set(address.identity, address)
      for (const form of numberForms(address))
        trie.add(form, 'address.internal', `address ${address.identity}`)
    } else if (range !== undefined) ranges.push(range)
    else
      problems.push(
        problem('inventory-address-unreadable', 'not an address or CIDR range', `/addresses/${index}`),
      )
  })
  return { value: { ...trie.done(), domains, addresses, ranges }, problems }
}

/** The ways in which one entry is written: a host short and with its domain, an account with and without. */
function formsOf(entry: string, valueClass: ValueClass): { name: string; class: ValueClass }[] {
  const name = entry.trim()
  if (valueClass === 'host' && name.includes('.') && addressOf(name) === undefined) {
    const [label = '', ...rest] = name.split('.')
    const domain = rest.join('.')
    return [
      ...(serviceLabels.has(label.toLowerCase())
        ? [{ name, class: valueClass }]
        : [{ name: label, class: valueClass }]),
      ...(isOwnDomain(domain) ? [{ name: domain, class: 'domain' as const }] : []),
    ]
  }
  if (valueClass === 'user') {
    const account = /^([^\\@]+)\\([^\\@]+)$/.exec(name)
    if (account?.[1] && account[2]) {
      return [
        { name: account[2], class: 'user' },
        { name: account[1], class: 'domain' },
      ]
    }
    const principal = /^([^\\@]+)@([^\\@]+)$/.exec(name)
    if (principal?.[1]) {
      return [
        { name, class: 'email' },
        { name: principal[1], class: 'user' },
      ]
    }
  }
  return [{ name, class: valueClass }]
}

/** Whether the domain behind a host name is the organisation's own and not, say, a cloud provider's. */
function isOwnDomain(domain: string): boolean {
  if (!domain.includes('.')) return false
  const options = { allowPrivateDomains: true }
  return getPublicSuffix(domain, options) !== domain && getDomain(domain, options) !== null
}

/** An IPv4 address written as one number: decimal, hexadecimal, and as `/proc/net/tcp` has it, byte by byte reversed. */
function numberForms(address: Address): string[] {
  if (address.bits === 128) return []
  const hex = address.value.toString(16).padStart(8, '0')
  const reversed = (hex.match(/../g) ?? []).reverse().join('')
  return [address.value.toString(10), `0x${address.value.toString(16)}`, `0x${hex}`, hex, reversed]
}
