import type { StoredEvidence } from '../store/compliance-evidence.ts'

/** A setting that is evidence where it is on. */
export type SettingEvidence =
  | 'setting-policy-file'
  | 'setting-https'
  | 'setting-server-database'
  | 'setting-publish'
  | 'setting-own-master-key'

/** Everything that a control can point at. `ledger-verified` counts the entries whose chain was recomputed. */
export type EvidenceName = StoredEvidence | SettingEvidence | 'ledger-verified'

/** Who in the organisation answers for a control, by function. */
export type Owner =
  | 'SOC lead'
  | 'CISO'
  | 'platform engineer'
  | 'data protection officer'
  | 'detection engineer'

/** One control of a framework, and the evidence in Tocsin's own records that speaks for it. */
export interface Control {
  readonly id: string
  /** What it is about, in our own words: the texts of the standards are not copied. */
  readonly topic: string
  /** Identifiers of the same subject in the framework's earlier version. */
  readonly earlierIds?: readonly string[]
  readonly owner: Owner
  /** Records that should exist in a period in which the control was at work. Empty: Tocsin cannot see it. */
  readonly evidence: readonly EvidenceName[]
  /** Records that speak against it: one of them, and the status is `partial` at best. */
  readonly contrary?: readonly EvidenceName[]
  /** What has to be shown by other means, whatever the counts say. */
  readonly beyond: string
}

/** The controls of one framework: those that Tocsin has evidence for, and all the others. */
export interface Framework {
  readonly id: string
  readonly name: string
  /** Version of the framework that the identifiers are of. */
  readonly version: string
  /** Of this mapping; it changes with every edit of the controls. */
  readonly mappingVersion: string
  readonly source: string
  /** All identifiers of the framework on the level that is mapped: each is one of the controls. */
  readonly identifiers: { readonly unit: string; readonly all: readonly string[] }
  /** All of them, in the framework's order: an auditor asks for those first of which nothing here speaks. */
  readonly controls: readonly Control[]
}
