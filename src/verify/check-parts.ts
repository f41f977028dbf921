import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import { partsInPhrase } from './part-phrases.ts'
import type { Axis, Part, Side } from './parts.ts'

const names: Readonly<Record<Exclude<Axis, 'transfer'>, Readonly<Record<Side, string>>>> = {
  flow: { first: 'source', second: 'target' },
  lineage: { first: 'parent', second: 'child' },
  change: { first: 'value before', second: 'value after' },
}

/**
 * Checks the parts that a sentence gives to values that fields of the evidence give a part to: only the opposite part is
 * a fault, and only where the evidence knows both sides, so that there is something to take the one for the other.
 */
export function checkParts(text: string, ground: Ground): Finding[] {
  return (['flow', 'lineage', 'change'] as const).flatMap(axis => {
    const known = ground.parts.filter(part => part.axis === axis && part.value.length > 1)
    const sides = sidesOf(axis, known)
    if (sides.size === 0) return []
    const values = [...sides.keys()]
    const claimed = partsInPhrase(text, axis, values)
    const conflicts = claimed.filter(({ value, side }) => {
      const has = sides.get(value)
      return has !== undefined && !has.has(side) && opposes(value, side, sides)
    })
    return conflicts.map(
      ({ value, side }): Finding => ({
        fault: 'contradicted',
        reason: `${value} is not the ${names[axis][side]} in the cited evidence`,
      }),
    )
  })
}

/** The sides that each value plays, where both sides are known: of a change, for the same thing. */
function sidesOf(axis: Axis, known: readonly Part[]): Map<string, Set<Side>> {
  const sides = new Map<string, Set<Side>>()
  for (const part of known) {
    const matched = known.some(
      other =>
        other.side !== part.side && other.value !== part.value && (axis !== 'change' || other.of === part.of),
    )
    if (matched) sides.set(part.value, (sides.get(part.value) ?? new Set()).add(part.side))
  }
  return sides
}

/** Whether another value of the evidence plays the part that is claimed for this one. */
function opposes(value: string, side: Side, sides: ReadonlyMap<string, ReadonlySet<Side>>): boolean {
  return [...sides].some(([other, has]) => other !== value && has.has(side))
}
