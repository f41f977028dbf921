import { z } from 'zod'
import { claimStatuses } from '../domain/claim.ts'
import { verdicts } from '../domain/verdict.ts'
import { person } from './contract.ts'

export const citation = z.object({ id: z.string(), quote: z.string() })

const judgedClaim = z.object({
  text: z.string(),
  evidence: z.array(citation),
  status: z.enum(claimStatuses),
  reasons: z.array(z.string()),
})
export type JudgedClaimView = z.infer<typeof judgedClaim>

export const evidenceItem = z.object({
  id: z.string(),
  kind: z.string(),
  /** An alert key (then `pointer` opens in its raw JSON), or the name of what it was looked up in. */
  source: z.string(),
  pointer: z.string(),
  quote: z.string(),
  trust: z.enum(['observed', 'attacker-controlled', 'knowledge-base', 'human']),
  label: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
})
export type EvidenceView = z.infer<typeof evidenceItem>

const briefOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('computed') }),
  z.object({
    kind: z.literal('model'),
    model: z.string(),
    zone: z.string(),
    promptVersion: z.string(),
    ledgerSeq: z.number(),
  }),
])

export const brief = z.object({
  origin: briefOrigin,
  headline: z.string(),
  claims: z.array(judgedClaim),
  verdict: z.enum(verdicts),
  confidence: z.number(),
  reasons: z.array(z.object({ text: z.string(), evidence: z.array(z.string()), weight: z.number() })),
  techniques: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      tactics: z.array(z.string()),
      evidence: z.array(z.string()),
    }),
  ),
  nextSteps: z.array(z.string()),
  unknowns: z.array(z.string()),
})
export type BriefView = z.infer<typeof brief>

/** A brief as stored. A model's is `pending` until a named person validated or rejected it. */
export const briefRecord = z.object({
  id: z.string(),
  /** The case revision that it is about; older than the case's own when new alerts came in. */
  revision: z.number(),
  createdMs: z.number(),
  review: z.enum(['not-needed', 'pending', 'validated', 'rejected']),
  reviewedBy: person.nullable(),
  reviewedAtMs: z.number().nullable(),
  brief,
  /** E1..En as this brief cites them. */
  evidence: z.array(evidenceItem),
})
export type BriefRecord = z.infer<typeof briefRecord>

/** Why there is no model brief for the newest revision. */
export const modelBriefState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('waiting') }),
  z.object({ kind: z.literal('not-configured') }),
  z.object({ kind: z.literal('not-selected'), reason: z.string() }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
  z.object({ kind: z.literal('unsupported'), reason: z.string() }),
])
export type ModelBriefState = z.infer<typeof modelBriefState>
