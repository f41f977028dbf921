import { literalKind, literalsOf } from '../literals.ts'
import type { Span } from '../span.ts'
import type { View } from '../view.ts'
import { credentialContexts } from './credential-contexts.ts'
import type { SecretDetector } from './detector.ts'
import { storedCredentials } from './stored-credentials.ts'
import { tokenFormats } from './token-formats.ts'

/** By the literals that they begin with: only behind a whole one is a detector's form tried. */
const detectors = new Map(
  [...tokenFormats, ...storedCredentials, ...credentialContexts].map(
    detector => [literalKind(...detector.starts).index, detector] as const,
  ),
)

/** Finds secrets in a view. */
export function findSecrets(view: View): Span[] {
  const spans: Span[] = []
  const { places, kinds } = literalsOf(view)
  const reaches = new Map<SecretDetector, Reach>()
  for (let i = 0; i < places.length; i++) {
    const detector = detectors.get(kinds[i] ?? -1)
    if (detector === undefined) continue
    const at = places[i] ?? 0
    const reach = reaches.get(detector)
    if (reach !== undefined && passesOver(reach, at)) continue
    if (reach?.last !== undefined) {
      tryDetector(detector, reach.last, view, reaches, spans)
      const further = reaches.get(detector)
      if (further !== undefined && passesOver(further, at)) continue
    }
    tryDetector(detector, at, view, reaches, spans)
  }
  for (const [detector, { last }] of [...reaches])
    if (last !== undefined) tryDetector(detector, last, view, reaches, spans)
  return spans
}

/**
 * How far a detector has matched. Text that begins one secret inside the other (`ghp_ghp_ghp_…`) would be read to its
 * end at each beginning: of those inside a secret that was found only the last can reach further.
 */
interface Reach {
  readonly end: number
  /** How many matches in a row, each beginning inside the one before, were no secret. */
  readonly refused: number
  readonly isSecret: boolean
  /** Nothing that begins inside can be one: see `run` of SecretDetector. */
  readonly isHopeless: boolean
  /** The last place inside, not yet tried. */
  last: number | undefined
}

/** So many beginnings are tried inside of what is no secret by itself. */
const mostRefused = 32

function passesOver(reach: Reach, at: number): boolean {
  if (at < reach.end && reach.isHopeless) return true
  if (at >= reach.end || !(reach.isSecret || reach.refused >= mostRefused)) return false
  reach.last = at
  return true
}

function tryDetector(
  one: SecretDetector,
  at: number,
  view: View,
  reaches: Map<SecretDetector, Reach>,
  spans: Span[],
): void {
  const { text } = view
  one.form.lastIndex = at
  const match = one.form.exec(text)
  const before = reaches.get(one)
  if (before !== undefined) before.last = undefined
  if (match === null) {
    const end = runEnd(one, at, text)
    if (end > (before?.end ?? 0))
      reaches.set(one, { end, refused: 0, isSecret: false, isHopeless: true, last: undefined })
    return
  }
  const [start, end] = secretRange(match)
  const secret = text.slice(start, end)
  const isSecret = secret !== '' && (one.holds === undefined || one.holds(secret, match))
  const refused = isSecret ? 0 : before !== undefined && at < before.end ? before.refused + 1 : 1
  reaches.set(one, { end, refused, isSecret, isHopeless: false, last: undefined })
  if (!isSecret) return
  spans.push({ ...view.toSource(start, end), class: `secret.${one.id}`, identity: `secret ${secret}` })
}

/** Where the run that a detector's form needs ends, if it begins at a place; else the place itself. */
function runEnd({ run }: SecretDetector, at: number, text: string): number {
  if (run === undefined) return at
  run.lastIndex = at
  return at + (run.exec(text)?.[0].length ?? 0)
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
