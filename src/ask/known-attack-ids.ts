import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import type { KnownIds } from '../verify/known-ids.ts'

/** What an installation's ATT&CK knowledge says of ids and names, as verification asks it. */
export function knownIdsOf({ exists, idsNamed }: AttackKnowledge): KnownIds {
  return { attack: exists, attackIdsNamed: idsNamed }
}
