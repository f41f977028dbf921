/** A JSON object as read: its members are unknown until looked at. */
export type Fields = { readonly [key: string]: unknown }

/** The value as an object, or an empty one. Own members only, so `constructor` and friends find nothing. */
export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : empty
}

const empty: Fields = Object.freeze(Object.create(null))

/** The member at a path of keys, or `undefined`. */
function fieldAt(document: Fields, path: readonly string[]): unknown {
  let value: unknown = document
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Fields)[key]
  }
  return value
}

/** The same in a finding, where `{"a.b": 1}` is as good as `{"a": {"b": 1}}`. */
export function findingFieldAt(document: Fields, path: readonly string[]): unknown {
  const flat = path.join('.')
  return Object.hasOwn(document, flat) ? document[flat] : fieldAt(document, path)
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

/** The texts in a value: of an array its texts, of a text itself. Wazuh writes single-element lists either way. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(item => textOf(item) ?? [])
  const text = textOf(value)
  return text === undefined ? [] : [text]
}
