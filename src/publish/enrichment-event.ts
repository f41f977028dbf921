import type { Brief } from '../domain/brief.ts'
import type { CaseDraft } from '../domain/case.ts'
import { type JudgedClaim, struckStatuses } from '../domain/claim.ts'
import { digestOf } from '../lib/canonical-json.ts'

/** Whether a person has looked at what a model found. Brief 0 needs no review: code wrote it from evidence. */
export type Review =
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'validated' | 'rejected'; readonly by: string; readonly atMs: number }

export interface Enrichment {
  readonly case: CaseDraft
  readonly brief: Brief
  readonly review: Review
  /** Ids of the alerts as Wazuh shows them; the first is the one that the enrichment stands beside. */
  readonly alertIds: readonly string[]
  /** Where the console shows the case. */
  readonly caseUrl: string
}

// A keyword over 32,766 bytes makes the indexer reject the whole document; analysisd takes 60,000 bytes in all.
const textLimitBytes = 20_000
const shortLimitBytes = 2_000
const alertIdLimit = 100

/**
 * The event that becomes an alert beside the original one. Everything lies under `tocsin`: analysisd takes top-level
 * names such as `id`, `status`, `data` and `srcip` for its own. Values are text, since it turns all else into text its
 * own way (0.93 becomes "0.930000"). Struck claims are never published.
 */
export function enrichmentEvent(enrichment: Enrichment): {
  readonly integration: string
  readonly tocsin: Record<string, string | string[]>
} {
  const { brief, review } = enrichment
  const shown = brief.claims.filter(claim => !struckStatuses.includes(claim.status))
  const tocsin: Record<string, string | string[]> = {
    schema: '1',
    event: 'enrichment',
    case_id: enrichment.case.id,
    case_url: enrichment.caseUrl,
    revision: String(enrichment.case.revision),
    alert_id: enrichment.alertIds[0] ?? '',
    alert_ids: enrichment.alertIds.slice(0, alertIdLimit),
    alert_count: String(enrichment.case.alertCount),
    headline: cut(brief.headline, shortLimitBytes),
    severity: enrichment.case.severity,
    verdict: brief.verdict,
    confidence: brief.confidence.toFixed(2),
    brief: cut(shown.map(sentence).join('\n'), textLimitBytes),
    next_steps: cut(brief.nextSteps.join('\n'), textLimitBytes / 2),
    techniques: brief.techniques.slice(0, 50).map(technique => technique.id),
    origin: brief.origin.kind,
    review: review.kind,
  }
  if (brief.origin.kind === 'model') tocsin.model = cut(brief.origin.model, 200)
  if (review.kind === 'validated' || review.kind === 'rejected') {
    tocsin.reviewed_by = cut(review.by, 200)
    tocsin.reviewed_at = new Date(review.atMs).toISOString()
  }
  // A case that only grows is not written again with each alert: what counts is what a reader would act on.
  const { case_id, severity, verdict, techniques, origin, model, review: reviewKind, reviewed_by } = tocsin
  const telling = { case_id, severity, verdict, techniques, origin, model, review: reviewKind, reviewed_by }
  return { integration: 'custom-tocsin', tocsin: { ...tocsin, event_id: digestOf(telling).slice(0, 32) } }
}

function sentence(claim: JudgedClaim): string {
  const mark =
    claim.status === 'written-by-attacker'
      ? ' (as written by whoever produced the log)'
      : claim.status === 'inference'
        ? ' (inference)'
        : ''
  return `${claim.text}${mark} [${claim.evidence.map(citation => citation.id).join(', ')}]`
}

/** At most that many bytes of UTF-8, cut between characters, with a mark that it was cut. */
function cut(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text.toWellFormed())
  if (bytes.length <= limitBytes) return text.toWellFormed()
  return `${new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, limitBytes - 4)).replace(/\uFFFD+$/, '')}…`
}
