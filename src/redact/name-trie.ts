import type { ValueClass } from '../domain/value-class.ts'
import { addBit, type BitSet, bitSet } from './bit-set.ts'
import { unitsOf } from './view.ts'

/** A name, as it is looked for. */
export interface KnownName {
  readonly class: ValueClass
  /** The class and the folded name: what its spellings have in common. */
  readonly identity: string
}

/**
 * Folded names as a tree of what they have in common, entered only where a word starts. What leads to a node is kept
 * as one piece and not unit by unit: a secret may be thousands of characters long, and hostile text may begin it at
 * every word.
 */
export interface NameTrie {
  readonly root: NameNode
  /** Whether any name starts with a pair of units, hashed to 16 bits: rejects nearly every place at once. */
  readonly starts: BitSet
}

export interface NameNode {
  /** The units that lead here from the node before. */
  readonly label: Uint16Array
  /** By the first unit of their labels. */
  readonly children: ReadonlyMap<number, NameNode>
  /** The name that ends here. */
  readonly name: KnownName | undefined
}

/** The hash behind `starts`. */
export function startHash(first: number, second: number): number {
  return (first * 251 + second) & 0xffff
}

interface GrowingNode {
  label: Uint16Array
  readonly children: Map<number, GrowingNode>
  name: KnownName | undefined
}

/** Builds a trie name by name. */
export function newTrie() {
  const root: GrowingNode = { label: new Uint16Array(), children: new Map(), name: undefined }
  const starts = bitSet()
  return {
    /** A later class wins over an earlier one for the same name. */
    add(folded: string, valueClass: ValueClass, identity = `${valueClass} ${folded}`): void {
      nodeOf(root, unitsOf(folded)).name = { class: valueClass, identity }
      addBit(starts, startHash(folded.charCodeAt(0), folded.charCodeAt(1)))
    },
    done: (): NameTrie => ({ root, starts }),
  }
}

/** The node at which a name ends, made where there is none. */
function nodeOf(root: GrowingNode, units: Uint16Array): GrowingNode {
  let node = root
  for (let at = 0; at < units.length; ) {
    const first = units[at] ?? 0
    const child = node.children.get(first)
    if (child === undefined) {
      const leaf = { label: units.subarray(at), children: new Map(), name: undefined }
      node.children.set(first, leaf)
      return leaf
    }
    const common = commonLength(child.label, units, at)
    at += common
    if (common < child.label.length) {
      const rest = child.label.subarray(common)
      const fork = {
        label: child.label.subarray(0, common),
        children: new Map([[rest[0] ?? 0, child]]),
        name: undefined,
      }
      child.label = rest
      node.children.set(first, fork)
      node = fork
    } else node = child
  }
  return node
}

function commonLength(label: Uint16Array, units: Uint16Array, from: number): number {
  let length = 0
  while (length < label.length && label[length] === units[from + length]) length++
  return length
}
