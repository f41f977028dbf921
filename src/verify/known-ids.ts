/** Identifiers that exist, pinned to a version and handed in. A claim may name no other. */
export interface KnownIds {
  /** Whether an ATT&CK technique, tactic, group, software or mitigation id exists, retired ones included. */
  readonly attack: (id: string) => boolean
  /** The ids that bear an ATT&CK name, in any case; empty for what is no such name. */
  readonly attackIdsNamed: (name: string) => readonly string[]
}
