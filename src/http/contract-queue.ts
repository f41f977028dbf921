import { z } from 'zod'
import { caseStatuses } from '../domain/case.ts'
import { standings } from '../domain/queue-place.ts'
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
  /** Proposed by brief 0. Sets nothing but the place in the queue, within bounds: see `standing`. */
  proposedVerdict: z.enum(verdicts).nullable(),
  confidence: z.number().nullable(),
  /** Why it stands where it stands in the order `priority`. */
  standing: z.enum(standings),
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

/**
 * `priority`: by severity, a likely attack above all of the next severity that are not, one that is proven harmless last of
 * its own; then newest activity. `severity`: by severity alone, then newest activity.
 */
const caseSorts = ['priority', 'severity', 'newest', 'oldest', 'due', 'alerts'] as const

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

const savedView = z.object({
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
