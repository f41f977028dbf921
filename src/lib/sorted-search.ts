/** The first index whose number is at least `value`, in rising order; the length where there is none. */
export function lowerBound<T>(items: readonly T[], value: number, numberOf: (item: T) => number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    // `middle` is within bounds: 0 <= low <= middle < high <= length.
    if (numberOf(items[middle] as T) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The items whose number lies in `from..to`, both included; `items` in rising order. */
export function between<T>(
  items: readonly T[],
  from: number,
  to: number,
  numberOf: (item: T) => number,
): T[] {
  return items.slice(lowerBound(items, from, numberOf), lowerBound(items, to + 1, numberOf))
}
