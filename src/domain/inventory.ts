/**
 * The organisation's own identifiers, learned from Wazuh and from uploaded lists. Redaction replaces them, the
 * egress scan refuses them, grouping and intel tell "ours" from "theirs" by them.
 */
export interface Inventory {
  /** Host names, short or fully qualified. */
  readonly hosts: readonly string[]
  /** Account names, with or without a domain. */
  readonly users: readonly string[]
  /** DNS and Active Directory domain names. */
  readonly domains: readonly string[]
  /** Addresses and CIDR ranges. */
  readonly addresses: readonly string[]
  readonly groups: readonly string[]
  /** Anything else that must not leave: project names, code names, customers. */
  readonly terms: readonly string[]
}

export const emptyInventory: Inventory = {
  hosts: [],
  users: [],
  domains: [],
  addresses: [],
  groups: [],
  terms: [],
}
