import { standingOf } from '../../domain/queue-place.ts'
import { severities } from '../../domain/verdict.ts'
import type { StoredBrief } from '../../store/briefs.ts'
import type { CaseRow } from '../../store/case-row.ts'
import type { BriefRecord } from '../contract-briefs.ts'
import type { CaseSummary, Sla } from '../contract-queue.ts'
import { personView } from './person-view.ts'

/** One line of the queue, from the store's row. */
export function caseView(row: CaseRow, nowMs: number): CaseSummary {
  return {
    id: row.id,
    title: row.title,
    headline: row.headline,
    severity: severities[row.severity] ?? 'low',
    status: row.status,
    verdict: row.verdict,
    proposedVerdict: row.proposedVerdict,
    confidence: row.confidence,
    standing: standingOf(row),
    maxLevel: row.maxLevel,
    alertCount: row.alertCount,
    revision: row.revision,
    firstSeenMs: row.firstSeenMs,
    lastSeenMs: row.lastSeenMs,
    createdMs: row.createdMs,
    updatedMs: row.updatedMs,
    assignee: personView(row.assigneeId, row.assigneeUsername, row.assigneeDisplayName),
    hosts: [...row.hosts],
    users: [...row.users],
    techniques: [...row.techniques],
    sla: slaOf(row, nowMs),
    sample: row.sample,
    mergedInto: row.mergedInto,
    suspectedInjection: row.suspectedInjection,
  }
}

function slaOf(row: CaseRow, nowMs: number): Sla {
  const { dueMs, verdictMs } = row
  if (verdictMs !== null) return { dueMs, state: verdictMs <= dueMs ? 'met' : 'missed' }
  return { dueMs, state: nowMs <= dueMs ? 'running' : 'breached' }
}

export function briefView(stored: StoredBrief): BriefRecord {
  const { brief } = stored
  return {
    id: stored.id,
    revision: stored.revision,
    createdMs: stored.createdMs,
    review: stored.review,
    reviewedBy: personView(stored.reviewedBy, stored.reviewerUsername, stored.reviewerDisplayName),
    reviewedAtMs: stored.reviewedMs,
    // The contract's types are mutable arrays; the schema copies what it sends.
    brief: structuredClone(brief) as BriefRecord['brief'],
    evidence: structuredClone(stored.evidence) as BriefRecord['evidence'],
  }
}
