import { z } from 'zod'
import { modelStates } from '../domain/model-state.ts'
import { gateSettingsSchema } from '../governance/model-gates/gate-settings.ts'
import { done, idParams, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const state = z.enum(modelStates)
const check = z.object({ name: z.string(), passed: z.boolean(), detail: z.string() })
const reason = z.string().trim().min(3).max(500)

const usage = z.object({
  calls: z.number().int(),
  answered: z.number().int(),
  failed: z.number().int(),
  invalid: z.number().int(),
  unsupported: z.number().int(),
  costUsd: z.number(),
  medianMs: z.number(),
  p95Ms: z.number(),
})

/** One exact combination of model, prompts, policy and knowledge, and where it stands. */
const modelProfile = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  model: z.string(),
  zone: z.string(),
  state,
  sinceMs: z.number(),
  /** Whether models.yaml has it now. */
  configured: z.boolean(),
  /** What it is made of besides: prompts, policy, knowledge, settings. */
  parts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Over the last week, in whatever part it had. */
  usage: usage.nullable(),
  /** Why the watch would take it out of use. */
  unwell: z.string().nullable(),
  shadow: z
    .object({
      answers: z.number().int(),
      claims: z.number().int(),
      struck: z.number().int(),
      compared: z.number().int(),
      agreed: z.number().int(),
      decided: z.number().int(),
      shadowRight: z.number().int(),
      shownRight: z.number().int(),
    })
    .nullable(),
  /** Where this person may move it, each with the checks that stand before it. */
  moves: z.array(z.object({ to: state, checks: z.array(check) })),
  /** Whether it replaced another, so that it can be rolled back. */
  canRollBack: z.boolean(),
})
export type ModelProfileView = z.infer<typeof modelProfile>

const modelMove = z.object({
  id: z.string(),
  profileId: z.string(),
  name: z.string(),
  from: state.nullable(),
  to: state,
  by: person.nullable(),
  reason: z.string(),
  atMs: z.number(),
})

const modelGates = z.object({
  settings: gateSettingsSchema,
  changed: z.object({ by: person.nullable(), atMs: z.number() }).nullable(),
  profiles: z.array(modelProfile),
  log: z.array(modelMove),
})
export type ModelGates = z.infer<typeof modelGates>

const approver = { kind: 'role', role: 'approver' } as const

export const modelEndpoints = {
  readModels: endpoint({
    method: 'GET',
    path: '/api/model-gates',
    summary: 'Every model profile with its state, record, gates, and the change log.',
    access: approver,
    reply: modelGates,
  }),
  moveModel: endpoint({
    method: 'POST',
    path: '/api/model-gates/:id/state',
    summary: 'Moves a profile to another state. A promotion takes every check of its gate.',
    access: approver,
    params: idParams,
    body: z.object({ to: state, reason, replaces: z.string().max(100).optional() }),
    reply: done,
  }),
  rollBackModel: endpoint({
    method: 'POST',
    path: '/api/model-gates/:id/rollback',
    summary: 'Puts the profile that this one replaced back into use, in every process within seconds.',
    access: approver,
    params: idParams,
    body: z.object({ reason }),
    reply: z.object({ active: z.string() }),
  }),
  changeGates: endpoint({
    method: 'PUT',
    path: '/api/model-gates',
    summary: 'Sets what a model must pass. Written to the ledger.',
    access: { kind: 'role', role: 'admin' },
    body: gateSettingsSchema,
    reply: done,
  }),
}
