import type { ValueClass } from '../../domain/value-class.ts'
import type { NameIndex } from '../name-index.ts'
import type { UnitSet } from '../runs.ts'
import type { View } from '../view.ts'

/** A piece of a view that has a sensitive form. Offsets are in the view. */
export interface FormatMatch {
  readonly start: number
  readonly end: number
  readonly class: ValueClass
  readonly identity: string
}

export type FormatFinder = (view: View, names: NameIndex) => FormatMatch[]

/** A match of a whole class whose identity is its lower-case text. */
export function formatMatch(
  valueClass: ValueClass,
  start: number,
  text: string,
  identity = text.toLowerCase(),
): FormatMatch {
  return { start, end: start + text.length, class: valueClass, identity: `${valueClass} ${identity}` }
}

/** The start of the unbroken run of units of a set, and of other letters where asked, that ends at `at` (excluded). */
export function runStart(
  units: Uint16Array,
  at: number,
  longest: number,
  { table }: UnitSet,
  others?: RegExp,
): number {
  let start = at
  while (start > 0 && at - start < longest) {
    const unit = units[start - 1] ?? 0
    const belongs = unit < 128 ? table[unit] === 1 : others?.test(String.fromCharCode(unit))
    if (!belongs) break
    start--
  }
  return start
}
