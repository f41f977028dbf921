import type { BriefRecord, EvidenceView } from '../../src/http/contract-briefs.ts'

/**
 * The evidence that a brief cites, in the order in which a reader meets it: claims, reasons of the verdict, techniques.
 * What nothing cites is left out; where nothing is cited, all of it.
 */
export function readingOrder({ brief, evidence }: BriefRecord): readonly EvidenceView[] {
  const cited = [
    ...brief.claims.flatMap(claim => claim.evidence.map(({ id }) => id)),
    ...brief.reasons.flatMap(reason => reason.evidence),
    ...brief.techniques.flatMap(technique => technique.evidence),
  ]
  const byId = new Map(evidence.map(item => [item.id, item]))
  const items = [...new Set(cited)].flatMap(id => byId.get(id) ?? [])
  return items.length > 0 ? items : evidence
}
