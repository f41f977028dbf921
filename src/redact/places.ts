import type { View } from './view.ts'

/*
 * Places of a view where something may begin, as a few units tell. A layer of escapes differs from the one before it
 * in short pieces only, and an alert has three or four layers: what was found in one is carried over to the next, and
 * only around the pieces is anything looked at again. The answer is the same as if all of it were.
 */

/** What is looked for. */
export interface PlaceKind {
  /** How many units decide, from a place on; the one in front of it may, too. */
  readonly reach: number
  /** Adds the places from `from` to `to` (excluded), in order, to `places`. Units are those of the text in lower case. */
  find(units: Uint16Array, from: number, to: number, places: number[]): void
}

/** The places of a kind in a view, in order. */
export interface Places {
  readonly view: View
  readonly at: readonly number[]
}

/** The places of a kind in a view. What was found in the view that it was made from makes it quicker. */
export function placesIn(view: View, kind: PlaceKind, before?: Places): Places {
  const at: number[] = []
  const pieces = before === undefined ? undefined : view.changesFrom(before.view)
  if (
    before === undefined ||
    pieces === undefined ||
    !view.lowersUnitByUnit ||
    !before.view.lowersUnitByUnit
  ) {
    kind.find(view.lowerUnits, 0, view.lowerUnits.length, at)
    return { view, at }
  }
  const length = before.view.lowerUnits.length
  let next = 0
  let lookedAt = 0
  for (let i = 0; i <= pieces.count; i++) {
    // What was copied between the piece before and this one: from where to where, and how far it moved.
    const from = i === 0 ? 0 : (pieces.to[i - 1] ?? 0)
    const to = i === pieces.count ? length : (pieces.from[i] ?? 0)
    const moved = i === 0 ? 0 : (pieces.at[i - 1] ?? 0) + (pieces.length[i - 1] ?? 0) - from
    // Places with all that decides them inside.
    const first = i === 0 ? 0 : from + 1
    const end = i === pieces.count ? to : to - kind.reach + 1
    if (first >= end) continue
    kind.find(view.lowerUnits, lookedAt, first + moved, at)
    while ((before.at[next] ?? end) < first) next++
    for (let place = before.at[next] ?? end; place < end; place = before.at[++next] ?? end)
      at.push(place + moved)
    lookedAt = end + moved
  }
  kind.find(view.lowerUnits, lookedAt, view.lowerUnits.length, at)
  return { view, at }
}
