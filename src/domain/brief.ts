import type { JudgedClaim } from './claim.ts'
import type { Verdict } from './verdict.ts'

/** Where a brief comes from: code alone (brief 0), or a model whose claims were verified. */
export type BriefOrigin =
  | { readonly kind: 'computed' }
  | {
      readonly kind: 'model'
      readonly model: string
      readonly zone: string
      readonly promptVersion: string
      readonly ledgerSeq: number
    }

export interface BriefTechnique {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
  readonly evidence: readonly string[]
}

/** A short account of a case in which every sentence points at evidence. */
export interface Brief {
  readonly origin: BriefOrigin
  readonly headline: string
  readonly claims: readonly JudgedClaim[]
  /** Proposed; only a person sets one. A model's changes nothing, that of brief 0 its case's place in the queue, within bounds. */
  readonly verdict: Verdict
  /** 0 to 1, calibrated: how often this verdict is right at this confidence. */
  readonly confidence: number
  /** Why this verdict, each reason with the evidence ids behind it. */
  readonly reasons: readonly {
    readonly text: string
    readonly evidence: readonly string[]
    readonly weight: number
  }[]
  readonly techniques: readonly BriefTechnique[]
  readonly nextSteps: readonly string[]
  readonly unknowns: readonly string[]
}
