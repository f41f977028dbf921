import { unitSet } from './runs.ts'
import type { View } from './view.ts'

const digits = unitSet('0-9').table
const goesOn = unitSet('0-9.:-').table
const joins = unitSet('0-9a-z_.:-').table
const letters = unitSet('a-z').table
const backslash = 0x5c

/**
 * Whether a number that stands in `view` may be another, or none, in the next layer: its first digits were taken for part
 * of an escape (`\172.16.0.9`, `%10.1.2.3`), or what an escape left now stands at its edge (`10.1.2.3%41`). Where no
 * backslash is escaped, `\new` may be a line break or stand in a path: there, both readings count.
 */
export function spoilsForms(view: View, next: View): boolean {
  const pieces = next.changesFrom(view)
  if (pieces === undefined) return false
  const { at, length, from, to, count } = pieces
  // In lower case: the same digits, and there anyway.
  const { lowerUnits: units } = view
  const { lowerUnits: nextUnits } = next
  const isEscaped = view.text.includes('\\"') || view.text.includes('\\\\')
  const isDigit = (index: number) => digits[units[index] ?? 0] === 1
  for (let i = 0; i < count; i++) {
    const end = to[i] ?? 0
    if (isDigit(end - 1) && goesOn[units[end] ?? 0] === 1) return true
    if (!isEscaped && units[end - 2] === backslash && letters[units[end - 1] ?? 0] === 1) return true
    const start = at[i] ?? 0
    const last = start + (length[i] ?? 0) - 1
    if (isDigit((from[i] ?? 0) - 1) && joins[nextUnits[start] ?? 0] === 1) return true
    if (isDigit(end) && joins[nextUnits[last] ?? 0] === 1) return true
  }
  return false
}
