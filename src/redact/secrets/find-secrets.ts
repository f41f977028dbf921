import type { Span } from '../span.ts'
import { toSource, type View } from '../view.ts'
import { credentialContexts } from './credential-contexts.ts'
import type { SecretDetector } from './detector.ts'
import { storedCredentials } from './stored-credentials.ts'
import { tokenFormats } from './token-formats.ts'

/*
 * One pass over the text hashes each pair of units and asks a bitmap whether any literal starts so; only then are
 * the literals of that pair compared, and only behind a whole literal is a pattern tried. A hundred and forty
 * detectors cost little more than one.
 */

const detectors = [...tokenFormats, ...storedCredentials, ...credentialContexts]
const shortest = 1
const byStart = new Map<number, { literal: string; detector: SecretDetector }[]>()
const starts = new Uint8Array(0x10000)

for (const one of detectors) {
  for (const literal of one.starts) {
    const keys =
      literal.length > shortest ? [pairKey(literal.charCodeAt(0), literal.charCodeAt(1))] : anyPair(literal)
    for (const key of keys) {
      starts[key] = 1
      byStart.set(key, [...(byStart.get(key) ?? []), { literal, detector: one }])
    }
  }
}

function pairKey(first: number, second: number): number {
  return ((first << 8) ^ second) & 0xffff
}

/** A literal of one unit is entered under every second unit of ASCII. */
function anyPair(literal: string): number[] {
  return Array.from({ length: 0x80 }, (_, second) => pairKey(literal.charCodeAt(0), second))
}

/** Finds secrets in a view. */
export function findSecrets(view: View): Span[] {
  const { lower, text } = view
  const spans: Span[] = []
  for (let at = 0; at + 1 < lower.length; at++) {
    const key = pairKey(lower.charCodeAt(at), lower.charCodeAt(at + 1))
    if (starts[key] === 0) continue
    for (const { literal, detector } of byStart.get(key) ?? []) {
      if (!lower.startsWith(literal, at)) continue
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
  return { ...toSource(view, start, end), class: `secret.${one.id}`, identity: `secret ${secret}` }
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
