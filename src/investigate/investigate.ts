import type { Brief } from '../domain/brief.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { collectEvidence } from '../evidence/collect-evidence.ts'
import { computeBrief } from './compute-brief.ts'

/** What an investigation found for one case revision. */
export interface Investigation {
  readonly evidence: readonly EvidenceItem[]
  /** Brief 0: always there. */
  readonly computed: Brief
}

/** Gathers the evidence of a case and tells it without a model. Pure, deterministic, milliseconds. */
export function investigateCase(context: CaseContext): Investigation {
  const evidence = collectEvidence(context)
  return { evidence, computed: computeBrief(context, evidence) }
}
