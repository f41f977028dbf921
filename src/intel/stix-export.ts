/**
 * STIX 2.1 and MISP exports of a report and its indicators. Ids are derived from what an object says, so
 * that exporting twice updates objects instead of doubling them. Source: https://docs.oasis-open.org/cti/stix/v2.1/.
 */
import { createHash } from 'node:crypto'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import type { TlpMark } from './tlp.ts'

export interface ExportedIndicator {
  readonly type: string
  readonly value: string
  readonly role: string
  readonly confidence: number
  readonly status: string
}

export interface ExportedReport {
  readonly id: string
  readonly title: string
  readonly url: string | null
  readonly tlp: string | null
  readonly createdMs: number
  readonly indicators: readonly ExportedIndicator[]
  readonly techniqueIds: readonly string[]
}

export interface ExportedSighting {
  readonly type: string
  readonly value: string
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** TLP 1.0 markings are part of STIX 2.1 itself; TLP 2.0's AMBER+STRICT has none there and is exported as RED. */
const markings: Readonly<Record<TlpMark, string>> = {
  'TLP:CLEAR': 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  'TLP:GREEN': 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  'TLP:AMBER': 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  'TLP:AMBER+STRICT': 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
  'TLP:RED': 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
}

const tlpNames: Readonly<Record<string, string>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'white',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
}

type StixObject = { readonly type: string; readonly id: string; readonly [field: string]: unknown }

/** A bundle: the report, its indicators with patterns, techniques, CVEs, sightings, and who says so. */
export function stixBundle(
  report: ExportedReport,
  sightings: readonly ExportedSighting[],
  nowMs: number,
  attack: AttackKnowledge = shippedAttack,
): { readonly type: 'bundle'; readonly id: string; readonly objects: readonly StixObject[] } {
  const created = time(report.createdMs)
  const marking = markings[(report.tlp ?? '') as TlpMark]
  const identity = object('identity', 'tocsin', created, { name: 'Tocsin', identity_class: 'system' })
  const common = {
    created_by_ref: identity.id,
    ...(marking === undefined ? {} : { object_marking_refs: [marking] }),
  }
  const indicators = report.indicators
    .filter(({ status }) => status === 'live')
    .flatMap(indicator => {
      const pattern = patternOf(indicator)
      if (pattern === undefined) return []
      return [
        object('indicator', `${indicator.type} ${indicator.value}`, created, {
          ...common,
          name: `${indicator.type}: ${indicator.value}`,
          pattern,
          pattern_type: 'stix',
          valid_from: created,
          confidence: Math.round(indicator.confidence * 100),
          indicator_types: [indicatorTypes[indicator.role] ?? 'malicious-activity'],
        }),
      ]
    })
  const indicatorId = new Map(indicators.map(item => [item.name, item.id]))
  const techniques = report.techniqueIds.flatMap(id => {
    const technique = attack.current(id)
    if (technique === undefined) return []
    const url = `https://attack.mitre.org/techniques/${id.replace('.', '/')}`
    return [
      object('attack-pattern', id, created, {
        ...common,
        name: technique.name,
        external_references: [{ source_name: 'mitre-attack', external_id: id, url }],
      }),
    ]
  })
  const vulnerabilities = report.indicators
    .filter(({ type }) => type === 'cve')
    .map(({ value }) =>
      object('vulnerability', value, created, {
        ...common,
        name: value,
        external_references: [{ source_name: 'cve', external_id: value }],
      }),
    )
  const seen = sightings.flatMap(sighting => {
    const ref = indicatorId.get(`${sighting.type}: ${sighting.value}`)
    if (ref === undefined) return []
    return [
      object('sighting', `${report.id} ${sighting.type} ${sighting.value}`, time(nowMs), {
        ...common,
        first_seen: time(sighting.firstMs),
        last_seen: time(sighting.lastMs),
        count: sighting.count,
        sighting_of_ref: ref,
      }),
    ]
  })
  const content = [...indicators, ...techniques, ...vulnerabilities, ...seen]
  const document = object('report', report.id, created, {
    ...common,
    name: report.title,
    published: created,
    report_types: ['threat-report'],
    // A report must name something; where nothing was extracted, it names who reports.
    object_refs: content.length > 0 ? content.map(({ id }) => id) : [identity.id],
    ...(report.url === null ? {} : { external_references: [{ source_name: 'source', url: report.url }] }),
  })
  const definitions = marking === undefined ? [] : [definition(marking)]
  const objects = [...definitions, identity, document, ...content]
  return { type: 'bundle', id: stixId('bundle', `${report.id} ${nowMs}`), objects }
}

