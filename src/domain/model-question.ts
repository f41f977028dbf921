import type { z } from 'zod'
import type { Problem } from '../lib/problem.ts'
import type { Claim, JudgedClaim } from './claim.ts'
import type { ModelTask, TrustZone } from './data-class.ts'
import type { EvidenceItem } from './evidence.ts'

/**
 * A question to a model, as features put it. They never see a provider: `ask/` redacts it, lets policy pick the
 * model, scans the bytes, writes the ledger, calls, verifies each claim and records.
 */
export interface ModelQuestion<Answer> {
  readonly task: ModelTask
  readonly tenant: string
  /** The vault's scope: placeholders are issued and revealed within it. A case, mail or report id. */
  readonly caseId: string
  /** What the model is to do. Written by us, constant per prompt version: never holds data. */
  readonly instructions: string
  readonly promptVersion: string
  /** All data the model sees, hostile text included. Always in data position, delimited and redacted. */
  readonly evidence: readonly EvidenceItem[]
  /** A person's own words, where there are any (chat, drafting). Redacted like the rest, and not evidence. */
  readonly request?: string
  /** The shape of the answer. Every string in it that a person will read as fact must come out of `claimsOf`. */
  readonly schema: z.ZodType<Answer>
  /** The sentences to verify. */
  readonly claimsOf: (answer: Answer) => readonly Claim[]
  readonly maxOutputTokens: number
  /**
   * Told each sentence as soon as it has arrived whole, judged as it will be in the answer (placeholders inside). What
   * the answer holds in the end counts: a model that had to be asked again says its sentences again.
   */
  readonly onClaim?: (claim: JudgedClaim) => void
  /** The zones that may read this at all, where its source says so (TLP). Policy may allow fewer, never more. */
  readonly zones?: readonly TrustZone[]
  /** This model profile and no other: for a comparison that nobody is shown. */
  readonly onlyProfile?: string
}

/** What a question cost, all its calls together. */
export interface ModelUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number
}

/** What came of it. Only `answered` carries model text, and each claim in it carries its fate. */
export type ModelAnswer<Answer> =
  | {
      readonly kind: 'answered'
      /** Placeholders inside: revealed only at the viewer. */
      readonly answer: Answer
      /** In the order of `claimsOf`. */
      readonly claims: readonly JudgedClaim[]
      readonly model: string
      readonly zone: string
      readonly promptVersion: string
      /** The ledger entry of the call. */
      readonly ledgerSeq: number
      readonly usage: ModelUsage
    }
  /** Policy or the egress scan said no. `reason` is for a person. */
  | { readonly kind: 'refused'; readonly reason: string; readonly problems: readonly Problem[] }
  /** No model is configured, or none answered in time, or the budget is spent. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs?: number }
  /** The answer was not of the schema even after one repair, or too little of it could be verified. */
  | {
      readonly kind: 'unsupported'
      readonly reason: string
      readonly claims: readonly JudgedClaim[]
      /** Paid for all the same. */
      readonly usage: ModelUsage
    }

/** The port through which every feature asks. Implemented by `ask/ask.ts`, wired in the composition roots. */
export type AskModel = <Answer>(
  question: ModelQuestion<Answer>,
  signal: AbortSignal,
) => Promise<ModelAnswer<Answer>>
