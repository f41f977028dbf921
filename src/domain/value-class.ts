import type { DataClass } from './data-class.ts'

/**
 * What kind of sensitive value a piece of text is. Dotted, from general to particular. Every kind of secret is
 * `secret.` and the name of its detector (`secret.aws-key`, `secret.password`).
 */
export type ValueClass = keyof typeof dataClassOfValue | `secret.${string}`

/** How sensitive each kind of value is. Policy speaks of these four classes only. */
const dataClassOfValue = {
  'address.internal': 'internal',
  'address.public': 'public',
  card: 'confidential',
  domain: 'internal',
  email: 'confidential',
  'encoded.base64': 'confidential',
  'encoded.hex': 'confidential',
  'encoded.compressed': 'confidential',
  'encoded.unscanned': 'confidential',
  group: 'internal',
  host: 'internal',
  iban: 'confidential',
  /** Text of the input that looks like one of our placeholders: escaped, so that it reveals to itself. */
  literal: 'public',
  location: 'confidential',
  mac: 'internal',
  'national-id': 'confidential',
  organisation: 'confidential',
  person: 'confidential',
  phone: 'confidential',
  sid: 'internal',
  term: 'confidential',
  user: 'confidential',
  uuid: 'internal',
} as const satisfies Record<string, DataClass>

/** The data class of a kind of value. */
export function dataClassOf(valueClass: ValueClass): DataClass {
  return valueClass in dataClassOfValue
    ? dataClassOfValue[valueClass as keyof typeof dataClassOfValue] // `in` has just shown that it is one
    : 'secret'
}
