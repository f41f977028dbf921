import { z } from 'zod'
import { claimStatuses } from '../domain/claim.ts'
import { done, idParams, pageQuery } from './contract.ts'
import { ruleDraftBody } from './contract-rules.ts'
import { endpoint } from './endpoint.ts'

/** A threat report in the list. */
const reportSummary = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string().nullable(),
  url: z.string().nullable(),
  /** `upload`, or the source it came from. */
  source: z.string(),
  /** Admiralty code of the source: A reliable … F cannot be judged. */
  trust: z.string(),
  tlp: z.string().nullable(),
  format: z.string(),
  indicatorCount: z.number(),
  /** Alerts of ours in which one of its indicators stands. */
  sightingCount: z.number(),
  techniqueIds: z.array(z.string()),
  createdMs: z.number(),
  /** When the document that it follows last changed. */
  revisedMs: z.number().nullable(),
})
export type ReportSummary = z.infer<typeof reportSummary>

const reportIndicator = z.object({
  type: z.string(),
  value: z.string(),
  /** Code points from the start of the report's text. */
  offset: z.number(),
  defanged: z.boolean(),
  role: z.string(),
  /** As the report has it, and what is left of it by the indicator's age. */
  confidence: z.number(),
  currentConfidence: z.number(),
  status: z.string(),
  /** Why a person called it a false positive or live after all. */
  statusReason: z.string().nullable(),
  /** How many reports name it. */
  reportCount: z.number(),
  sightingCount: z.number(),
})
export type ReportIndicator = z.infer<typeof reportIndicator>

const reportTechnique = z.object({
  id: z.string(),
  name: z.string(),
  tactics: z.array(z.string()),
  score: z.number(),
  quotes: z.array(z.string()),
  /** Alerts of ours that carry it, by their rules' own mapping. */
  alertCount: z.number(),
})
export type ReportTechnique = z.infer<typeof reportTechnique>

export const sighting = z.object({
  type: z.string(),
  value: z.string(),
  alertKey: z.string(),
  caseId: z.string(),
  caseTitle: z.string().nullable(),
  agentName: z.string(),
  ruleDescription: z.string(),
  alertMs: z.number(),
})
export type Sighting = z.infer<typeof sighting>

/** A vulnerability that the report names and that an alert of ours names too. */
export const exposure = z.object({
  cve: z.string(),
  host: z.string(),
  /** The package, as Wazuh's vulnerability detection has it. */
  packageName: z.string().nullable(),
  packageVersion: z.string().nullable(),
  severity: z.string().nullable(),
  /** `Active`, `Solved`; as the alert has it. */
  status: z.string().nullable(),
  caseId: z.string(),
  alertMs: z.number(),
})
export type Exposure = z.infer<typeof exposure>

/** Something of ours that Wazuh's inventory holds and the report names. Empty texts: the inventory does not tell. */
const inventoryMatch = z.object({
  kind: z.enum(['vulnerability', 'package', 'host']),
  value: z.string(),
  host: z.string(),
  packageName: z.string(),
  packageVersion: z.string(),
  severity: z.string(),
})
export type InventoryMatch = z.infer<typeof inventoryMatch>

/** The search for a report's indicators in stored alerts. */
export const hunt = z.object({
  state: z.enum(['running', 'done']),
  scanned: z.number(),
  total: z.number(),
  hits: z.number(),
  createdMs: z.number(),
  finishedMs: z.number().nullable(),
})
export type Hunt = z.infer<typeof hunt>

/** The search for a report's indicators in all that the indexer keeps. */
const historyHunt = z.object({
  state: z.enum(['running', 'done', 'stopped']),
  /** One batch of indicators over one span of time; 0 steps: not planned yet. */
  step: z.number(),
  steps: z.number(),
  fromMs: z.number(),
  toMs: z.number(),
  /** All from here to `toMs` has been searched. */
  reachedMs: z.number(),
  /** Documents that the indexer offered, and indicators that really stood in one. */
  candidates: z.number(),
  hits: z.number(),
  /** Why it does not go on, while it does not. */
  trouble: z.string().nullable(),
  createdMs: z.number(),
  finishedMs: z.number().nullable(),
  /** The most frequent indicators: alerts of history that hold them. */
  counts: z.array(
    z.object({
      type: z.string(),
      value: z.string(),
      alerts: z.number(),
      firstMs: z.number(),
      lastMs: z.number(),
    }),
  ),
})
export type HistoryHunt = z.infer<typeof historyHunt>

const citedPassage = z.object({ start: z.number(), end: z.number(), text: z.string() })
export type CitedPassage = z.infer<typeof citedPassage>

const reportContext = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    model: z.string(),
    zone: z.string(),
    ledgerSeq: z.number(),
    claims: z.array(
      z.object({
        topic: z.string(),
        text: z.string(),
        status: z.enum(claimStatuses),
        /** What it cites, where it stands in `text` (UTF-16 units). */
        passages: z.array(citedPassage).default([]),
      }),
    ),
    /** Of the suggested techniques those that the model chose, with the passages that say so. */
    techniques: z.array(z.object({ id: z.string(), passages: z.array(citedPassage) })).default([]),
  }),
  z.object({ kind: z.enum(['refused', 'unavailable', 'unsupported']), reason: z.string() }),
])
export type ReportContext = z.infer<typeof reportContext>

/** What the newest version of a report's document brought and took away: the first of each, and how many there are. */
const reportRevision = z.object({
  added: z.array(z.tuple([z.string(), z.string()])),
  removed: z.array(z.tuple([z.string(), z.string()])),
  addedCount: z.number(),
  removedCount: z.number(),
})
export type ReportRevision = z.infer<typeof reportRevision>

