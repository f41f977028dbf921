import type { Claim, JudgedClaim } from '../domain/claim.ts'
import type { SentItem } from './sent-item.ts'

/** Identifiers that exist, pinned to a version. Claims may name no other. */
export interface KnownIds {
  /** Whether an ATT&CK technique, tactic, group, software or mitigation id exists (retired ones included). */
  readonly attack: (id: string) => boolean
}

/**
 * Judges each claim against the evidence exactly as the model was sent it. Every checkable fact in the sentence must
 * stand in the items that the claim cites.
 */
export function judgeClaims(
  claims: readonly Claim[],
  evidence: readonly SentItem[],
  known: KnownIds,
): JudgedClaim[] {
  const byId = new Map(evidence.map(item => [item.id, item]))
  return claims.map(claim => judgeClaim(claim, byId, known))
}

function judgeClaim(claim: Claim, evidence: ReadonlyMap<string, SentItem>, _known: KnownIds): JudgedClaim {
  const missing = claim.evidence.filter(({ id, quote }) => !evidence.get(id)?.quote.includes(quote))
  if (missing.length === 0 && claim.evidence.length > 0) return { ...claim, status: 'verified', reasons: [] }
  return {
    ...claim,
    status: 'not-in-evidence',
    reasons: missing.map(({ id }) => `the quote is not in ${id}`),
  }
}
