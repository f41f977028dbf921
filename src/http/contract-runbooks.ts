import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const ruleId = z.string().min(1).max(100)

const runbookSubject = z.object({
  ruleId: z.string(),
  description: z.string(),
  /** Decided cases of the rule within a year. */
  cases: z.number().int(),
  attacks: z.number().int(),
})
export type RunbookSubjectView = z.infer<typeof runbookSubject>

const document = z.object({
  id: z.string(),
  kind: z.enum(['runbook', 'exercise']),
  title: z.string(),
  ruleId: z.string(),
  text: z.string(),
  /** Of an exercise: what people found. Null for who is to solve it. */
  answer: z.string().nullable(),
  state: z.enum(['draft', 'in-use', 'retired']),
  version: z.number().int(),
  changedMs: z.number(),
})
export type RunbookView = z.infer<typeof document>

/** A draft that nothing has kept yet. */
const runbookDraft = z.object({
  title: z.string(),
  ruleId: z.string(),
  text: z.string(),
  answer: z.string().nullable(),
  /** The model whose proposals stand in it. */
  model: z.string().nullable(),
})
export type RunbookDraftView = z.infer<typeof runbookDraft>

const analyst = { kind: 'role', role: 'analyst' } as const
const approver = { kind: 'role', role: 'approver' } as const

export const runbookEndpoints = {
  listRunbooks: endpoint({
    method: 'GET',
    path: '/api/runbooks',
    summary: 'Runbooks and training exercises. The answers of exercises are for who may keep them.',
    access: analyst,
    reply: z.object({ documents: z.array(document), subjects: z.array(runbookSubject) }),
  }),
  draftRunbook: endpoint({
    method: 'POST',
    path: '/api/runbooks/draft',
    summary:
      'Drafts a runbook or an exercise of a rule out of decided cases, by code, without names. Keeps nothing.',
    access: approver,
    body: z.object({ kind: z.enum(['runbook', 'exercise']), ruleId }),
    reply: runbookDraft,
  }),
  improveRunbook: endpoint({
    method: 'POST',
    path: '/api/runbooks/improve',
    summary: 'Asks a model what a runbook lacks, by what people decided since. Keeps nothing.',
    access: approver,
    body: z.object({ ruleId, text: z.string().min(1).max(50_000) }),
    reply: runbookDraft,
  }),
}