const reportDetail = z.object({
  report: reportSummary,
  /** Null for a report whose document never changed. */
  revision: reportRevision.nullable(),
  text: z.string(),
  indicators: z.array(reportIndicator),
  techniques: z.array(reportTechnique),
  rules: z.array(z.object({ kind: z.string(), name: z.string(), text: z.string(), offset: z.number() })),
  dropped: z.array(z.object({ value: z.string(), reason: z.string() })),
  problems: z.array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() })),
  hunt: hunt.nullable(),
  /** Null before the first; `historyOffered` says whether an indexer is connected. */
  history: historyHunt.nullable(),
  historyOffered: z.boolean(),
  /** What a model says about it, sentence by sentence with its fate; null before one was asked, or without one. */
  context: reportContext.nullable(),
  sightings: z.array(sighting),
  exposures: z.array(exposure),
  /** What Wazuh's inventory says; `lookedMs` null: it was not asked yet, or no indexer is connected. */
  inventory: z.object({
    lookedMs: z.number().nullable(),
    trouble: z.string().nullable(),
    matches: z.array(inventoryMatch),
  }),
  relevance: z.object({
    answer: z.enum(['seen-here', 'exposed', 'no-sign-yet', 'nothing-to-look-for']),
    reasons: z.array(z.string()),
  }),
})
export type ReportDetail = z.infer<typeof reportDetail>

const trustGrades = ['A', 'B', 'C', 'D', 'E', 'F'] as const

const addReportBody = z.object({
  name: z.string().min(1).max(300),
  contentBase64: z.base64(),
  trust: z.enum(trustGrades).default('F'),
})
export type AddReportBody = z.input<typeof addReportBody>

const indicatorStatusBody = z.object({
  type: z.string().max(20),
  value: z.string().min(1).max(5000),
  status: z.enum(['live', 'false-positive']),
  reason: z.string().min(1).max(2000),
})
export type IndicatorStatusBody = z.infer<typeof indicatorStatusBody>

const draftRuleQuery = z.discriminatedUnion('for', [
  z.object({ for: z.literal('technique'), id: z.string().regex(/^T\d{4}(?:\.\d{3})?$/) }),
  z.object({ for: z.literal('indicators') }),
  /** By its place in the report's text. */
  z.object({ for: z.literal('quoted-rule'), offset: z.coerce.number().int().min(0) }),
])
export type DraftRuleQuery = z.infer<typeof draftRuleQuery>

const read = { kind: 'role', role: 'viewer', scope: 'read' } as const
const work = { kind: 'role', role: 'analyst', scope: 'triage' } as const

/** Threat reports: what is in them, and what it means for us. */
export const intelEndpoints = {
  listReports: endpoint({
    method: 'GET',
    path: '/api/intel/reports',
    summary: 'Threat reports, newest first.',
    access: read,
    query: pageQuery,
    reply: z.object({ reports: z.array(reportSummary), nextCursor: z.string().nullable() }),
  }),
  addReport: endpoint({
    method: 'POST',
    path: '/api/intel/reports',
    summary:
      'Upload a report (text, Markdown, HTML, PDF, DOCX, e-mail, STIX, MISP, JSON, CSV). It is extracted at once and hunted for in the background. The same text again gives the report that is there.',
    access: work,
    body: addReportBody,
    reply: z.object({ id: z.string(), known: z.boolean(), revised: z.boolean() }),
  }),
  readReport: endpoint({
    method: 'GET',
    path: '/api/intel/reports/:id',
    summary: 'A report: text, indicators, techniques with quotes, sightings, and whether it concerns us.',
    access: read,
    params: idParams,
    reply: reportDetail,
  }),
  deleteReport: endpoint({
    method: 'DELETE',
    path: '/api/intel/reports/:id',
    summary: 'Delete a report, and the indicators that no other report names.',
    access: work,
    params: idParams,
    reply: done,
  }),
  hunt: endpoint({
    method: 'POST',
    path: '/api/intel/reports/:id/hunt',
    summary: "Search stored alerts for the report's live indicators again.",
    access: work,
    params: idParams,
    reply: z.object({ hunt }),
  }),
  huntHistory: endpoint({
    method: 'POST',
    path: '/api/intel/reports/:id/history',
    summary:
      "Search all that the indexer keeps for the report's live indicators, in the background. Alerts with one are taken in as cases.",
    access: work,
    params: idParams,
    reply: done,
  }),
  stopHistoryHunt: endpoint({
    method: 'DELETE',
    path: '/api/intel/reports/:id/history',
    summary: "Stop the running search in the indexer's history; what it found stays.",
    access: work,
    params: idParams,
    reply: done,
  }),
  setIndicatorStatus: endpoint({
    method: 'POST',
    path: '/api/intel/indicators/status',
    summary: 'Say that an indicator is a false positive, or that it is live after all, and why.',
    access: work,
    body: indicatorStatusBody,
    reply: done,
  }),
  draftRule: endpoint({
    method: 'GET',
    path: '/api/intel/reports/:id/rule',
    summary:
      'A first draft of a Wazuh rule for a technique of the report, for its live indicators, or of a Sigma rule that it quotes. Written by code; nothing is stored.',
    access: read,
    params: idParams,
    query: draftRuleQuery,
    reply: ruleDraftBody,
  }),
  exportReport: endpoint({
    method: 'GET',
    path: '/api/intel/reports/:id/export',
    summary:
      'The live indicators of a report as a file: STIX 2.1, MISP or CSV. TLP:RED is not exported (403).',
    access: read,
    params: idParams,
    query: z.object({ format: z.enum(['stix', 'misp', 'csv']) }),
    reply: z.unknown(),
    gives: ['application/stix+json', 'application/json', 'text/csv'],
  }),
}
