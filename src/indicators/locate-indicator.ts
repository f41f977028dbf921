import type { Json } from '../lib/canonical-json.ts'
import { pointerToken } from '../lib/json-pointer.ts'
import { IndicatorMatcher, type MatchableIndicator } from './indicator-matcher.ts'

/** Where an indicator stands in a document: the field, and the exact words there. */
export interface IndicatorPlace {
  readonly pointer: string
  readonly quote: string
}

/** The first field of a JSON document in which the indicator stands; undefined where it stands in none by itself. */
export function locateIndicator(document: Json, indicator: MatchableIndicator): IndicatorPlace | undefined {
  const matcher = new IndicatorMatcher([indicator])
  const pending: { readonly value: Json; readonly pointer: string }[] = [{ value: document, pointer: '' }]
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { value, pointer } = next
    if (typeof value === 'string') {
      const [match] = matcher.match(value)
      if (match !== undefined) return { pointer, quote: value.slice(match.start, match.end) }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value))
        pending.push({ value: child, pointer: `${pointer}/${pointerToken(key)}` })
    }
  }
  return undefined
}
