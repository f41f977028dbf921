import type { Brief } from '../domain/brief.ts'
import type { CaseDraft } from '../domain/case.ts'
import { type JudgedClaim, struckStatuses } from '../domain/claim.ts'
import { digestOf } from '../lib/canonical-json.ts'
import { quoteCode } from '../lib/code-spans.ts'

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

// A keyword over 32,766 bytes makes the indexer reject the whole document; analysisd takes 60,000 bytes in all. So all
// limits are of bytes as JSON writes them, where a control character is six, and their sum is below 60,000.
const textLimitBytes = 20_000
const shortLimitBytes = 2_000
const idLimitBytes = 200
const idsLimitBytes = 10_000
const alertIdLimit = 100
const techniqueLimit = 50

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
    case_url: cut(enrichment.caseUrl, shortLimitBytes),
    revision: String(enrichment.case.revision),
    alert_id: idsWithin(enrichment.alertIds)[0] ?? '',
    alert_ids: idsWithin(enrichment.alertIds),
    alert_count: String(enrichment.case.alertCount),
    headline: cut(brief.headline, shortLimitBytes),
    severity: enrichment.case.severity,
    verdict: brief.verdict,
    confidence: brief.confidence.toFixed(2),
    brief: cut(shown.map(sentence).join('\n'), textLimitBytes),
    next_steps: cut(brief.nextSteps.map(quoteCode).join('\n'), textLimitBytes / 2),
    techniques: brief.techniques
      .slice(0, techniqueLimit)
      .map(technique => cut(technique.id, idLimitBytes / 2)),
    origin: brief.origin.kind,
    review: review.kind,
  }
  if (brief.origin.kind === 'model') tocsin.model = cut(brief.origin.model, idLimitBytes)
  if (review.kind === 'validated' || review.kind === 'rejected') {
    tocsin.reviewed_by = cut(review.by, idLimitBytes)
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

/** The first ids, whole: part of one would name another alert, or none. */
function idsWithin(ids: readonly string[]): string[] {
  const taken: string[] = []
  let left = idsLimitBytes
  for (const id of ids.slice(0, alertIdLimit)) {
    left -= jsonBytes(id.toWellFormed())
    if (left < 0) break
    taken.push(id.toWellFormed())
  }
  return taken
}

const ellipsis = '…'

/** At most that many bytes as JSON writes them, cut between characters, with a mark that it was cut. */
function cut(text: string, limitBytes: number): string {
  const whole = text.toWellFormed()
  if (jsonBytes(whole) <= limitBytes) return whole
  let left = limitBytes - Buffer.byteLength(ellipsis)
  let end = 0
  for (const character of whole) {
    left -= jsonBytes(character)
    if (left < 0) break
    end += character.length
  }
  return `${whole.slice(0, end)}${ellipsis}`
}

/** Without the quotes around it. */
const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2
