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
  for (let i = 0; i < places.length; i++) {
    const detector = detectors.get(kinds[i] ?? -1)
    const span = detector === undefined ? undefined : tryDetector(detector, places[i] ?? 0, view)
    if (span !== undefined) spans.push(span)
  }
  return spans
}

function tryDetector(one: SecretDetector, at: number, view: View): Span | undefined {
  const { text } = view
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
