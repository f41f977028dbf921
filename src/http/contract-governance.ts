import { z } from 'zod'
import { registerNames } from '../governance/record-kinds.ts'
import { auditResults } from '../store/output-audits.ts'
import { seedKinds } from '../store/seeded-suggestions.ts'
import { done, idParams, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const kindParams = z.object({ kind: z.enum(registerNames) })
const recordParams = kindParams.extend({ id: z.string().min(1).max(200) })
/** What a record holds depends on its kind; the server says which member does not fit. */
const content = z.record(z.string().max(50), z.string().max(50_000))

const governanceRecord = z.object({
  id: z.string(),
  content,
  version: z.number().int(),
  createdBy: person.nullable(),
  createdMs: z.number(),
  changedBy: person.nullable(),
  changedMs: z.number(),
})
export type GovernanceRecordView = z.infer<typeof governanceRecord>

/** The policy on the use of AI, and who has acknowledged the version in force. */
const aiPolicy = z.object({
  policy: z
    .object({ title: z.string(), text: z.string(), version: z.number().int(), changedMs: z.number() })
    .nullable(),
  /** Whether the person who asks has acknowledged it. */
  acknowledgedMs: z.number().nullable(),
  /** For those who may see it: everybody, those first who have not. */
  people: z.array(z.object({ person, atMs: z.number().nullable() })).nullable(),
})
export type AiPolicy = z.infer<typeof aiPolicy>

/** How people decide on what models propose. Counts, over a period. */
export const oversight = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Verdicts that people set where something was proposed, and how many followed it. */
  verdicts: z.object({
    decided: z.number().int(),
    followed: z.number().int(),
    medianSeconds: z.number().nullable(),
  }),
  /** Decisions on response actions. */
  approvals: z.object({
    decided: z.number().int(),
    approved: z.number().int(),
    medianSeconds: z.number().nullable(),
  }),
  /** Reviews of model briefs. */
  reviews: z.object({ reviewed: z.number().int(), rejected: z.number().int() }),
  /** Decisions taken so quickly that nobody can have read what they were about. */
  hasty: z.object({ decided: z.number().int(), hasty: z.number().int(), underSeconds: z.number().int() }),
  /** Bad suggestions that a lead put there, and that somebody decided on. */
  seeded: z.object({
    decided: z.number().int(),
    caught: z.number().int(),
    medianSeconds: z.number().nullable(),
  }),
  byWeek: z.array(z.object({ weekMs: z.number(), decided: z.number().int(), followed: z.number().int() })),
  byPerson: z.array(
    z.object({
      person,
      decided: z.number().int(),
      followed: z.number().int(),
      medianSeconds: z.number().nullable(),
      /** Bad suggestions that this person decided on, and caught. */
      seeded: z.number().int(),
      caught: z.number().int(),
    }),
  ),
})
export type Oversight = z.infer<typeof oversight>

/** A bad suggestion that a lead put among the real ones. What is wrong with one that is open is for its lead alone. */
const seededSuggestion = z.object({
  proposalId: z.string(),
  caseId: z.string(),
  kind: z.enum(seedKinds),
  whatIsWrong: z.string(),
  by: person.nullable(),
  atMs: z.number(),
  fate: z.enum(['open', 'caught', 'missed', 'undecided']),
  decidedBy: person.nullable(),
  /** From when it was there to the decision. */
  seconds: z.number().nullable(),
})
export type SeededSuggestionView = z.infer<typeof seededSuggestion>

/** An output of a model that was drawn for a person to judge. */
const outputAudit = z.object({
  id: z.string(),
  briefId: z.string(),
  caseId: z.string(),
  title: z.string(),
  model: z.string(),
  drawnBy: person.nullable(),
  drawnMs: z.number(),
  /** The ledger's hash by which it was drawn: anybody can draw again. */
  seed: z.string(),
  result: z.enum(auditResults).nullable(),
  findings: z.string().nullable(),
  judgedBy: person.nullable(),
  judgedMs: z.number().nullable(),
  /** False for who decided on the case. */
  mayJudge: z.boolean(),
})
export type OutputAuditView = z.infer<typeof outputAudit>

