import type { Control, EvidenceName, Owner } from '../control.ts'

/** One control in a line: its id, what it is about in our own words, and where there is any, what speaks for it. */
type SeenLine = readonly [
  id: string,
  topic: string,
  evidence: readonly [EvidenceName, ...EvidenceName[]],
  beyond: string,
]

/** Controls of one owner that records here speak of. */
export function seen(owner: Owner, lines: readonly SeenLine[]): Control[] {
  return lines.map(([id, topic, evidence, beyond]) => ({ id, topic, owner, evidence, beyond }))
}

/** Controls of one owner that nothing here can speak of: they are named, so that nobody takes silence for an answer. */
export function notAddressed(
  owner: Owner,
  lines: readonly (readonly [id: string, topic: string])[],
): Control[] {
  return lines.map(([id, topic]) => ({ id, topic, owner, evidence: [], beyond: 'all of it.' }))
}

/** In the order of the framework; a control whose id it does not have stands last, and a test fails. */
export function inOrder(all: readonly string[], controls: readonly Control[]): Control[] {
  const place = new Map(all.map((id, index) => [id, index]))
  const of = ({ id }: Control) => place.get(id) ?? all.length
  return controls.toSorted((a, b) => of(a) - of(b))
}
