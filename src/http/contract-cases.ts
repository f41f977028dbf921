import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import { caseStatuses } from '../domain/case.ts'
import { claimStatuses } from '../domain/claim.ts'
import { severities, verdicts } from '../domain/verdict.ts'
import { done, idParams, listOf, pageQuery, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

/**
 * How long a case of this severity may wait for a person. `running` until `dueMs`, then `breached`;
 * `met` once somebody gave a verdict in time, `missed` when too late.
 */
export const sla = z.object({ dueMs: z.number(), state: z.enum(['running', 'breached', 'met', 'missed']) })
export type Sla = z.infer<typeof sla>

/** One line of the queue. */
export const caseSummary = z.object({
  id: z.string(),
  title: z.string(),
  /** The headline of the newest brief; null until brief 0 is there. */
  headline: z.string().nullable(),
  severity: z.enum(severities),
  status: z.enum(caseStatuses),
  /** Set by a person; null until then. */
  verdict: z.enum(verdicts).nullable(),
  /** Proposed by the newest brief. Changes nothing. */
  proposedVerdict: z.enum(verdicts).nullable(),
  confidence: z.number().nullable(),
  maxLevel: z.number(),
  alertCount: z.number(),
  revision: z.number(),
  firstSeenMs: z.number(),
  lastSeenMs: z.number(),
  createdMs: z.number(),
  updatedMs: z.number(),
  assignee: person.nullable(),
  hosts: z.array(z.string()),
  users: z.array(z.string()),
  techniques: z.array(z.string()),
  sla,
  /** From the sample that Tocsin ships, not from your Wazuh. */
  sample: z.boolean(),
  /** Merged into another case: this one is closed and only points there. */
  mergedInto: z.string().nullable(),
  /** Text in the alerts speaks to an AI instead of a person: the severity is one step up for it. */
  suspectedInjection: z.boolean(),
})
export type CaseSummary = z.infer<typeof caseSummary>

export const caseSorts = ['priority', 'newest', 'oldest', 'due', 'alerts'] as const

/** `assignee` is a user id, `me` or `none`; `technique` matches sub-techniques too; `text` searches titles, headlines and entities. */
export const caseListQuery = pageQuery.extend({
  status: listOf(z.enum(caseStatuses)),
  severity: listOf(z.enum(severities)),
  /** `none` finds cases without a verdict. */
  verdict: listOf(z.enum([...verdicts, 'none'])),
  proposedVerdict: listOf(z.enum(verdicts)),
  assignee: z.string().max(100).optional(),
  host: z.string().max(300).optional(),
  user: z.string().max(300).optional(),
  technique: z.string().max(20).optional(),
  text: z.string().max(300).optional(),
  fromMs: z.coerce.number().int().optional(),
  toMs: z.coerce.number().int().optional(),
  sort: z.enum(caseSorts).default('priority'),
})
export type CaseListQuery = z.infer<typeof caseListQuery>
/** What a caller may send: everything is optional. */
export type CaseListInput = z.input<typeof caseListQuery>

export const casePage = z.object({
  cases: z.array(caseSummary),
  nextCursor: z.string().nullable(),
  /** How many match; where `totalIsCapped`, at least so many: counting stops at 10,000, and sooner for common words. */
  total: z.number(),
  totalIsCapped: z.boolean(),
})
export type CasePage = z.infer<typeof casePage>

export const citation = z.object({ id: z.string(), quote: z.string() })

export const judgedClaim = z.object({
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

export const briefOrigin = z.discriminatedUnion('kind', [
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

export const caseAlert = z.object({
  key: z.string(),
  id: z.string(),
  timestampMs: z.number(),
  ruleId: z.string(),
  level: z.number(),
  description: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  location: z.string(),
  techniques: z.array(z.string()),
  /** Why it is in this case, for a person. */
  why: z.string(),
  /** The source it came from first. */
  source: z.string(),
})
export type CaseAlert = z.infer<typeof caseAlert>

export const caseAlertPage = z.object({
  alerts: z.array(caseAlert),
  nextCursor: z.string().nullable(),
  total: z.number(),
})
export type CaseAlertPage = z.infer<typeof caseAlertPage>

export const entityView = z.object({
  type: z.enum(entityTypes),
  value: z.string(),
  roles: z.array(z.string()),
  alertCount: z.number(),
})
export type EntityView = z.infer<typeof entityView>

/** What happened, in order of time: alerts of one rule that follow each other are one entry. */
export const timelineEntry = z.object({
  atMs: z.number(),
  untilMs: z.number(),
  ruleId: z.string(),
  level: z.number(),
  description: z.string(),
  agentName: z.string(),
  techniques: z.array(z.string()),
  count: z.number(),
  firstAlertKey: z.string(),
})
export type TimelineEntry = z.infer<typeof timelineEntry>

export const note = z.object({ id: z.string(), atMs: z.number(), by: person, text: z.string() })
export type Note = z.infer<typeof note>

/** Who did what to this case. `detail` is for a person. */
export const historyEntry = z.object({
  id: z.string(),
  atMs: z.number(),
  kind: z.enum([
    'created',
    'claimed',
    'released',
    'verdict',
    'reopened',
    'note',
    'merged',
    'split',
    'brief',
    'brief-review',
    'severity-raised',
    'published',
    'step',
    'response',
  ]),
  /** null: Tocsin itself. */
  by: person.nullable(),
  detail: z.string(),
})
export type HistoryEntry = z.infer<typeof historyEntry>

/** Everything on the case page but the raw alerts. */
export const caseDetail = z.object({
  case: caseSummary,
  /** Newest first; the computed one and, where there is one, the model's. */
  briefs: z.array(briefRecord),
  modelBrief: modelBriefState,
  /** The person's decision behind `case.verdict`. */
  decision: z
    .object({ verdict: z.enum(verdicts), reason: z.string(), by: person, atMs: z.number() })
    .nullable(),
  timeline: z.array(timelineEntry),
  entities: z.array(entityView),
  /** The first page; the rest is at /api/cases/:id/alerts. */
  alerts: caseAlertPage,
  notes: z.array(note),
  history: z.array(historyEntry),
})
export type CaseDetail = z.infer<typeof caseDetail>

export const rawAlert = z.object({ key: z.string(), raw: z.string() })
export type RawAlert = z.infer<typeof rawAlert>

export const verdictBody = z.object({ verdict: z.enum(verdicts), reason: z.string().max(4000) })
export type VerdictBody = z.infer<typeof verdictBody>

export const bulkVerdictBody = verdictBody.extend({ ids: z.array(z.string()).min(1).max(1000) })
export type BulkVerdictBody = z.infer<typeof bulkVerdictBody>

export const bulkReply = z.object({
  changed: z.array(z.string()),
  problems: z.array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() })),
})
export type BulkReply = z.infer<typeof bulkReply>

const caseOnly = z.object({ case: caseSummary })

/** Cases: the queue, one case, and what people do to it. */
export const caseEndpoints = {
  listCases: endpoint({
    method: 'GET',
    path: '/api/cases',
    summary: 'The queue: filtered, sorted, one page.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    query: caseListQuery,
    reply: casePage,
  }),
  readCase: endpoint({
    method: 'GET',
    path: '/api/cases/:id',
    summary: 'One case with briefs, evidence, timeline, entities, first alerts, notes and history.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    reply: caseDetail,
  }),
  listCaseAlerts: endpoint({
    method: 'GET',
    path: '/api/cases/:id/alerts',
    summary: 'Alerts of a case by time, one page.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    query: pageQuery,
    reply: caseAlertPage,
  }),
  readRawAlert: endpoint({
    method: 'GET',
    path: '/api/cases/:id/alerts/:key/raw',
    summary: 'The alert exactly as its source gave it. The key is percent-encoded.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams.extend({ key: z.string().min(1).max(1000) }),
    reply: rawAlert,
  }),
  claimCase: endpoint({
    method: 'POST',
    path: '/api/cases/:id/claim',
    summary: 'Take a case. 409 when somebody else has it, unless `takeOver`.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: z.object({ takeOver: z.boolean().default(false) }),
    reply: caseOnly,
  }),
  releaseCase: endpoint({
    method: 'POST',
    path: '/api/cases/:id/release',
    summary: 'Give a case back to the queue.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    reply: caseOnly,
  }),
  setVerdict: endpoint({
    method: 'POST',
    path: '/api/cases/:id/verdict',
    summary: 'Give a verdict with its reason and close the case.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: verdictBody,
    reply: caseOnly,
  }),
  setVerdicts: endpoint({
    method: 'POST',
    path: '/api/cases/verdict',
    summary: 'The same verdict and reason for up to 1,000 cases.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    body: bulkVerdictBody,
    reply: bulkReply,
  }),
  reopenCase: endpoint({
    method: 'POST',
    path: '/api/cases/:id/reopen',
    summary: 'Take a verdict back.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: z.object({ reason: z.string().min(1).max(4000) }),
    reply: caseOnly,
  }),
  addNote: endpoint({
    method: 'POST',
    path: '/api/cases/:id/notes',
    summary: 'Write a note.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: z.object({ text: z.string().min(1).max(20_000) }),
    reply: note,
  }),
  mergeCases: endpoint({
    method: 'POST',
    path: '/api/cases/:id/merge',
    summary: 'Move all alerts of other cases into this one and close those.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: z.object({ ids: z.array(z.string()).min(1).max(50) }),
    reply: caseOnly,
  }),
  splitCase: endpoint({
    method: 'POST',
    path: '/api/cases/:id/split',
    summary: 'Move chosen alerts out into a new case, which is answered.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    params: idParams,
    body: z.object({ alertKeys: z.array(z.string()).min(1).max(1000) }),
    reply: caseOnly,
  }),
  reviewBrief: endpoint({
    method: 'POST',
    path: '/api/cases/:id/briefs/:briefId/review',
    summary:
      "Validate or reject a model's findings, by name; what was published to Wazuh is published again.",
    access: { kind: 'role', role: 'analyst' },
    params: idParams.extend({ briefId: z.string().max(200) }),
    body: z.object({ decision: z.enum(['validated', 'rejected']), reason: z.string().max(4000).default('') }),
    reply: briefRecord,
  }),
  exportCase: endpoint({
    method: 'GET',
    path: '/api/cases/:id/export',
    summary: 'The case as a file: Markdown, JSON or PDF.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    query: z.object({ format: z.enum(['markdown', 'json', 'pdf']).default('markdown') }),
    reply: z.unknown(),
  }),
}

export const savedView = z.object({
  id: z.string(),
  name: z.string(),
  /** The query string of the queue page, without `?`. */
  query: z.string(),
  shared: z.boolean(),
  owner: person,
})
export type SavedView = z.infer<typeof savedView>

/** Saved views of the queue: your own and those that others share. */
export const savedViewEndpoints = {
  listSavedViews: endpoint({
    method: 'GET',
    path: '/api/saved-views',
    summary: 'Your views and the shared ones.',
    access: { kind: 'role', role: 'viewer' },
    reply: z.object({ views: z.array(savedView) }),
  }),
  createSavedView: endpoint({
    method: 'POST',
    path: '/api/saved-views',
    summary: 'Save a view.',
    access: { kind: 'role', role: 'viewer' },
    body: z.object({
      name: z.string().min(1).max(100),
      query: z.string().max(2000),
      shared: z.boolean().default(false),
    }),
    reply: savedView,
  }),
  deleteSavedView: endpoint({
    method: 'DELETE',
    path: '/api/saved-views/:id',
    summary: 'Delete a view of your own.',
    access: { kind: 'role', role: 'viewer' },
    params: idParams,
    reply: done,
  }),
}

/** One entity across all cases. */
export const entityPivot = z.object({
  type: z.enum(entityTypes),
  value: z.string(),
  firstSeenMs: z.number().nullable(),
  lastSeenMs: z.number().nullable(),
  alertCount: z.number(),
  /** Newest first, at most 50. */
  cases: z.array(caseSummary),
  caseCount: z.number(),
  /** What it appears together with, most often first. */
  related: z.array(z.object({ type: z.enum(entityTypes), value: z.string(), caseCount: z.number() })),
})
export type EntityPivot = z.infer<typeof entityPivot>

export const entityEndpoints = {
  readEntity: endpoint({
    method: 'GET',
    path: '/api/entities/:type/:value',
    summary: 'Every case and alert that names this entity. The value is percent-encoded.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: z.object({ type: z.enum(entityTypes), value: z.string().min(1).max(1000) }),
    reply: entityPivot,
  }),
}
