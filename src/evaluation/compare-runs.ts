import { mcNemar } from '../lib/statistics.ts'

/** What a comparison needs of an item's result. */
export interface ComparedItem {
  readonly id: string
  readonly task: string
  readonly score: number
}

export interface RunComparison {
  /** Items that both runs have. */
  readonly items: number
  readonly both: number
  readonly neither: number
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly p: number
  /** Items whose scores differ, the largest differences first. */
  readonly differing: readonly { id: string; task: string; first: number; second: number }[]
}

/** An item counts as right from here on: most tasks give 0 or 1, the others a share. */
const rightFrom = 0.5
const shownDiffering = 50

/** Holds two runs against each other on the items that both have, paired: McNemar's exact test. */
export function compareRuns(first: readonly ComparedItem[], second: readonly ComparedItem[]): RunComparison {
  const others = new Map(second.map(item => [`${item.task} ${item.id}`, item.score]))
  const pairs = first.flatMap(({ id, task, score }) => {
    const other = others.get(`${task} ${id}`)
    return other === undefined ? [] : [{ id, task, first: score, second: other }]
  })
  const count = (a: boolean, b: boolean) =>
    pairs.filter(pair => pair.first >= rightFrom === a && pair.second >= rightFrom === b).length
  const onlyFirst = count(true, false)
  const onlySecond = count(false, true)
  return {
    items: pairs.length,
    both: count(true, true),
    neither: count(false, false),
    onlyFirst,
    onlySecond,
    p: mcNemar(onlyFirst, onlySecond),
    differing: pairs
      .filter(pair => pair.first !== pair.second)
      .sort((a, b) => Math.abs(b.first - b.second) - Math.abs(a.first - a.second))
      .slice(0, shownDiffering),
  }
}
