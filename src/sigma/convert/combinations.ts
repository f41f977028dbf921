/** All ways to pick `count` of the items, in their order. */
export function combinations<T>(items: readonly T[], count: number): T[][] {
  if (count === 0) return [[]]
  return items.flatMap((item, index) =>
    combinations(items.slice(index + 1), count - 1).map(rest => [item, ...rest]),
  )
}
