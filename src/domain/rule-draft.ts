import type { TrustZone } from './data-class.ts'

/**
 * Where a rule draft stands. `deploying` is written before anything is sent, so a crash leaves it for a person to look
 * at; `broken` means that Wazuh is neither as it was nor as wanted.
 */
export const ruleDraftStates = [
  'draft',
  'awaiting',
  'approved',
  'rejected',
  'deploying',
  'deployed',
  'not-deployed',
  'rolled-back',
  'broken',
] as const
export type RuleDraftState = (typeof ruleDraftStates)[number]

/** States in which the text may change; every change needs a new proof and a new approval. */
export const editableStates: readonly RuleDraftState[] = ['draft', 'rejected', 'not-deployed', 'rolled-back']

/** What is drafted: rules in Wazuh's XML, the decoders and CDB lists that they stand on, Sigma's YAML, or YARA. */
export const ruleKinds = ['wazuh', 'decoders', 'lists', 'sigma', 'yara'] as const
export type RuleKind = (typeof ruleKinds)[number]

export const ruleFileEndings: Readonly<Record<RuleKind, string>> = {
  wazuh: '.xml',
  decoders: '.xml',
  // The server API takes lists by names without a dot only.
  lists: '',
  sigma: '.yml',
  yara: '.yar',
}

/** What a draft was started from. `material` is what a model may be told of it: anyone may have written it. */
export interface RuleOrigin {
  readonly kind: 'case' | 'report' | 'noisy-rule' | 'conversion'
  readonly id: string
  readonly title: string
  readonly material: readonly string[]
  /** How far the material may go, where its source says so. */
  readonly zones: readonly TrustZone[] | null
}

/** A file that a YARA rule must, or must not, match. */
export interface SampleFile {
  readonly id: string
  readonly name: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly mustMatch: boolean
}

/**
 * A log and whether a rule of the draft must fire on it. Several lines are several logs of one session. For decoders:
 * whether one of them reads it. For a list it is a value that must, or must not, be in it; for Sigma an event as JSON; for
 * YARA the whole content of a file, as text.
 */
export interface DraftCase {
  readonly log: string
  readonly fires: boolean
}

/** What a model was asked for in an engineer's words, and what came of it. */
export type Drafting =
  | { readonly kind: 'waiting'; readonly request: string }
  | { readonly kind: 'failed'; readonly request: string; readonly reason: string }
  | {
      readonly kind: 'drafted'
      readonly request: string
      readonly model: string
      readonly rounds: number
      /** What the best draft still did wrong when it was run. */
      readonly complaints: readonly string[]
      /** The text that it took the place of. */
      readonly before?: string
    }

/** A stored draft. `Proof` is what measuring it gave. */
export interface RuleDraft<Proof> {
  readonly id: string
  readonly kind: RuleKind
  readonly origin: RuleOrigin | null
  readonly title: string
  readonly fileName: string
  readonly text: string
  readonly cases: readonly DraftCase[]
  readonly state: RuleDraftState
  readonly proof: Proof | null
  readonly drafting: Drafting | null
  readonly digest: string | null
  readonly replaces: string | null
  readonly changedBy: string
  readonly requestedBy: string | null
  readonly reason: string
  readonly decidedBy: string | null
  readonly decisionReason: string | null
  readonly outcome: string | null
  readonly createdAtMs: number
  readonly changedAtMs: number
}
