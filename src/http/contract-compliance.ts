import { z } from 'zod'
import { controlStatuses } from '../governance/judge-control.ts'
import { endpoint } from './endpoint.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

export const complianceFramework = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  controls: z.number().int(),
  /** All that the framework has on that level, and what they are; null for a regulation that is no list of controls. */
  of: z.number().int().nullable(),
  unit: z.string().nullable(),
})
export type ComplianceFramework = z.infer<typeof complianceFramework>

/** One control, and what Tocsin's records hold for it. */
export const complianceControl = z.object({
  id: z.string(),
  topic: z.string(),
  earlierIds: z.array(z.string()),
  owner: z.string(),
  status: z.enum(controlStatuses),
  evidence: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      count: z.number().int(),
      latestMs: z.number().nullable(),
      speaks: z.enum(['for', 'against']),
    }),
  ),
  gaps: z.array(z.string()),
})
export type ComplianceControl = z.infer<typeof complianceControl>

/** The evidence for every control of a framework in a period. */
export const complianceView = z.object({
  framework: complianceFramework,
  mappingVersion: z.string(),
  fromMs: z.number(),
  /** Not included. */
  toMs: z.number(),
  /** How many entries of the ledger were recomputed, and the first that does not fit. */
  ledger: z.object({ verified: z.number().int(), firstBad: z.number().int().nullable() }),
  controls: z.array(complianceControl),
  /** Identifiers that no kind of record is mapped to. */
  notMapped: z.array(z.string()),
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
}