/** A STIX pattern, where the indicator has an observable. */
export function patternOf({ type, value }: Pick<ExportedIndicator, 'type' | 'value'>): string | undefined {
  const text = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  switch (type) {
    case 'ipv4':
      return `[ipv4-addr:value = ${text}]`
    case 'ipv6':
      return `[ipv6-addr:value = ${text}]`
    case 'cidr':
      return value.includes(':') ? `[ipv6-addr:value = ${text}]` : `[ipv4-addr:value = ${text}]`
    case 'domain':
      return `[domain-name:value = ${text}]`
    case 'url':
      return `[url:value = ${text}]`
    case 'email':
      return `[email-addr:value = ${text}]`
    case 'md5':
      return `[file:hashes.MD5 = ${text}]`
    case 'sha1':
      return `[file:hashes.'SHA-1' = ${text}]`
    case 'sha256':
      return `[file:hashes.'SHA-256' = ${text}]`
    case 'sha512':
      return `[file:hashes.'SHA-512' = ${text}]`
    case 'registry':
      return `[windows-registry-key:key = ${text}]`
    case 'mutex':
      return `[mutex:name = ${text}]`
    case 'asn':
      return `[autonomous-system:number = ${Number(value.replace(/\D/g, ''))}]`
    case 'path': {
      const name = value.split(/[\\/]/).at(-1) ?? value
      return `[file:name = '${name.replaceAll("'", "\\'")}']`
    }
    default:
      return undefined
  }
}

function object(type: string, name: string, created: string, fields: Record<string, unknown>): StixObject {
  return { type, spec_version: '2.1', id: stixId(type, name), created, modified: created, ...fields }
}

function definition(id: string): StixObject {
  const tlp = tlpNames[id] ?? 'red'
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id,
    created: '2017-01-20T00:00:00.000Z',
    definition_type: 'tlp',
    name: `TLP:${tlp.toUpperCase()}`,
    definition: { tlp },
  }
}

/** Derived from what the object says, in the form of a UUIDv4, which STIX asks of such objects. */
function stixId(type: string, name: string): string {
  const hash = createHash('sha1').update(`tocsin ${type} ${name}`).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x40
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}

/** MISP's names for our types. Source: https://www.misp-standard.org/rfc/misp-standard-core.html. */
const mispTypes: Readonly<Record<string, readonly [string, string]>> = {
  ipv4: ['ip-dst', 'Network activity'],
  ipv6: ['ip-dst', 'Network activity'],
  cidr: ['ip-dst', 'Network activity'],
  domain: ['domain', 'Network activity'],
  url: ['url', 'Network activity'],
  email: ['email-src', 'Payload delivery'],
  md5: ['md5', 'Payload delivery'],
  sha1: ['sha1', 'Payload delivery'],
  sha256: ['sha256', 'Payload delivery'],
  sha512: ['sha512', 'Payload delivery'],
  cve: ['vulnerability', 'External analysis'],
  asn: ['AS', 'Network activity'],
  path: ['filename', 'Payload delivery'],
  registry: ['regkey', 'Persistence mechanism'],
  mutex: ['mutex', 'Artifacts dropped'],
  user_agent: ['user-agent', 'Network activity'],
}

/** STIX's words for roles that are no malice of the thing itself. Whoever takes the export in may block the rest. */
const indicatorTypes: Readonly<Record<string, string>> = {
  unknown: 'unknown',
  reference: 'benign',
  internal: 'benign',
  victim: 'compromised',
}

/** A MISP event, to be imported or sent to `/events/add`. */
export function mispEvent(
  report: ExportedReport,
  attack: AttackKnowledge = shippedAttack,
): { readonly Event: Readonly<Record<string, unknown>> } {
  const attributes = report.indicators
    .filter(({ status }) => status === 'live')
    .flatMap(({ type, value, role }) => {
      const known = mispTypes[type]
      return known === undefined
        ? []
        : [
            {
              type: known[0],
              category: known[1],
              value,
              comment: role,
              to_ids: type !== 'cve' && !(role in indicatorTypes && role !== 'unknown'),
            },
          ]
    })
  const techniques = report.techniqueIds.flatMap(id => {
    const technique = attack.current(id)
    return technique === undefined
      ? []
      : [{ name: `misp-galaxy:mitre-attack-pattern="${technique.name} - ${id}"` }]
  })
  return {
    Event: {
      info: report.title,
      date: time(report.createdMs).slice(0, 10),
      threat_level_id: '4',
      analysis: '2',
      distribution: '0',
      Attribute: attributes,
      Tag: [
        ...(report.tlp === null ? [] : [{ name: report.tlp.toLowerCase().replace('tlp:', 'tlp:') }]),
        ...techniques,
      ],
    },
  }
}

/** One line per indicator. A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet: it is quoted away. */
export function indicatorsCsv(report: ExportedReport): string {
  const cell = (text: string) =>
    `"${(/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  const rows = report.indicators.map(({ type, value, role, confidence, status }) =>
    [type, value, role, String(confidence), status].map(cell).join(','),
  )
  return `${['type,value,role,confidence,status', ...rows].join('\r\n')}\r\n`
}
