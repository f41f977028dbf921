import type { FieldNode } from '../detection-tree.ts'
import type { StringPart } from '../sigma-string.ts'
import { readText } from '../value-matcher.ts'

/** What one value of a rule asks of its field, free of Sigma's spelling: what a converter writes. */
export type LeafMeaning =
  | {
      readonly kind: 'text'
      readonly alternatives: readonly (readonly StringPart[])[]
      readonly cased: boolean
      readonly dashes: boolean
    }
  | { readonly kind: 'regex'; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: 'network'; readonly cidr: string }
  | { readonly kind: 'compare'; readonly operator: 'lt' | 'lte' | 'gt' | 'gte'; readonly value: number }
  | { readonly kind: 'exists'; readonly wanted: boolean }
  | { readonly kind: 'unsupported'; readonly message: string }

const operators = ['lt', 'lte', 'gt', 'gte'] as const

/** Reads a leaf. Keywords (no field) come out as text that is contained. */
export function leafMeaning(node: FieldNode): LeafMeaning {
  const { modifiers, value } = node
  const has = (name: string) => modifiers.includes(name)
  const operator = operators.find(has)
  if (has('exists')) return { kind: 'exists', wanted: String(value) === 'true' }
  if (value === null) return { kind: 'exists', wanted: false }
  if (has('re')) return { kind: 'regex', source: String(value), ignoreCase: has('i') }
  if (has('cidr')) return { kind: 'network', cidr: String(value) }
  if (operator !== undefined) return { kind: 'compare', operator, value: Number(value) }
  const unsupported = ['fieldref', 'expand', 'minute', 'hour', 'day', 'week', 'month', 'year'].find(has)
  if (unsupported !== undefined)
    return { kind: 'unsupported', message: `the modifier '${unsupported}' cannot be expressed there` }
  if (typeof value === 'object')
    return { kind: 'unsupported', message: 'a list or mapping stands where a value was expected' }
  const text = readText(String(value), node.field === undefined ? [...modifiers, 'contains'] : modifiers)
  if (text.kind === 'invalid') return { kind: 'unsupported', message: text.message }
  return { kind: 'text', alternatives: text.alternatives, cased: text.cased, dashes: has('windash') }
}
