import type { CaseStatus } from '../domain/case.ts'
import type { Verdict } from '../domain/verdict.ts'

/** A case as the store reads it. `severity` is 0 (low) to 3 (critical). */
export interface CaseRow {
  readonly id: string
  readonly title: string
  readonly headline: string | null
  readonly severity: number
  readonly maxLevel: number
  readonly status: CaseStatus
  readonly verdict: Verdict | null
  readonly verdictReason: string | null
  readonly verdictBy: string | null
  readonly verdictMs: number | null
  readonly proposedVerdict: Verdict | null
  readonly confidence: number | null
  /** See `queue-place.ts`. */
  readonly urgency: number
  readonly alertCount: number
  readonly revision: number
  readonly briefedRevision: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly createdMs: number
  readonly updatedMs: number
  readonly dueMs: number
  readonly assigneeId: string | null
  readonly assigneeUsername: string | null
  readonly assigneeDisplayName: string | null
  readonly hosts: readonly string[]
  readonly users: readonly string[]
  readonly techniques: readonly string[]
  readonly tactics: readonly string[]
  readonly sample: boolean
  readonly mergedInto: string | null
  readonly suspectedInjection: boolean
  readonly modelBrief: unknown
}

/** Selects `CaseRow`s from `cases` or a part of it, called `c`. Add a `where`. */
export const selectCasesFrom = (
  cases: string,
) => `select c.id, c.title, c.headline, c.severity, c.max_level as "maxLevel", c.status, c.verdict,
    c.verdict_reason as "verdictReason", c.verdict_by as "verdictBy", c.verdict_ms as "verdictMs",
    c.proposed_verdict as "proposedVerdict", c.confidence, c.urgency, c.alert_count as "alertCount", c.revision,
    c.briefed_revision as "briefedRevision", c.first_seen_ms as "firstSeenMs", c.last_seen_ms as "lastSeenMs",
    c.created_ms as "createdMs", c.updated_ms as "updatedMs", c.due_ms as "dueMs", c.assignee_id as "assigneeId",
    a.username as "assigneeUsername", a.display_name as "assigneeDisplayName", c.hosts, c.users, c.techniques,
    c.tactics, c.sample, c.merged_into as "mergedInto", c.suspected_injection as "suspectedInjection",
    c.model_brief as "modelBrief"
  from ${cases} c left join users a on a.tenant_id = c.tenant_id and a.id = c.assignee_id`

export const selectCases = selectCasesFrom('cases')
