import { type NameTrie, startHash } from './name-index.ts'
import type { Span } from './span.ts'
import type { View } from './view.ts'
import { isWordUnit } from './word.ts'

/** Finds the inventory's names in a view: the longest that starts and ends at the edge of a word. */
export function findNames(view: View, index: NameTrie): Span[] {
  const spans: Span[] = []
  const { starts } = index
  const { lower: text, lowerUnits: units } = view
  const places = wordStarts(view)
  for (let i = 0; i < places.length; i++) {
    const at = places[i] ?? 0
    if (!starts.has(startHash(units[at] ?? 0, units[at + 1] ?? 0))) continue
    const found = longestName(text, at, index)
    if (found === undefined) continue
    spans.push({
      ...view.toSource(at, found.end),
      class: found.class,
      identity: found.identity,
    })
  }
  return spans
}

const wordStartsOf = new WeakMap<View, Int32Array>()

/** Where a word begins, or anything between words: found once a view, asked for each index of names. */
function wordStarts(view: View): Int32Array {
  const known = wordStartsOf.get(view)
  if (known !== undefined) return known
  const units = view.lowerUnits
  const places = new Int32Array(units.length)
  let count = 0
  let insideWord = false
  // The last unit alone is no name.
  for (let at = 0; at < units.length - 1; at++) {
    const word = isWordUnit(units[at] ?? 0)
    if (!(insideWord && word)) places[count++] = at
    insideWord = word
  }
  const found = places.subarray(0, count)
  wordStartsOf.set(view, found)
  return found
}

function longestName(text: string, from: number, index: NameTrie) {
  let node = 0
  let best: { end: number; class: Span['class']; identity: string } | undefined
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    let next = index.edges.get(node * 0x10000 + unit)
    if (isSeparator(unit) && (next === undefined || unit === 0x20)) {
      // Words of one name may stand apart by anything: `Project+Phoenix`, `project_phoenix`, a line break.
      next ??= index.edges.get(node * 0x10000 + 0x20)
      while (next !== undefined && at + 1 < text.length && isSeparator(text.charCodeAt(at + 1))) at++
    }
    if (next === undefined) break
    node = next
    const name = index.names.get(node)
    if (name === undefined) continue
    const splitsWord =
      at + 1 < text.length && isWordUnit(text.charCodeAt(at + 1)) && isWordUnit(text.charCodeAt(at))
    if (!splitsWord && !isPartOfLongerDomain(text, from, at + 1, name.class)) best = { end: at + 1, ...name }
  }
  return best
}

/** `evil-acme.com` is somebody else's domain, and an indicator: a hyphen belongs to a domain's name. */
function isPartOfLongerDomain(text: string, start: number, end: number, valueClass: Span['class']): boolean {
  if (valueClass !== 'domain' || !text.slice(start, end).includes('.')) return false
  return text.charAt(start - 1) === '-' || /^-[a-z0-9]/.test(text.slice(end, end + 2))
}

/** White space, `+`, `-` and `_`. */
function isSeparator(unit: number): boolean {
  return (
    unit === 0x20 ||
    (unit >= 9 && unit <= 13) ||
    unit === 0x2b ||
    unit === 0x2d ||
    unit === 0x5f ||
    unit === 0xa0
  )
}
