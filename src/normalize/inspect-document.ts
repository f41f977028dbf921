import type { Json } from '../lib/canonical-json.ts'

/** Deeper than any alert Wazuh writes; shallow enough for every recursive reader that comes after. */
const maxDepth = 64

/** What was wrong with a parsed line, by the codes of `QuarantinedLine`. */
export type DocumentFault =
  | 'too-deep'
  | 'lone-surrogate'
  | 'nul-character'
  | 'forbidden-key'
  | 'number-out-of-range'

/**
 * Finds what later stages could not carry: nesting past `maxDepth`, lone surrogates and NUL characters (PostgreSQL
 * refuses both), `__proto__` members, numbers that JSON.parse turned into infinities. Goes no deeper than `maxDepth`:
 * a line of ten thousand brackets must not exhaust the stack. `json`: the text that `document` was parsed from.
 */
export function faultsOf(document: unknown, json: string): ReadonlySet<DocumentFault> {
  const faults = new Set<DocumentFault>()
  // In text that was decoded from UTF-8 odd characters stand only behind an escape, and only an escape hides the key.
  const oddTexts = json.includes('\\u') || json.includes('__proto__')
  inspect(document, 0, oddTexts, faults)
  return faults
}

function inspect(value: unknown, depth: number, oddTexts: boolean, faults: Set<DocumentFault>): void {
  if (typeof value === 'string') {
    if (oddTexts) inspectText(value, faults)
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) faults.add('number-out-of-range')
  } else if (value !== null && typeof value === 'object') {
    if (depth >= maxDepth) faults.add('too-deep')
    else if (Array.isArray(value)) for (const item of value) inspect(item, depth + 1, oddTexts, faults)
    else inspectMembers(value as { readonly [key: string]: unknown }, depth, oddTexts, faults)
  }
}

function inspectMembers(
  value: { readonly [key: string]: unknown },
  depth: number,
  oddTexts: boolean,
  faults: Set<DocumentFault>,
): void {
  for (const key in value) {
    if (oddTexts) {
      if (key === '__proto__') faults.add('forbidden-key')
      inspectText(key, faults)
    }
    inspect(value[key], depth + 1, oddTexts, faults)
  }
}

function inspectText(text: string, faults: Set<DocumentFault>): void {
  if (!text.isWellFormed()) faults.add('lone-surrogate')
  if (text.includes('\0')) faults.add('nul-character')
}

/** The document without its faults: odd characters become U+FFFD, forbidden members and deep branches go. */
export function repairDocument(value: unknown, depth = 0): Json {
  if (typeof value === 'string') return repairText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
  if (depth >= maxDepth) return null
  if (Array.isArray(value)) return value.map(item => repairDocument(item, depth + 1))
  const entries = Object.entries(value)
    .filter(([key]) => key !== '__proto__')
    .map(([key, member]) => [repairText(key), repairDocument(member, depth + 1)] as const)
  return Object.fromEntries(entries)
}

function repairText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
