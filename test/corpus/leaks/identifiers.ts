type Chance = () => number

const pick = <T>(chance: Chance, list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T // in range
const digits = (chance: Chance, count: number) =>
  Array.from({ length: count }, () => Math.floor(chance() * 10)).join('')
const letters = (chance: Chance, count: number) =>
  Array.from({ length: count }, () => pick(chance, [...'abcdefghijklmnopqrstuvwxyz'])).join('')
const mixed = (chance: Chance, count: number) =>
  Array.from({ length: count }, () =>
    pick(chance, [...'ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789']),
  ).join('')

/** A class of identifiers: how one is made, and on which inventory list it stands (none: known by its form). */
export interface IdentifierClass {
  readonly name: string
  readonly list?: 'hosts' | 'users' | 'domains' | 'addresses' | 'groups' | 'terms'
  /** Encodings that change what it is: a token in capitals is no longer that token. */
  readonly except?: readonly string[]
  make(chance: Chance): string
}

const formOnly = ['upper-case', 'confusables']

/** At least fifteen classes: eight that the inventory knows, the rest by form. */
export const identifierClasses: readonly IdentifierClass[] = [
  {
    name: 'short host',
    list: 'hosts',
    make: chance => `${pick(chance, ['srv', 'dc', 'web', 'db'])}${digits(chance, 3)}${letters(chance, 2)}`,
  },
  {
    name: 'qualified host',
    list: 'hosts',
    make: chance => `${letters(chance, 5)}${digits(chance, 2)}.${letters(chance, 6)}.example.net`,
  },
  { name: 'account', list: 'users', make: chance => `${letters(chance, 1)}.${letters(chance, 7)}` },
  {
    name: 'domain account',
    list: 'users',
    make: chance => `${letters(chance, 6).toUpperCase()}\\${letters(chance, 8)}`,
  },
  { name: 'domain', list: 'domains', make: chance => `${letters(chance, 8)}.example.org` },
  {
    name: 'public address of ours',
    list: 'addresses',
    make: chance => `198.51.100.${1 + Math.floor(chance() * 250)}`,
  },
  { name: 'group', list: 'groups', make: chance => `GRP-${letters(chance, 6)}` },
  { name: 'code name', list: 'terms', make: chance => `Project ${letters(chance, 7)}` },
  {
    name: 'private address',
    make: chance =>
      `10.${Math.floor(chance() * 250)}.${Math.floor(chance() * 250)}.${1 + Math.floor(chance() * 250)}`,
  },
  {
    name: 'private IPv6',
    make: chance => `fd${digits(chance, 2)}:${digits(chance, 4)}::${1 + Math.floor(chance() * 900)}`,
  },
  {
    name: 'e-mail',
    make: chance => `${letters(chance, 6)}.${letters(chance, 5)}@${letters(chance, 6)}.example`,
  },
  {
    name: 'MAC',
    make: chance => Array.from({ length: 6 }, () => `0${pick(chance, [...'2468ace'])}`).join(':'),
  },
  {
    name: 'SID',
    make: chance =>
      `S-1-5-21-${digits(chance, 9)}-${digits(chance, 9)}-${digits(chance, 9)}-1${digits(chance, 3)}`,
  },
  {
    name: 'internal name',
    make: chance => `${letters(chance, 6)}${digits(chance, 1)}.${letters(chance, 5)}.corp`,
  },
  {
    name: 'social security number',
    make: chance => `1${digits(chance, 2)}-4${digits(chance, 1)}-5${digits(chance, 3)}`,
  },
  {
    name: 'AWS key',
    except: formOnly,
    make: chance =>
      `AKIA${mixed(chance, 16)
        .toUpperCase()
        .replaceAll(/[018-9]/g, '7')}`,
  },
  { name: 'GitHub token', except: formOnly, make: chance => `ghp_${mixed(chance, 36)}` },
  { name: 'password', except: ['confusables'], make: chance => `password=${mixed(chance, 10)}!7` },
  { name: 'home folder', except: ['upper-case'], make: chance => `/home/${letters(chance, 8)}/` },
]
