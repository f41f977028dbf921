import { type DataClass, dataClasses } from '../domain/data-class.ts'
import { dataClassOf, type ValueClass } from '../domain/value-class.ts'

/** How many values of a data class a text holds, and of which kinds. */
export interface ClassCount {
  readonly class: DataClass
  readonly count: number
  readonly values: readonly { readonly class: ValueClass; readonly count: number }[]
}

/** Counts what was found in a text by data class, the most sensitive first. */
export function classesPresent(found: readonly ValueClass[]): ClassCount[] {
  const counts = new Map<ValueClass, number>()
  for (const valueClass of found) counts.set(valueClass, (counts.get(valueClass) ?? 0) + 1)
  return dataClasses.toReversed().flatMap(name => {
    const values = [...counts]
      .filter(([valueClass]) => dataClassOf(valueClass) === name)
      .map(([valueClass, count]) => ({ class: valueClass, count }))
    const count = values.reduce((sum, value) => sum + value.count, 0)
    return count === 0 ? [] : [{ class: name, count, values }]
  })
}
