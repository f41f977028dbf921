import { type NameIndex, startHash } from './name-index.ts'
import type { Span } from './span.ts'
import { toSource, type View } from './view.ts'
import { isWordUnit } from './word.ts'

/** Finds the inventory's names in a view: the longest that starts and ends at the edge of a word. */
export function findNames(view: View, index: NameIndex): Span[] {
  const spans: Span[] = []
  const text = view.lower
  let insideWord = false
  for (let at = 0; at < text.length - 1; at++) {
    const unit = text.charCodeAt(at)
    const wordUnit = isWordUnit(unit)
    const enter = !(insideWord && wordUnit) && index.starts[startHash(unit, text.charCodeAt(at + 1))] === 1
    insideWord = wordUnit
    if (!enter) continue
    const found = longestName(text, at, index)
    if (found === undefined) continue
    spans.push({
      ...toSource(view, at, found.end),
      class: found.class,
      identity: `${found.class} ${found.identity}`,
    })
  }
  return spans
}

function longestName(text: string, from: number, index: NameIndex) {
  let node = 0
  let best: { end: number; class: Span['class']; identity: string } | undefined
  for (let at = from; at < text.length; at++) {
    const next = index.edges.get(node * 0x10000 + text.charCodeAt(at))
    if (next === undefined) break
    node = next
    const name = index.names.get(node)
    if (name === undefined) continue
    const splitsWord =
      at + 1 < text.length && isWordUnit(text.charCodeAt(at + 1)) && isWordUnit(text.charCodeAt(at))
    if (!splitsWord) best = { end: at + 1, ...name }
  }
  return best
}
