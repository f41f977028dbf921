import { orderableFields, type StaticField, type WazuhEvent } from '../event.ts'
import { type CJson, parseCJson, printCJson } from './cjson.ts'

/** Longest joined array, `OS_MAXSTR`. */
const longestValue = 65536

/**
 * JSON_Decoder: every scalar becomes a field named by its path with dots; arrays are kept as text. Top-level names of
 * fixed fields fill those (Wazuh spells one of them `systemname` here). Nothing happens where the text is not JSON.
 */
export function decodeJson(event: WazuhEvent): void {
  const offset = event.decoder?.pluginOffset ?? 'start'
  const start =
    offset === 'after_parent' ? event.afterParent : offset === 'after_prematch' ? event.afterPrematch : 0
  if (start === undefined || offset === 'after_regex') return
  const document = parseCJson(start === 0 ? event.log : event.log.slice(start))
  if (document?.kind === 'object') readMembers(event, document.members, '')
}

function readMembers(
  event: WazuhEvent,
  members: readonly (readonly [string, CJson])[],
  prefix: string,
): void {
  for (const [name, value] of members) {
    const path = prefix + name
    if (value.kind === 'object') readMembers(event, value.members, `${path}.`)
    else {
      const text = fieldText(event, value)
      if (text !== undefined) setField(event, path, text)
    }
  }
}

function fieldText(event: WazuhEvent, value: Exclude<CJson, { kind: 'object' }>): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.text
    case 'number':
      return numberText(value.value)
    case 'null':
      return event.decoder?.nullFields === 'discard' ? undefined : 'null'
    case 'array': {
      const text = event.decoder?.arrays === 'csv' ? joined(value.items) : printCJson(value)
      return text === '' ? undefined : text
    }
    default:
      return value.kind
  }
}

/** `%i` for what fits an int, else `%f`. */
function numberText(value: number): string {
  const clamped = Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1))
  if (clamped === value) return String(clamped)
  if (Math.abs(value) < 1e21) return value.toFixed(6)
  return Number.isFinite(value) ? `${BigInt(value)}.000000` : value > 0 ? 'inf' : '-inf'
}

function joined(items: readonly CJson[]): string {
  let text = ''
  items.forEach((item, index) => {
    if (item.kind === 'object' || item.kind === 'array') return
    text += item.kind === 'string' ? item.text : item.kind === 'number' ? numberText(item.value) : item.kind
    if (index < items.length - 1) text += ','
  })
  return text.length < longestValue ? text : ''
}

function setField(event: WazuhEvent, path: string, text: string): void {
  const name = path === 'systemname' ? 'system_name' : path === 'system_name' ? undefined : path
  // The set was built from the names of the type.
  if (name !== undefined && orderableFields.has(name)) event.fields[name as StaticField] = cString(text)
  else event.addDynamic(path, cString(text))
}

/** A NUL that came in as \u0000 ends the text. */
function cString(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
