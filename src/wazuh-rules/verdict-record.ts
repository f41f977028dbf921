import { fromByteText } from './byte-text.ts'
import { staticFieldNames, type WazuhEvent } from './event.ts'
import { type CJson, parseCJson } from './plugins/cjson.ts'
import type { Verdict } from './session.ts'

/** A value under `data`: Wazuh writes strings, objects from dots in names, and arrays as they came. */
export type DataValue =
  | string
  | number
  | boolean
  | null
  | readonly DataValue[]
  | { [name: string]: DataValue }

/** What Wazuh would show of one log, in the names of its alerts. Absent is null. */
export interface VerdictRecord {
  readonly predecoder: { readonly [name: string]: string }
  readonly decoder: { readonly name?: string; readonly parent?: string }
  readonly data: { readonly [name: string]: DataValue }
  readonly rule_id: string | null
  readonly level: number | null
  readonly description: string | null
  readonly groups: readonly string[] | null
  readonly mitre: readonly string[]
  readonly frequency: number | null
  readonly firedtimes: number | null
  readonly alert: boolean
  readonly previous_output: boolean
}

export function verdictRecord({ event, alert }: Verdict): VerdictRecord {
  const rule = event.rule
  const body = rule?.body
  return {
    predecoder: predecoderOf(event),
    decoder: decoderOf(event),
    data: dataOf(event),
    rule_id: rule ? String(rule.id) : null,
    level: body ? body.level : null,
    description: body ? fromByteText(describe(event, body.description)) : null,
    groups: body ? groupsOf(body.groupText) : null,
    mitre: body?.mitre ?? [],
    frequency: rule && rule.search !== 'none' ? rule.body.frequency : null,
    firedtimes: (body?.noCounter ? undefined : event.firedTimes) ?? null,
    alert,
    previous_output: (event.previous[1] ?? '') !== '',
  }
}

const syslogHost = /^[A-Z][a-z][a-z] [ 0123][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] ([^ ]+)/

function predecoderOf(event: WazuhEvent): Record<string, string> {
  const record: Record<string, string> = {}
  if (event.programName !== undefined) record.program_name = fromByteText(event.programName)
  if (event.timestamp !== undefined) record.timestamp = fromByteText(event.timestamp)
  // Alerts show a host only for this one shape of date, whatever the pre-decoder found.
  const host = syslogHost.exec(event.fullLog)?.[1]
  if (host !== undefined) record.hostname = fromByteText(host)
  return record
}

function decoderOf({ decoder }: WazuhEvent): { name?: string; parent?: string } {
  if (!decoder) return {}
  const name = fromByteText(decoder.name)
  return decoder.parent === undefined ? { name } : { name, parent: fromByteText(decoder.parent) }
}

/** The prefixes of groups that alerts show as compliance fields instead. */
const compliance = /^(?:pci_dss_|cis_|gdpr_|gpg13_|hipaa_|nist_800_53_|tsc_)/
const longestGroups = 1023

/** The group names of an alert, compliance groups left out. */
function groupsOf(groupText: string): string[] {
  return groupText
    .slice(0, longestGroups)
    .split(',')
    .filter(group => group !== '' && !compliance.test(group))
    .map(fromByteText)
}

const longestDescription = 1024

/** Puts field values in the place of `$(name)`; a text that would grow too long stays as it is. */
function describe(event: WazuhEvent, description: string): string {
  if (!description.includes('$(')) return description
  const original = description.slice(0, longestDescription)
  const filled = original.replaceAll(/\$\(([^)]*)\)/g, (_, name: string) => fieldText(event, name) ?? '')
  return filled.length >= longestDescription ? description : filled
}

function fieldText(event: WazuhEvent, name: string): string | undefined {
  if (name === 'program_name') return event.programName
  if (name === 'hostname') return event.hostname
  const fixed = staticFieldNames.find(field => field === name)
  return fixed ? event.fields[fixed] : event.dynamic(name.toLowerCase())
}

/** The order in which alerts list the fixed fields. */
const dataOrder = [
  'protocol',
  'action',
  'srcip',
  'srcport',
  'srcuser',
  'dstip',
  'dstport',
  'dstuser',
  'id',
  'status',
  'url',
  'data',
  'extra_data',
  'system_name',
] as const

function dataOf(event: WazuhEvent): Record<string, DataValue> {
  const data: Record<string, DataValue> = Object.create(null)
  for (const name of dataOrder) {
    const value = event.fields[name]
    if (value !== undefined) data[name] = fromByteText(value)
  }
  if (event.decoder && !event.decoder.name.startsWith('syscheck_')) {
    event.dynamicNames.forEach((name, index) => {
      const value = event.dynamicValues[index] ?? ''
      if (value !== '') addField(data, name.split('.'), value)
    })
  }
  return data
}

/** Adds a dynamic field. What is there already, in whatever case, stays. */
function addField(target: Record<string, DataValue>, path: readonly string[], value: string): void {
  let place = target
  for (const [depth, step] of path.entries()) {
    const name = fromByteText(step)
    const found = Object.keys(place).find(key => key.toLowerCase() === name.toLowerCase())
    if (depth === path.length - 1) {
      const shown = shownValue(value)
      if (found === undefined && shown !== undefined) place[name] = shown
      return
    }
    const below: DataValue = found === undefined ? Object.create(null) : (place[found] ?? null)
    if (below === null || typeof below !== 'object' || Array.isArray(below)) return
    if (found === undefined) place[name] = below
    // Not an array, as checked above.
    place = below as Record<string, DataValue>
  }
}

/** Text in brackets is shown as the JSON array it is; where it is none, the field is not shown at all. */
function shownValue(value: string): DataValue | undefined {
  if (!value.startsWith('[') || !value.endsWith(']')) return fromByteText(value)
  const parsed = parseCJson(value)
  return parsed === undefined ? undefined : plainValue(parsed)
}

function plainValue(value: CJson): DataValue {
  switch (value.kind) {
    case 'string':
      return fromByteText(value.text)
    case 'number':
      return value.value
    case 'array':
      return value.items.map(plainValue)
    case 'object':
      return Object.fromEntries(
        value.members.map(([name, member]) => [fromByteText(name), plainValue(member)]),
      )
    case 'null':
      return null
    default:
      return value.kind === 'true'
  }
}
