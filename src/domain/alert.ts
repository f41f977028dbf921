import type { Json } from '../lib/canonical-json.ts'
import type { Problem } from '../lib/problem.ts'

/** Which generation of Wazuh an alert came from: 4.x alerts, or 5.x findings. */
export type WazuhGeneration = 4 | 5

export interface MitreReference {
  readonly ids: readonly string[]
  readonly tactics: readonly string[]
  readonly techniques: readonly string[]
}

export interface RuleReference {
  /** A number in text for 4.x (`5710`), a UUID for 5.x. */
  readonly id: string
  /** 0 to 16. For 5.x the word level is mapped: informational 3, low 5, medium 8, high 12, critical 15. */
  readonly level: number
  readonly description: string
  readonly groups: readonly string[]
  readonly mitre: MitreReference
  readonly frequency?: number
  readonly firedTimes?: number
}

export interface AgentReference {
  readonly id: string
  readonly name: string
  readonly ip?: string
}

/** What kind of thing an entity is: the vocabulary that grouping, search, evidence and the console share. */
export const entityTypes = [
  'host',
  'user',
  'address',
  'domain',
  'url',
  'file',
  'hash',
  'process',
  'registry',
  'service',
  'cve',
  'email',
  'cloud-resource',
] as const
export type EntityType = (typeof entityTypes)[number]

/** One thing that an alert names, and the field that names it. */
export interface Entity {
  readonly type: EntityType
  /** Folded for comparison: lower case, no trailing dot, addresses in canonical form. */
  readonly value: string
  /** What part it plays: `source`, `target`, `actor`, `subject`, `parent`… */
  readonly role: string
  /** JSON pointer into the raw alert. */
  readonly pointer: string
}

/** One Wazuh alert. `raw` is the source's JSON kept byte for byte; everything else is read from it. */
export interface Alert {
  /**
   * Unique in Tocsin: `manager/node/id` for 4.x; for findings the document id, else a digest of it.
   * The same alert through two sources has the same key.
   */
  readonly key: string
  /** The id that the user knows: `_id` where the indexer gave one, else the alert's own `id`. */
  readonly id: string
  readonly generation: WazuhGeneration
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number
  readonly rule: RuleReference
  readonly agent: AgentReference
  readonly manager: string
  readonly location: string
  readonly decoder?: string
  readonly fullLog?: string
  readonly entities: readonly Entity[]
  /** The alert as parsed (the `_source` of an indexer hit). Never trusted, never executed. */
  readonly document: { readonly [key: string]: Json }
  /** Exactly what the source gave, as text. */
  readonly raw: string
}

/** What is read of an alert for grouping, counting and storing, without the alert itself. */
export type AlertFacts = Pick<
  Alert,
  'key' | 'id' | 'generation' | 'timestampMs' | 'rule' | 'agent' | 'location' | 'entities'
>

/**
 * A line that could not be taken as it stands. Its bytes are kept, with the reason, so that nothing is dropped
 * silently. `code` is stable: `not-json`, `not-an-alert`, `too-large`, `too-deep`, `invalid-utf8`, `lone-surrogate`,
 * `nul-character`, `forbidden-key`, `number-out-of-range`, `name-too-long`,
 * `duplicate-id`.
 */
export interface QuarantinedLine {
  readonly code: string
  /** For a person; holds no text of the line. */
  readonly message: string
  /** Where it stood: `line 12`, an index and document id. */
  readonly where: string
  readonly bytes: Uint8Array
}

/**
 * What became of one line. `repaired`: the line is in quarantine, and what could be read of it is an alert all the
 * same, so that an odd byte in a user agent cannot hide an attack from triage.
 */
export type NormalizedLine =
  | { readonly kind: 'alert'; readonly alert: Alert; readonly problems: readonly Problem[] }
  | {
      readonly kind: 'repaired'
      readonly alert: Alert
      readonly problems: readonly Problem[]
      readonly quarantined: QuarantinedLine
    }
  | { readonly kind: 'quarantined'; readonly quarantined: QuarantinedLine }
