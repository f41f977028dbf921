import { hasBit } from './bit-set.ts'
import { type NameNode, type NameTrie, startHash } from './name-trie.ts'
import { type PlaceKind, type Places, placesIn } from './places.ts'
import { unitSet } from './runs.ts'
import type { Span } from './span.ts'
import type { View } from './view.ts'
import { isWordUnit } from './word.ts'

/**
 * Finds the inventory's names in a text and its layers: in each the longest that starts and ends at the edge of a
 * word.
 */
export function findNames(layers: readonly View[], index: NameTrie): Span[] {
  const spans: Span[] = []
  const kind = nameStarts(index)
  let places: Places | undefined
  for (const view of layers) {
    places = placesIn(view, kind, places)
    for (const at of places.at) {
      const found = longestName(view.lowerUnits, at, index)
      if (found === undefined) continue
      spans.push({ ...view.toSource(at, found.end), class: found.class, identity: found.identity })
    }
  }
  return spans
}

/** Where a word begins, or anything between words, and a name with it. */
function nameStarts({ starts }: NameTrie): PlaceKind {
  return {
    reach: 2,
    find: (units, from, to, places) => {
      // The last unit alone is no name.
      const end = Math.min(to, units.length - 1)
      let unit = units[from] ?? 0
      for (let at = from; at < end; at++) {
        const next = units[at + 1] ?? 0
        if (
          hasBit(starts, startHash(unit, next)) &&
          !(isWordUnit(unit) && at > 0 && isWordUnit(units[at - 1] ?? 0))
        ) {
          places.push(at)
        }
        unit = next
      }
    },
  }
}

function longestName(units: Uint16Array, from: number, { root }: NameTrie) {
  let best: { end: number; class: Span['class']; identity: string } | undefined
  let node: NameNode | undefined = root
  for (let at = from; node !== undefined; ) {
    const { label, name, children }: NameNode = node
    for (let i = 0; i < label.length; i++, at++) {
      const wanted = label[i]
      if (wanted === space) {
        // Words of one name may stand apart by anything: `Project+Phoenix`, `project_phoenix`, a line break.
        if (!isSeparator(units[at] ?? 0)) return best
        while (isSeparator(units[at + 1] ?? 0)) at++
      } else if (wanted !== units[at]) return best
    }
    const splitsWord = isWordUnit(units[at] ?? 0) && isWordUnit(units[at - 1] ?? 0)
    if (name !== undefined && !splitsWord && !isPartOfLongerDomain(units, from, at, name.class)) {
      best = { end: at, ...name }
    }
    const unit = units[at] ?? 0
    node = children.get(unit) ?? (isSeparator(unit) ? children.get(space) : undefined)
  }
  return best
}

const [space, hyphen, dot] = [0x20, 0x2d, 0x2e]
const domainUnits = unitSet('a-z0-9').table

/** `evil-acme.com` is somebody else's domain, and an indicator: a hyphen belongs to a domain's name. */
function isPartOfLongerDomain(
  units: Uint16Array,
  start: number,
  end: number,
  valueClass: Span['class'],
): boolean {
  if (valueClass !== 'domain' || !units.subarray(start, end).includes(dot)) return false
  return units[start - 1] === hyphen || (units[end] === hyphen && domainUnits[units[end + 1] ?? 0] === 1)
}

/** White space, `+`, `-` and `_`. */
function isSeparator(unit: number): boolean {
  return (
    unit === space ||
    (unit >= 9 && unit <= 13) ||
    unit === 0x2b ||
    unit === hyphen ||
    unit === 0x5f ||
    unit === 0xa0
  )
}
