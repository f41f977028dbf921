import type { WazuhEvent } from './event.ts'
import type { Finding } from './finding.ts'
import { compileOsMatch, osMatchTest } from './os-match.ts'

/** A CDB list: keys and values as byte text. The first entry of a key counts. */
export type CdbList = ReadonlyMap<string, string>

/** Reads `key:value` lines. Either side may stand in double quotes; lines without a colon are left out. */
export function parseCdbList(text: string): CdbList {
  const entries = new Map<string, string>()
  for (const raw of text.split('\n')) {
    const entry = parseLine(raw.split('\r', 1)[0] ?? '')
    if (entry && !entries.has(entry.key)) entries.set(entry.key, entry.value)
  }
  return entries
}

function parseLine(line: string): { readonly key: string; readonly value: string } | undefined {
  const quote = line.indexOf('"')
  const colon = line.indexOf(':')
  let key: string | undefined
  let rest = line
  if (quote >= 0 && colon > quote) {
    const close = line.indexOf('"', quote + 1)
    if (close < 0) return undefined
    key = line.slice(quote + 1, close)
    rest = line.slice(close + 1)
  }
  const split = rest.indexOf(':')
  if (split < 0) return undefined
  key ??= rest.slice(0, split)
  const value = rest.slice(split + 1)
  const open = value.indexOf('"')
  if (open < 0) return { key, value }
  const end = value.indexOf('"', open + 1)
  return end < 0 ? undefined : { key, value: value.slice(open + 1, end) }
}

/** Lines of a CDB list that Wazuh would silently leave out, and keys that are there twice. */
export function listFindings(text: string): Finding[] {
  const seen = new Set<string>()
  return text.split('\n').flatMap((line, index): Finding[] => {
    const where = `line ${index + 1}, column 1`
    if (line.trim() === '') return []
    const [key] = parseCdbList(line).keys()
    if (key === undefined)
      return [
        {
          code: 'list-line',
          message: `'${line.slice(0, 60)}' is not key:value, so Wazuh leaves it out`,
          where,
          severity: 'error',
        },
      ]
    if (seen.has(key))
      return [
        {
          code: 'list-key',
          message: `the key '${key}' is there already; the first value counts`,
          where,
          severity: 'warning',
        },
      ]
    seen.add(key)
    return []
  })
}

export const lookupKinds = [
  'match_key',
  'not_match_key',
  'match_key_value',
  'address_match_key',
  'not_address_match_key',
  'address_match_key_value',
] as const

export type LookupKind = (typeof lookupKinds)[number]

/** One `<list>` of a rule. */
export interface ListLookup {
  readonly name: string
  readonly field: string
  readonly kind: LookupKind
  passes(event: WazuhEvent): boolean
}

/** Compiles a `<list>`. `value` is what `check_value` says, an OS_Match pattern. */
export function compileLookup(
  name: string,
  list: CdbList,
  field: string,
  kind: LookupKind,
  value: string | undefined,
): ListLookup {
  const read = fieldReader(field)
  const matches = value === undefined ? () => false : osMatchTest(compileOsMatch(value))
  const valueMatches = (found: string | undefined) => found !== undefined && matches(found.toLowerCase())
  const test = (key: string): boolean => {
    switch (kind) {
      case 'match_key':
        return list.has(key)
      case 'not_match_key':
        return !list.has(key)
      case 'match_key_value':
        return valueMatches(list.get(key))
      case 'address_match_key':
        return findAddress(list, key) !== undefined
      case 'not_address_match_key':
        return findAddress(list, key) === undefined
      case 'address_match_key_value':
        // Turned round in Wazuh 4.x: it holds where the address is not there or its value does not match.
        return !valueMatches(findAddress(list, key))
    }
  }
  return {
    name,
    field,
    kind,
    passes(event) {
      const key = read(event)
      return key !== undefined && test(key)
    },
  }
}

/** The value of an address, or of the longest prefix of it that ends in a dot. */
export function findAddress(list: CdbList, key: string): string | undefined {
  const exact = list.get(key)
  if (exact !== undefined) return exact
  for (let dot = key.lastIndexOf('.'); dot >= 0; dot = key.lastIndexOf('.', dot - 1)) {
    const value = list.get(key.slice(0, dot + 1))
    if (value !== undefined) return value
    if (dot === 0) break
  }
  return undefined
}

/** The names that mean a fixed field in `<list field>`; any other is a dynamic field. */
function fieldReader(field: string): (event: WazuhEvent) => string | undefined {
  switch (field.toLowerCase()) {
    case 'user':
      return event => event.fields.srcuser ?? event.fields.dstuser
    case 'hostname':
      return event => event.hostname
    case 'program_name':
      return event => event.programName
    case 'srcip':
    case 'srcport':
    case 'dstip':
    case 'dstport':
    case 'url':
    case 'id':
    case 'status':
    case 'action':
    case 'protocol':
    case 'system_name':
    case 'data':
    case 'extra_data': {
      // The cases are names of the type.
      const name = field.toLowerCase() as 'srcip'
      return event => event.fields[name]
    }
    default: {
      const name = (field.replace(/^ +/, '').split(' ', 1)[0] ?? '').toLowerCase()
      return event => event.dynamic(name)
    }
  }
}
