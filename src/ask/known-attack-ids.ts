import { groups, mitigations, software } from '../knowledge/attack-actors.ts'
import { findTactic, lookUpTechnique, tactics, techniquesNamed } from '../knowledge/attack-techniques.ts'
import type { KnownIds } from '../verify/known-ids.ts'

const otherIds = new Set([...tactics, ...groups, ...software, ...mitigations].map(({ id }) => id))

/** What pinned ATT&CK knowledge says of ids and names, as verification asks it. */
export const knownAttackIds: KnownIds = {
  attack(id) {
    return lookUpTechnique(id).kind !== 'unknown' || otherIds.has(id)
  },
  attackIdsNamed(name) {
    const tactic = findTactic(name)
    return [...techniquesNamed(name).map(({ id }) => id), ...(tactic ? [tactic.id] : [])]
  },
}
