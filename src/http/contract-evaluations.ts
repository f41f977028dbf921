import { z } from 'zod'
import { idParams, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const interval = z.tuple([z.number(), z.number()])

/** One recorded run of a suite. Scores are from 0 to 1. */
const evaluationRun = z.object({
  id: z.string(),
  suite: z.string(),
  /** `none`: answered by code alone. */
  model: z.string(),
  profileId: z.string().nullable(),
  atMs: z.number(),
  by: person.nullable(),
  n: z.number().int(),
  errors: z.number().int(),
  score: z.number(),
  interval,
  /** By task; `live`: answered by a model, and not by code. */
  tasks: z.array(z.object({ task: z.string(), score: z.number(), live: z.boolean() })),
  /** By what was expected, for tasks that sort into a few classes: `triage/false_positive`. */
  classes: z.array(z.object({ name: z.string(), score: z.number() })),
  versions: z.record(z.string(), z.string()),
  /** Whether the signature fits the document that is kept, checked now. */
  signed: z.boolean(),
})
export type EvaluationRunView = z.infer<typeof evaluationRun>

/** One run in full. `signature`: Ed25519 over the bytes of `document`, base64; `key`: the public key as PEM. */
const evaluationReport = z.object({
  items: z.array(z.object({ id: z.string(), task: z.string(), score: z.number() })),
  document: z.string(),
  signature: z.string(),
  key: z.string(),
})
export type EvaluationReport = z.infer<typeof evaluationReport>

/** Two runs on the items that both have. An item counts as right from a score of one half on. */
const evaluationComparison = z.object({
  items: z.number().int(),
  both: z.number().int(),
  neither: z.number().int(),
  onlyFirst: z.number().int(),
  onlySecond: z.number().int(),
  /** McNemar's exact test, two-sided. */
  p: z.number(),
  differing: z.array(z.object({ id: z.string(), task: z.string(), first: z.number(), second: z.number() })),
})
export type EvaluationComparison = z.infer<typeof evaluationComparison>

const approver = { kind: 'role', role: 'approver' } as const

export const evaluationEndpoints = {
  listEvaluations: endpoint({
    method: 'GET',
    path: '/api/evaluations',
    summary: 'Recorded runs of evaluation suites, the newest first.',
    access: approver,
    reply: z.object({ runs: z.array(evaluationRun) }),
  }),
  readEvaluation: endpoint({
    method: 'GET',
    path: '/api/evaluations/:id',
    summary: 'The report of one run: its items, and exactly what was signed with the signature and the key.',
    access: approver,
    params: idParams,
    reply: evaluationReport,
  }),
  compareEvaluations: endpoint({
    method: 'GET',
    path: '/api/evaluations/compare',
    summary: 'Two runs of one suite, item by item, with McNemar’s exact test.',
    access: approver,
    query: z.object({ first: z.string().max(100), second: z.string().max(100) }),
    reply: evaluationComparison,
  }),
}
