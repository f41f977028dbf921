import { z } from 'zod'
import { attackDomain, done, idParams } from './contract.ts'
import { endpoint } from './endpoint.ts'

export const techniqueCoverage = z.object({
  id: z.string(),
  name: z.string(),
  tactics: z.array(z.string()),
  reports: z.number(),
  alerts: z.number(),
})
export type TechniqueCoverage = z.infer<typeof techniqueCoverage>

/** A Navigator layer that somebody imported. */
export const layer = z.object({
  id: z.string(),
  name: z.string(),
  techniques: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      tactics: z.array(z.string()),
      score: z.number().nullable(),
      comment: z.string(),
    }),
  ),
  createdMs: z.number(),
})
export type Layer = z.infer<typeof layer>

const addedLayer = z.object({
  id: z.string(),
  name: z.string(),
  techniques: z.number(),
  unknown: z.array(z.string()),
})
export type AddedLayer = z.infer<typeof addedLayer>

export const coverage = z.object({
  domains: z.array(attackDomain),
  /** Columns: Enterprise's tactics by short name, those of other domains by `ics-attack/` and short name. */
  tactics: z.array(z.object({ shortName: z.string(), name: z.string() })),
  /** Techniques that a report describes or an alert carries. */
  techniques: z.array(techniqueCoverage),
})
export type Coverage = z.infer<typeof coverage>

const read = { kind: 'role', role: 'viewer', scope: 'read' } as const
const work = { kind: 'role', role: 'analyst', scope: 'triage' } as const

/** What reports describe against what alerts carry, by ATT&CK technique, and layers to hold beside it. */
export const intelCoverageEndpoints = {
  coverage: endpoint({
    method: 'GET',
    path: '/api/intel/coverage',
    summary: 'What reports describe against what our alerts carry, by ATT&CK technique.',
    access: read,
    reply: coverage,
  }),
  listLayers: endpoint({
    method: 'GET',
    path: '/api/intel/layers',
    summary: 'ATT&CK Navigator layers that were imported, newest first.',
    access: read,
    reply: z.object({ layers: z.array(layer) }),
  }),
  addLayer: endpoint({
    method: 'POST',
    path: '/api/intel/layers',
    summary:
      'Import a layer of format 4.x, or a list of them, one for each domain. Ids that ATT&CK does not have are left out and named.',
    access: work,
    body: z.object({ content: z.string().min(2).max(4_000_000) }),
    reply: z.object({ layers: z.array(addedLayer) }),
  }),
  deleteLayer: endpoint({
    method: 'DELETE',
    path: '/api/intel/layers/:id',
    summary: 'Delete an imported layer.',
    access: work,
    params: idParams,
    reply: done,
  }),
  navigatorLayer: endpoint({
    method: 'GET',
    path: '/api/intel/coverage/navigator',
    summary: 'The same as an ATT&CK Navigator layer: of one domain, as every layer is.',
    access: read,
    query: z.object({ domain: z.string().max(50).default('enterprise-attack') }),
    reply: z.unknown(),
  }),
}
