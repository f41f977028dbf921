import { BitSet } from '../bit-set.ts'
import type { Span } from '../span.ts'
import type { View } from '../view.ts'
import { credentialContexts } from './credential-contexts.ts'
import type { SecretDetector } from './detector.ts'
import { storedCredentials } from './stored-credentials.ts'
import { tokenFormats } from './token-formats.ts'

/*
 * One pass over the text hashes each three units and asks a bitmap whether any literal starts so; only then are the
 * literals of that hash compared, and only behind a whole literal is a pattern tried. A hundred and forty detectors
 * cost little more than one.
 */

const detectors = [...tokenFormats, ...storedCredentials, ...credentialContexts]
const starts = new BitSet()
const byStart: { literal: string; fourth: number | undefined; detector: SecretDetector }[][] = []

for (const detector of detectors) {
  for (const literal of detector.starts) {
    for (const key of keysOf(literal)) {
      starts.add(key)
      const fourth = literal.length > 3 ? literal.charCodeAt(3) : undefined
      byStart[key] = [...(byStart[key] ?? []), { literal, fourth, detector }]
    }
  }
}

function startKey(first: number, second: number, third: number): number {
  return ((first * 31 + second) * 67 + third) & 0xffff
}

/** A literal of two units is entered under every third unit of ASCII. */
function keysOf(literal: string): number[] {
  const [first, second, third] = [0, 1, 2].map(i => literal.charCodeAt(i))
  if (first === undefined || second === undefined || third === undefined) return []
  if (!Number.isNaN(third)) return [startKey(first, second, third)]
  return Array.from({ length: 0x80 }, (_, any) => startKey(first, second, any))
}

/** Finds secrets in a view. */
export function findSecrets(view: View): Span[] {
  const { lower, lowerUnits: units, text } = view
  const spans: Span[] = []
  let [first = 0, second = 0] = units
  for (let at = 0; at + 2 < units.length; at++) {
    const third = units[at + 2] ?? 0
    const key = startKey(first, second, third)
    first = second
    second = third
    if (!starts.has(key)) continue
    for (const { literal, fourth, detector } of byStart[key] ?? []) {
      if ((fourth !== undefined && units[at + 3] !== fourth) || !lower.startsWith(literal, at)) continue
      const span = tryDetector(detector, text, at, view)
      if (span !== undefined) spans.push(span)
    }
  }
  return spans
}

function tryDetector(one: SecretDetector, text: string, at: number, view: View): Span | undefined {
  one.form.lastIndex = at
  const match = one.form.exec(text)
  if (match === null) return undefined
  const [start, end] = secretRange(match)
  const secret = text.slice(start, end)
  if (secret === '' || (one.holds !== undefined && !one.holds(secret, match))) return undefined
  return { ...view.toSource(start, end), class: `secret.${one.id}`, identity: `secret ${secret}` }
}

/**
 * Where the secret stands: from the group `lead` (what a look-behind took in) to the end of the match, or the one
 * of the groups `secret…` that took part, or the whole match.
 */
function secretRange(match: RegExpExecArray): [number, number] {
  const end = match.index + match[0].length
  const groups = match.indices?.groups ?? {}
  const secret = groups.secret ?? groups.secretSingle ?? groups.secretBare
  return secret ?? [groups.lead?.[0] ?? match.index, end]
}