const auditSum = z.object({
  model: z.string(),
  judged: z.number().int(),
  sound: z.number().int(),
  minor: z.number().int(),
  wrong: z.number().int(),
  harmful: z.number().int(),
})

const outputAudits = z.object({ audits: z.array(outputAudit), sums: z.array(auditSum) })
export type OutputAudits = z.infer<typeof outputAudits>

const approver = { kind: 'role', role: 'approver' } as const

export const governanceEndpoints = {
  listAudits: endpoint({
    method: 'GET',
    path: '/api/governance/output-audits',
    summary: 'Outputs of models that were drawn, what people found, and the sums of a year by model.',
    access: { kind: 'role', role: 'analyst' },
    reply: outputAudits,
  }),
  drawAudits: endpoint({
    method: 'POST',
    path: '/api/governance/output-audits',
    summary: 'Draws briefs of models at random, by the ledger’s hash, for people to judge.',
    access: approver,
    body: z.object({ days: z.int().min(1).max(365), count: z.int().min(1).max(50) }),
    reply: z.object({ drawn: z.number().int() }),
  }),
  judgeAudit: endpoint({
    method: 'PUT',
    path: '/api/governance/output-audits/:id',
    summary: 'Says what was found in an output. Not for who decided on its case.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: z.object({ result: z.enum(auditResults), findings: z.string().trim().min(3).max(5000) }),
    reply: done,
  }),
  seedSuggestion: endpoint({
    method: 'POST',
    path: '/api/governance/seeded-suggestions',
    summary:
      'Puts a bad suggestion among those that wait for approval, to see whether it is caught. It is never carried out.',
    access: approver,
    body: z.object({ kind: z.enum(seedKinds) }),
    reply: z.object({ proposalId: z.string(), caseId: z.string(), whatIsWrong: z.string() }),
  }),
  listSeeds: endpoint({
    method: 'GET',
    path: '/api/governance/seeded-suggestions',
    summary:
      'What became of bad suggestions that were put there. Open ones are shown to who put them there only.',
    access: approver,
    query: z.object({ days: z.coerce.number().int().min(1).max(730).default(365) }),
    reply: z.object({ seeds: z.array(seededSuggestion) }),
  }),
  listRecords: endpoint({
    method: 'GET',
    path: '/api/governance/records/:kind',
    summary: 'A register: suppliers, risks, incidents, decisions, members, audits, charter or policy.',
    access: approver,
    params: kindParams,
    reply: z.object({ records: z.array(governanceRecord) }),
  }),
  addRecord: endpoint({
    method: 'POST',
    path: '/api/governance/records/:kind',
    summary: 'Adds to a register. Its digest goes into the ledger.',
    access: approver,
    params: kindParams,
    body: z.object({ content }),
    reply: z.object({ id: z.string() }),
  }),
  changeRecord: endpoint({
    method: 'PUT',
    path: '/api/governance/records/:kind/:id',
    summary: 'Writes the next version of a record; the earlier ones stay.',
    access: approver,
    params: recordParams,
    body: z.object({ content, version: z.number().int().min(0) }),
    reply: done,
  }),
  readAiPolicy: endpoint({
    method: 'GET',
    path: '/api/governance/ai-policy',
    summary: 'The policy on the use of AI, and whether you have acknowledged it.',
    access: { kind: 'role', role: 'viewer' },
    reply: aiPolicy,
  }),
  acknowledgePolicy: endpoint({
    method: 'POST',
    path: '/api/governance/ai-policy/acknowledgement',
    summary: 'Says that you have read this version.',
    access: { kind: 'role', role: 'viewer' },
    body: z.object({ version: z.number().int().min(1) }),
    reply: done,
  }),
  readOversight: endpoint({
    method: 'GET',
    path: '/api/governance/oversight',
    summary: 'How people decide on what models propose: how often they follow, and how quickly.',
    access: approver,
    query: z.object({ days: z.coerce.number().int().min(1).max(730).default(90) }),
    reply: oversight,
  }),
}
