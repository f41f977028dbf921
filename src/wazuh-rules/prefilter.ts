import { allCandidates, type Candidates } from './candidates.ts'
import type { DecoderNode } from './decoder.ts'
import type { WazuhEvent } from './event.ts'
import type { Expression } from './expression.ts'
import type { RuleNode } from './rule.ts'

/**
 * Narrows decoders and rules down to those that may match an event, in their order. A prefilter may let through what
 * does not match; it may never leave out what does.
 */
export interface Prefilter {
  /** Is told of each event before anything else is asked. */
  begin(event: WazuhEvent): void
  /** Whether the expression may match anywhere in the event's log. */
  mayMatch(expression: Expression): boolean
  decoders(event: WazuhEvent, roots: readonly DecoderNode[]): Candidates<DecoderNode>
  rules(event: WazuhEvent, node: RuleNode): Candidates<RuleNode>
}

/** Lets everything through: the reference that the fast one is compared with. */
export const plainPrefilter: Prefilter = {
  begin: () => {},
  mayMatch: () => true,
  decoders: (_, roots) => allCandidates(roots),
  rules: (_, node) => allCandidates(node.children),
}
