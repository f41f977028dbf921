import type { Alert, Entity } from './alert.ts'
import type { Severity, Verdict } from './verdict.ts'

export const caseStatuses = ['open', 'in-progress', 'closed'] as const
export type CaseStatus = (typeof caseStatuses)[number]

/** Why an alert is in its case. */
export interface Membership {
  readonly alertKey: string
  /** For a person: `same rule 5710 on web-01 from 203.0.113.9 within 30 min`. */
  readonly why: string
}

/** A case while it is being grouped: what the grouping engine needs to know, and no more. */
export interface CaseDraft {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly maxLevel: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly alertCount: number
  /** Grows with each alert; a brief is for one revision. */
  readonly revision: number
  readonly entities: readonly Entity[]
  readonly techniques: readonly string[]
  readonly tactics: readonly string[]
  /** What a further alert of the same kind matches: `rule|host|principal`. Grouping restarts from these. */
  readonly groupKeys: readonly string[]
}

/** Where grouping put one alert. */
export interface CaseAssignment extends Membership {
  readonly caseId: string
  /**
   * `opened`: the first alert of a new case. `same-kind`: same rule and entities within the window. `linked`: another
   * rule, joined by shared entities and ATT&CK progress.
   */
  readonly kind: 'opened' | 'same-kind' | 'linked'
}

/** What a batch of alerts did to the cases. */
export interface GroupingResult {
  /** One per alert, in the order given. */
  readonly assignments: readonly CaseAssignment[]
  /** Every case that was opened or grew, as it stands after the batch. */
  readonly cases: readonly CaseDraft[]
}

/** A case with its alerts (the representative ones where there are very many). */
export interface CaseFile {
  readonly case: CaseDraft
  readonly alerts: readonly Alert[]
  readonly memberships: readonly Membership[]
}

/** A person's decision about a case. */
export interface VerdictDecision {
  readonly verdict: Verdict
  readonly reason: string
  readonly by: string
  readonly atMs: number
}
