import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import { toByteText } from './byte-text.ts'
import { type Decoder, type DecoderTree, decoderDefaults, internalDecoders } from './decoder.ts'
import type { DecodedEvent, LogOrigin } from './session.ts'

/** A past alert as the engine can take it again: the log itself, or its fields where the log was not kept. */
export type Replay =
  | { readonly kind: 'log'; readonly log: string; readonly atSeconds: number; readonly origin: LogOrigin }
  | {
      readonly kind: 'fields'
      readonly event: DecodedEvent
      readonly atSeconds: number
      readonly origin: LogOrigin
    }
  | { readonly kind: 'impossible'; readonly reason: string }

type Document = { readonly [key: string]: Json }

/**
 * Turns an alert (bare, not an indexer hit) into what the engine takes. Decoders in Wazuh's own code (Windows events,
 * SCA, inventory) cannot be run again, so their events come from `data`; file-integrity alerts keep too little.
 */
export function replayOf(alert: Document, decoders: DecoderTree): Replay {
  const at = Date.parse(textAt(alert, 'timestamp') ?? '')
  const atSeconds = Number.isNaN(at) ? 0 : Math.floor(at / 1000)
  const origin = originOf(alert)
  const name = textAt(alert, 'decoder', 'name')
  const log = textAt(alert, 'full_log')
  const internal = name !== undefined && internalDecoders.includes(name)
  if (log !== undefined && !internal) return { kind: 'log', log: toByteText(log), atSeconds, origin }
  if (name === undefined)
    return { kind: 'impossible', reason: 'the alert has neither full_log nor a decoder' }
  if (name.startsWith('syscheck_'))
    return { kind: 'impossible', reason: 'file-integrity events cannot be rebuilt from their alerts' }
  const decoder = internal ? internalDecoder(name) : findDecoder(decoders, name)
  if (!decoder) return { kind: 'impossible', reason: `the ruleset has no decoder '${name}'` }
  const fields = new Map<string, string>()
  const data = alert.data
  if (isRecord(data)) flatten(data, '', fields, 0)
  return { kind: 'fields', event: { log: toByteText(log ?? ''), decoder, fields }, atSeconds, origin }
}

function textAt(document: Document, ...path: readonly string[]): string | undefined {
  let value: Json | undefined = document
  for (const key of path) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return typeof value === 'string' ? value : undefined
}

function originOf(alert: Document): LogOrigin {
  const location = toByteText(textAt(alert, 'location') ?? 'stdin')
  const id = textAt(alert, 'agent', 'id') ?? '000'
  if (id === '000') return { agent: undefined, location }
  const name = toByteText(textAt(alert, 'agent', 'name') ?? '')
  return { agent: { id, name, ip: textAt(alert, 'agent', 'ip') ?? 'any' }, location }
}

const deepest = 32

function flatten(value: Document, prefix: string, fields: Map<string, string>, depth: number): void {
  for (const [key, member] of Object.entries(value)) {
    const name = toByteText(prefix + key)
    if (isRecord(member)) {
      if (depth < deepest) flatten(member, `${prefix}${key}.`, fields, depth + 1)
    } else fields.set(name, toByteText(typeof member === 'string' ? member : JSON.stringify(member)))
  }
}

function findDecoder(decoders: DecoderTree, name: string): Decoder | undefined {
  const roots = [...decoders.withProgramName, ...decoders.withoutProgramName]
  for (const root of roots) {
    for (const decoder of [root.decoder, ...root.children.map(child => child.decoder)])
      if (decoder.name === name) return decoder
  }
  return undefined
}

/** A stand-in for a decoder that Wazuh has in code. Their events meet the rules of the category `ossec`. */
function internalDecoder(name: string): Decoder {
  return {
    ...decoderDefaults,
    ownName: name,
    name,
    type: 'ossec',
    prematchAfterParent: false,
    order: [],
    hasNext: false,
    file: '(wazuh)',
    place: { line: 1, column: 1 },
  }
}
