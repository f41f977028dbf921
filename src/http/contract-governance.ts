import { z } from 'zod'
import { recordKindNames } from '../governance/record-kinds.ts'
import { done, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const kindParams = z.object({ kind: z.enum(recordKindNames) })
const recordParams = kindParams.extend({ id: z.string().min(1).max(200) })
/** What a record holds depends on its kind; the server says which member does not fit. */
const content = z.record(z.string().max(50), z.string().max(50_000))

export const governanceRecord = z.object({
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
export const aiPolicy = z.object({
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
  byWeek: z.array(z.object({ weekMs: z.number(), decided: z.number().int(), followed: z.number().int() })),
  byPerson: z.array(
    z.object({
      person,
      decided: z.number().int(),
      followed: z.number().int(),
      medianSeconds: z.number().nullable(),
    }),
  ),
})
export type Oversight = z.infer<typeof oversight>

const approver = { kind: 'role', role: 'approver' } as const

export const governanceEndpoints = {
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
