/** A JSON object as read: its members are unknown until looked at. */
export type Fields = { readonly [key: string]: unknown }

/** The value as an object, or an empty one. Own members only, so `constructor` and friends find nothing. */
export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : empty
}

const empty: Fields = Object.freeze(Object.create(null))

/** A place in a document, by the keys that lead there. */
export interface FieldPlace {
  readonly value: unknown
  readonly keys: readonly string[]
}

/**
 * The member at a path of a finding, where `{"a.b": {"c": 1}}` and `{"a": {"b.c": 1}}` are as good as `{"a": {"b": {"c": 1}}}`:
 * the indexer takes each for the same field, and returns what was written. Where several are there, the flattest.
 */
export function findingPlaceAt(document: Fields, path: readonly string[]): FieldPlace | undefined {
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.')
    if (!Object.hasOwn(document, key)) continue
    const value = document[key]
    if (length === path.length) return { value, keys: [key] }
    const inner = findingPlaceAt(fieldsOf(value), path.slice(length))
    if (inner !== undefined) return { value: inner.value, keys: [key, ...inner.keys] }
  }
  return undefined
}

export function findingFieldAt(document: Fields, path: readonly string[]): unknown {
  return findingPlaceAt(document, path)?.value
}

/** The value as text where it is text or a number, else `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

/** The value as a finite number, also from text (`"7"`); else `undefined`. */
export function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  return Number.isFinite(number) ? number : undefined
}

/** The texts in a value: of an array, and of arrays in it, its texts; of a text itself. Wazuh writes single-element lists either way. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf)
  const text = textOf(value)
  return text === undefined ? [] : [text]
}
