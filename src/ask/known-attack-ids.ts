import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import type { KnownIds } from '../verify/known-ids.ts'

/** What an installation's ATT&CK knowledge says of ids and names, as verification asks it. */
export function knownIdsOf({ exists, idsNamed }: AttackKnowledge): KnownIds {
  return { attack: exists, attackIdsNamed: idsNamed }
}

/** The same where nothing was imported. */
export const knownAttackIds: KnownIds = knownIdsOf(shippedAttack)
