/** What a claim rests on: an evidence id and the exact words in it. */
export interface Citation {
  readonly id: string
  readonly quote: string
}

/** One sentence of a model (or of code), with what it cites. Not yet believed. */
export interface Claim {
  readonly text: string
  readonly evidence: readonly Citation[]
}

/**
 * What became of a claim.
 * `verified`: every fact in it is in the evidence it cites. `written-by-attacker`: it is, but only in text that an
 * attacker could have written. `inference`: no checkable fact in it, a judgement. `not-in-evidence`, `does-not-exist`
 * (an id unknown to pinned knowledge), `contradicted`: struck. `computed`: written by code from evidence (brief 0).
 */
export const claimStatuses = [
  'computed',
  'verified',
  'written-by-attacker',
  'inference',
  'not-in-evidence',
  'does-not-exist',
  'contradicted',
] as const
export type ClaimStatus = (typeof claimStatuses)[number]

/** Statuses that are shown struck and labelled, never as fact. */
export const struckStatuses: readonly ClaimStatus[] = ['not-in-evidence', 'does-not-exist', 'contradicted']

/** A claim with its fate. For model claims, made only in `verify/`. */
export interface JudgedClaim extends Claim {
  readonly status: ClaimStatus
  /** What was wrong, for a person: `203.0.113.9 is not in E3`. */
  readonly reasons: readonly string[]
}
