import type { Random } from './random.ts'
import { type Part, type Slot, textOf } from './sentence.ts'
import { inWords } from './world.ts'

/** A sentence made false, and how. */
export interface Mutation {
  readonly kind: string
  readonly text: string
}

const strangers = [
  'carol',
  'trent',
  'svc_sql',
  'h.weber',
  'backupadmin',
  'eve',
  'CORP\\dkim',
  'nagios',
  'frank',
]
const strangeHosts = [
  'web-02',
  'db09',
  'WS-LEGAL-3',
  'dc2.corp.example',
  'srv-test',
  'LAPTOP-0A1B2',
  'printer7',
]
const inventedTechniques = ['T1999', 'T9876', 'T1059.099', 'T1803', 'T0001']
const otherTechniques = ['T1566', 'T1003.001', 'T1486', 'T1021.002', 'T1190']
const inventions = [
  ', using Cobalt Strike',
  ', which belongs to APT29',
  ' and sent the data to 198.51.100.77',
  ', then dropped Mimikatz',
  ', and exploited CVE-2021-44228',
  ', after mallory had opened the door',
]

/** Every way in which this corpus makes a sentence false. */
export function mutationsOf(parts: readonly Part[], random: Random): Mutation[] {
  const found: Mutation[] = []
  parts.forEach((part, index) => {
    if (typeof part === 'string') return
    for (const { kind, text } of changesOf(part, random)) {
      found.push({ kind, text: textOf(parts.toSpliced(index, 1, text)) })
    }
  })
  found.push(...swapped(parts), ...negated(parts), ...widened(parts))
  found.push({ kind: 'invented-detail', text: textOf(parts).replace(/\.$/, `${random.pick(inventions)}.`) })
  const original = textOf(parts)
  return found.filter(({ text }) => text !== original)
}

function changesOf(slot: Slot, random: Random): { kind: string; text: string }[] {
  const { text } = slot
  switch (slot.kind) {
    case 'address': {
      const octets = text.split('.').map(Number)
      const place = random.below(4)
      const changed = octets.map((octet, at) =>
        at === place ? (octet + 1 + random.below(200)) % 254 || 1 : octet,
      )
      return [{ kind: 'wrong-address', text: changed.join('.') }]
    }
    case 'user':
      return [{ kind: 'swapped-user', text: random.pick(strangers.filter(name => name !== text)) }]
    case 'host':
      return [{ kind: 'swapped-host', text: random.pick(strangeHosts) }]
    case 'process':
      return [
        { kind: 'swapped-process', text: random.pick(['certutil.exe', 'bitsadmin.exe', 'svchost.exe']) },
      ]
    case 'count':
      return [{ kind: 'off-by-one', text: offByOne(text, random) }]
    case 'port':
    case 'level':
    case 'label-number':
      return [
        {
          kind: `wrong-${slot.kind}`,
          text: String(Number(text) + random.pick([-1, 1, 1, 10])).padStart(text.length, '0'),
        },
      ]
    case 'clock':
      return [
        {
          kind: 'wrong-time',
          text: text.replace(
            /:(\d\d)/,
            (_, minute: string) =>
              `:${String((Number(minute) + 1 + random.below(58)) % 60).padStart(2, '0')}`,
          ),
        },
      ]
    case 'date':
      return [
        {
          kind: 'wrong-date',
          text: text.includes('-')
            ? shiftIsoDay(text)
            : text.replace(/\b\d{1,2}\b/, day => String((Number(day) % 28) + 1)),
        },
      ]
    case 'duration':
      return [{ kind: 'wrong-duration', text: text.replace(/^[\w-]+/, number => offByOne(number, random)) }]
    case 'percent':
      return [{ kind: 'wrong-percent', text: `${Number.parseInt(text, 10) + random.pick([-1, 1, 10])}%` }]
    case 'size':
      return [{ kind: 'wrong-size', text: text.replace(/\d/, digit => String((Number(digit) % 9) + 1)) }]
    case 'cve':
      return [
        {
          kind: 'invented-cve',
          text: text.replace(/\d$/, digit => String((Number(digit) + 1 + random.below(8)) % 10)),
        },
      ]
    case 'technique':
      return [
        { kind: 'invented-technique', text: random.pick(inventedTechniques) },
        { kind: 'other-technique', text: random.pick(otherTechniques) },
      ]
    case 'hash': {
      const place = random.below(text.length)
      const digit = ((Number.parseInt(text[place] ?? '0', 16) + 1 + random.below(14)) % 16).toString(16)
      return [{ kind: 'wrong-hash', text: text.slice(0, place) + digit + text.slice(place + 1) }]
    }
    case 'path':
      return [
        {
          kind: 'wrong-path',
          text: text.replace(/([\w.]+)$/, name => `${name.slice(0, 2)}x${name.slice(2)}`),
        },
      ]
    case 'url':
      return [{ kind: 'wrong-url', text: text.replace(/\/([\w.]+)$/, '/x$1') }]
    case 'domain':
    case 'email':
      return [{ kind: `wrong-${slot.kind}`, text: text.replace('.', '-secure.') }]
    case 'severity':
      return [
        {
          kind: 'wrong-severity',
          text: random.pick(['low', 'medium', 'high', 'critical'].filter(word => word !== text)),
        },
      ]
    case 'protocol':
      return [
        {
          kind: 'wrong-protocol',
          text: random.pick(['RDP', 'SMB', 'FTP', 'UDP', 'Telnet', 'Kerberos'].filter(word => word !== text)),
        },
      ]
    case 'polar':
      return [{ kind: 'turned-around', text: slot.opposite ?? '' }]
  }
}

function offByOne(text: string, random: Random): string {
  const plain = Number(text.replaceAll(',', ''))
  if (!Number.isNaN(plain)) return String(plain + random.pick([-1, 1]))
  for (let value = 0; value < 100; value++) {
    if (inWords(value) === text) return inWords(value + (value > 2 ? random.pick([-1, 1]) : 1))
  }
  throw new Error(`no number: ${text}`)
}

function shiftIsoDay(text: string): string {
  return new Date(Date.parse(text) + 86_400_000).toISOString().slice(0, 10)
}

/** Two names that change places. */
function swapped(parts: readonly Part[]): Mutation[] {
  const groups = new Map<string, number[]>()
  parts.forEach((part, index) => {
    if (typeof part !== 'string' && part.group)
      groups.set(part.group, [...(groups.get(part.group) ?? []), index])
  })
  return [...groups.values()].flatMap(([first, second]) => {
    const [a, b] = [parts[first ?? -1], parts[second ?? -1]]
    if (first === undefined || second === undefined || a === undefined || b === undefined) return []
    return [{ kind: 'role-swap', text: textOf(parts.with(first, b).with(second, a)) }]
  })
}

/** A negation put in where there is none. */
function negated(parts: readonly Part[]): Mutation[] {
  const text = textOf(parts)
  if (/\b(?:not|no|never)\b/i.test(text)) return []
  const changed = text.replace(/ (was|were|is|has|are) /, ' $1 not ')
  return changed === text ? [] : [{ kind: 'negation', text: changed }]
}

/** A sentence made to reach further than its evidence. */
function widened(parts: readonly Part[]): Mutation[] {
  const text = textOf(parts)
  const found: Mutation[] = []
  const only = text.replace(/ from (?=\d)/, ' only from ')
  if (only !== text) found.push({ kind: 'only', text: only })
  if (/ on /.test(text))
    found.push({ kind: 'no-other', text: text.replace(/\.$/, ', and no other host was affected.') })
  return found
}
