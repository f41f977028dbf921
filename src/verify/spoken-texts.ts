import type { Alert } from '../domain/alert.ts'
import type { Json } from '../lib/canonical-json.ts'
import { pointerOf } from '../lib/json-pointer.ts'
import { injectionForms, mayHoldInjection } from './suspected-injection.ts'

/** A text in an alert that speaks to a model instead of a person, and where it stands. */
export interface SpokenText {
  readonly pointer: string
  readonly text: string
}

const deepest = 32
/** Longer texts are looked at from their beginning: analysisd takes no event over 64 KB. */
const longestText = 70_000

/** Alerts that were looked at and hold none, nearly all: an alert is asked about with each brief of its case. */
const silent = new WeakSet<object>()

/**
 * At most `limit` texts of an alert that speak to a model. Keys are looked at too: a program that logs JSON may take them
 * from outside. `utf8`: the bytes of `raw`, where they are at hand.
 */
export function spokenTexts(
  alert: Pick<Alert, 'document' | 'raw'>,
  limit: number,
  utf8?: Uint8Array,
): SpokenText[] {
  const found: SpokenText[] = []
  if (silent.has(alert)) return found
  if (!mayHoldInjection(alert.raw, utf8)) {
    silent.add(alert)
    return found
  }
  const look = (value: Json | undefined, path: readonly (string | number)[]): void => {
    if (found.length >= limit || path.length > deepest) return
    if (typeof value === 'string') {
      if (injectionForms(value.slice(0, longestText)).length > 0)
        found.push({ pointer: pointerOf(path), text: value })
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) look(item, [...path, index])
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        look(member, [...path, key])
        if (found.length < limit && injectionForms(key).length > 0)
          found.push({ pointer: pointerOf(path), text: key })
      }
    }
  }
  look(alert.document, [])
  return found
}
