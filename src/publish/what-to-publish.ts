import type { Brief } from '../domain/brief.ts'
import type { Severity } from '../domain/verdict.ts'
import type { Review } from './enrichment-event.ts'

/** A brief as it is stored, with what people said of it. */
export interface ReviewableBrief {
  readonly brief: Brief
  readonly review: Review
}

/**
 * Which brief goes back to Wazuh. A model's findings on a critical case stay inside until a named person has validated
 * them; elsewhere they go out as pending review. A rejected one is published once more as rejected, so that nobody goes
 * on believing it, and brief 0 stands.
 */
export function whatToPublish(
  severity: Severity,
  computed: Brief,
  model: ReviewableBrief | undefined,
): ReviewableBrief {
  const plain: ReviewableBrief = { brief: computed, review: { kind: 'not-needed' } }
  if (model === undefined) return plain
  if (model.review.kind === 'validated') return model
  if (model.review.kind === 'rejected') return { brief: computed, review: model.review }
  return severity === 'critical' ? plain : model
}
