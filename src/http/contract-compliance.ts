import { z } from 'zod'
import { controlStatuses } from '../governance/judge-control.ts'
import { done } from './contract.ts'
import { endpoint } from './endpoint.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

const complianceFramework = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  controls: z.number().int(),
  /** Of them, those that a kind of record is mapped to. */
  mapped: z.number().int(),
  /** What the controls are called. */
  unit: z.string(),
})
export type ComplianceFramework = z.infer<typeof complianceFramework>

const statementFields = {
  /** Who answers for the control; empty: the function that the mapping proposes. */
  owner: z.string().max(300),
  gap: z.string().max(5000),
  statement: z.string().max(5000),
  /** Where it can be seen. */
  reference: z.string().max(300),
  /** The last day on which it holds, as 2026-06-30; empty where nothing is stated. */
  expires: z.string().max(10),
}

/** One control, and what Tocsin's records hold for it. */
const complianceControl = z.object({
  id: z.string(),
  topic: z.string(),
  earlierIds: z.array(z.string()),
  owner: z.string(),
  status: z.enum(controlStatuses),
  /** False: nothing that Tocsin keeps can speak of it. */
  addressed: z.boolean(),
  evidence: z.array(
    z.object({
      name: z.string(),
      /** `1 account in use`. */
      words: z.string(),
      count: z.number().int(),
      latestMs: z.number().nullable(),
      speaks: z.enum(['for', 'against']),
    }),
  ),
  gaps: z.array(z.string()),
  /** What the organisation says itself, unchecked; no status comes of it. */
  own: z
    .object({
      ...statementFields,
      by: z.string(),
      atMs: z.number(),
      inForce: z.boolean(),
      version: z.number().int(),
    })
    .nullable(),
})
export type ComplianceControl = z.infer<typeof complianceControl>

/** The evidence for every control of a framework in a period. */
const complianceView = z.object({
  framework: complianceFramework,
  mappingVersion: z.string(),
  fromMs: z.number(),
  /** Not included. */
  toMs: z.number(),
  /** How many entries of the ledger were recomputed, and the first that does not fit. */
  ledger: z.object({ verified: z.number().int(), firstBad: z.number().int().nullable() }),
  controls: z.array(complianceControl),
  notice: z.string(),
})
export type ComplianceView = z.infer<typeof complianceView>

export const complianceEndpoints = {
  listFrameworks: endpoint({
    method: 'GET',
    path: '/api/compliance',
    summary: 'The frameworks that evidence is mapped to.',
    access: { kind: 'role', role: 'approver' },
    reply: z.object({ frameworks: z.array(complianceFramework) }),
  }),
  readCompliance: endpoint({
    method: 'GET',
    path: '/api/compliance/:framework',
    summary: 'The evidence for each control of a framework between two dates (UTC, both included).',
    access: { kind: 'role', role: 'approver' },
    params: z.object({ framework: z.string().max(100) }),
    query: z.object({ from: day, to: day }),
    reply: complianceView,
  }),
  stateOwn: endpoint({
    method: 'PUT',
    path: '/api/compliance/:framework/statement',
    summary:
      'Says who answers for a control, what is missing and what the organisation does itself, until when.',
    access: { kind: 'role', role: 'approver' },
    params: z.object({ framework: z.string().max(100) }),
    body: z.object({
      control: z.string().max(200),
      /** The version that was read; 0 where there was none. */
      version: z.int().min(0),
      ...statementFields,
    }),
    reply: done,
  }),
}
