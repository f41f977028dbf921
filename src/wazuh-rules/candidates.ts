import type { LogDigest, WordPairs } from './log-digest.ts'

/** Decoders or rules that may match an event, in their order: `for (at = next(0); at < nodes.length; at = next(at + 1))`. */
export interface Candidates<Node> {
  readonly nodes: readonly Node[]
  /** The first place from `from` on that is worth a look, or `nodes.length` and beyond where none is. */
  next(from: number): number
}

/** Every node is worth a look. */
export function allCandidates<Node>(nodes: readonly Node[]): Candidates<Node> {
  return { nodes, next: from => from }
}

/**
 * Nodes with what each needs of the log, laid out in one row of numbers: for each list of words their count and their
 * places in the digest. The walk over what cannot match, most of the work of most logs, is then one small loop that is
 * compiled early and allocates nothing.
 */
export function gatedCandidates<Node>(
  nodes: readonly Node[],
  needs: (node: Node) => readonly WordPairs[] | undefined,
  digest: LogDigest,
): Candidates<Node> {
  const starts = new Int32Array(nodes.length + 1)
  const row: number[] = []
  nodes.forEach((node, index) => {
    for (const pairs of needs(node) ?? []) row.push(pairs.length, ...pairs)
    starts[index + 1] = row.length
  })
  const codes = Uint16Array.from(row)
  return { nodes, next: from => digest.nextHeld(starts, codes, from) }
}
