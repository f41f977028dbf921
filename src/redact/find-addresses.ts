import { type Address, addressOf, inRange, scopeOf } from './address.ts'
import type { NameIndex } from './name-index.ts'
import type { Span } from './span.ts'
import { toSource, type View } from './view.ts'

const dotted = /(?<![\w.])(?:\d{1,3}|0x[0-9a-fA-F]{1,2})(?:\.(?:\d{1,4}|0x[0-9a-fA-F]{1,2})){3}(?![\w]|\.\d)/g

/** Finds addresses in a view. Whose they are decides the class. */
export function findAddresses(view: View, index: NameIndex): Span[] {
  const spans: Span[] = []
  for (const match of view.text.matchAll(dotted)) {
    const address = addressOf(match[0])
    if (address === undefined) continue
    const valueClass = classOfAddress(address, index)
    if (valueClass === undefined) continue
    const range = toSource(view, match.index, match.index + match[0].length)
    spans.push({ ...range, class: valueClass, identity: `address ${address.identity}` })
  }
  return spans
}

/** `undefined` for addresses that name nobody. The inventory goes before the ranges. */
export function classOfAddress(
  address: Address,
  index: NameIndex,
): 'address.internal' | 'address.public' | undefined {
  if (index.addresses.has(address.identity) || index.ranges.some(range => inRange(address, range))) {
    return 'address.internal'
  }
  const scope = scopeOf(address)
  return scope === 'nobody' ? undefined : scope === 'private' ? 'address.internal' : 'address.public'
}
