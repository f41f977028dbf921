import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import { verdicts } from '../domain/verdict.ts'
import { idParams, pageQuery, person } from './contract.ts'
import { briefRecord, modelBriefState } from './contract-briefs.ts'
import { caseListQuery, casePage, caseSummary } from './contract-queue.ts'
import { endpoint } from './endpoint.ts'

const caseAlert = z.object({
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

const caseAlertPage = z.object({
  alerts: z.array(caseAlert),
  nextCursor: z.string().nullable(),
  total: z.number(),
})
export type CaseAlertPage = z.infer<typeof caseAlertPage>

const entityView = z.object({
  type: z.enum(entityTypes),
  value: z.string(),
  roles: z.array(z.string()),
  alertCount: z.number(),
})
export type EntityView = z.infer<typeof entityView>

/** What happened, in order of time: alerts of one rule that follow each other are one entry. */
const timelineEntry = z.object({
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

export const note = z.object({ id: z.string(), atMs: z.number(), by: person, text: z.string() })
export type Note = z.infer<typeof note>

/** Who did what to this case. `detail` is for a person. */
const historyEntry = z.object({
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
const caseDetail = z.object({
  case: caseSummary,
  /** Newest first; the computed one and, where there is one, the model's. */
  briefs: z.array(briefRecord),
  modelBrief: modelBriefState,
  /** The person's decision behind `case.verdict`. */
  decision: z
    .object({ verdict: z.enum(verdicts), reason: z.string(), by: person, atMs: z.number() })
    .nullable(),
  timeline: z.array(timelineEntry),
  /** Of a long case: how many alerts the timeline leaves out, before the entry at `after`. */
  timelineGap: z.object({ after: z.number(), alerts: z.number() }).nullable(),
  entities: z.array(entityView),
  /** Whether it names more than those. */
  moreEntities: z.boolean(),
  /** The first page; the rest is at /api/cases/:id/alerts. */
  alerts: caseAlertPage,
  notes: z.array(note),
  history: z.array(historyEntry),
})
export type CaseDetail = z.infer<typeof caseDetail>

export const rawAlert = z.object({ key: z.string(), raw: z.string() })
export type RawAlert = z.infer<typeof rawAlert>

const verdictBody = z.object({ verdict: z.enum(verdicts), reason: z.string().max(4000) })
export type VerdictBody = z.infer<typeof verdictBody>

const bulkVerdictBody = verdictBody.extend({ ids: z.array(z.string()).min(1).max(1000) })
export type BulkVerdictBody = z.infer<typeof bulkVerdictBody>

const bulkReply = z.object({
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
    gives: ['text/markdown', 'application/json', 'application/pdf'],
  }),
}
