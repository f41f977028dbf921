import type { DetectionNode, FieldNode } from '../detection-tree.ts'
import { combinations } from './combinations.ts'

/** Values of one field of which any fits. */
export interface AnyOfField {
  readonly field: string | undefined
  readonly leaves: readonly FieldNode[]
}

/** One way for a detection to match: all fields fit, and none of the negated detections does. */
export interface Disjunct {
  readonly fields: readonly AnyOfField[]
  readonly negated: readonly DetectionNode[]
}

const limit = 200

/**
 * A detection as alternatives of conjunctions, for languages whose rules are conjunctions. Values of one field under
 * an OR stay together, so that long lists do not multiply. Returns `undefined` past 200 alternatives.
 */
export function disjuncts(node: DetectionNode): Disjunct[] | undefined {
  switch (node.kind) {
    case 'field':
      return [{ fields: [{ field: node.field, leaves: [node] }], negated: [] }]
    case 'not':
      return [{ fields: [], negated: [node.of] }]
    case 'some':
      return disjuncts({ kind: 'or', of: combinations(node.of, node.count).map(of => ({ kind: 'and', of })) })
    case 'or': {
      const leaves = node.of.filter(part => part.kind === 'field')
      const grouped = Map.groupBy(leaves, leaf => leaf.field)
      const others = node.of.filter(part => part.kind !== 'field').map(disjuncts)
      const merged: Disjunct[] = [...grouped].map(([field, group]) => ({
        fields: [{ field, leaves: group }],
        negated: [],
      }))
      const all = [merged, ...others].flatMap(part => part ?? [])
      return others.every(part => part !== undefined) && all.length <= limit ? all : undefined
    }
    case 'and': {
      let product: Disjunct[] = [{ fields: [], negated: [] }]
      for (const part of node.of) {
        const next = disjuncts(part)
        if (next === undefined || product.length * next.length > limit) return undefined
        product = product.flatMap(left =>
          next.map(right => ({
            fields: [...left.fields, ...right.fields],
            negated: [...left.negated, ...right.negated],
          })),
        )
      }
      return product
    }
  }
}
