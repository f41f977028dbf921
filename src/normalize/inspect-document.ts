import type { Json } from '../lib/canonical-json.ts'

/** Deeper than any alert Wazuh writes; shallow enough for every recursive reader that comes after. */
export const maxDepth = 64

/** What was wrong with a parsed line, by the codes of `QuarantinedLine`. */
export type DocumentFault =
  | 'too-deep'
  | 'lone-surrogate'
  | 'nul-character'
  | 'forbidden-key'
  | 'number-out-of-range'

/**
 * Finds what later stages could not carry: nesting past `maxDepth`, lone surrogates and NUL characters (PostgreSQL
 * refuses both), `__proto__` members, numbers that JSON.parse turned into infinities. Iterative: a line of ten
 * thousand brackets must not exhaust the stack.
 */
export function faultsOf(document: unknown): ReadonlySet<DocumentFault> {
  const faults = new Set<DocumentFault>()
  let level: unknown[] = [document]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) {
      faults.add('too-deep')
      break
    }
    const next: unknown[] = []
    for (const value of level) inspect(value, next, faults)
    level = next
  }
  return faults
}

function inspect(value: unknown, children: unknown[], faults: Set<DocumentFault>): void {
  if (typeof value === 'string') inspectText(value, faults)
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) faults.add('number-out-of-range')
  } else if (Array.isArray(value)) {
    for (const item of value) children.push(item)
  } else if (value !== null && typeof value === 'object') {
    for (const key in value) {
      if (key === '__proto__') faults.add('forbidden-key')
      inspectText(key, faults)
      children.push((value as Record<string, unknown>)[key])
    }
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
