import { z } from 'zod'
import { dataClasses, modelTasks, trustZones } from '../domain/data-class.ts'
import { done } from './contract.ts'
import { endpoint } from './endpoint.ts'

const decision = z.enum(['allow', 'pseudonymise', 'local', 'refuse'])

/** One line of the policy as a table: what becomes of each class of data on the way to a zone. */
const policyRow = z.object({
  zone: z.enum(trustZones),
  /** The tasks for which it is so; all of them where it is the same for all. */
  tasks: z.array(z.enum(modelTasks)),
  allTasks: z.boolean(),
  /** The rule that decides, or `deny-by-default`. */
  rule: z.string(),
  fates: z.record(z.enum(dataClasses), decision),
})
export type PolicyRow = z.infer<typeof policyRow>

const policyView = z.object({
  /** The file it stands in; null: none is set, and it is the one that Tocsin ships. */
  file: z.string().nullable(),
  /** The same policy as the table, as it stands in the file. */
  yaml: z.string(),
  rows: z.array(policyRow),
  /** Kinds of values that stay readable whatever their class, such as `address.public`. */
  keep: z.array(z.string()),
})
export type PolicyView = z.infer<typeof policyView>

const spent = z.object({ calls: z.number(), tokens: z.number(), costUsd: z.number() })
const limit = z.object({
  calls: z.number().nullable(),
  tokens: z.number().nullable(),
  costUsd: z.number().nullable(),
})

/** How a model fares, as the process that asks it sees it. */
export const modelHealth = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('well') }),
  z.object({ kind: z.literal('failing'), failures: z.number() }),
  z.object({ kind: z.literal('open'), untilMs: z.number(), reason: z.string() }),
  /** No process that asks models has said anything for a while. */
  z.object({ kind: z.literal('unknown') }),
])
export type ModelHealth = z.infer<typeof modelHealth>

const modelView = z.object({
  name: z.string(),
  provider: z.string(),
  modelId: z.string(),
  zone: z.enum(trustZones),
  /** Host and port, or `this process`. */
  place: z.string(),
  /** Null: every task. */
  tasks: z.array(z.enum(modelTasks)).nullable(),
  /** Tasks for which it is asked before the others. */
  preferredFor: z.array(z.enum(modelTasks)),
  contextTokens: z.number(),
  maxConcurrent: z.number(),
  running: z.number(),
  health: modelHealth,
  /** US dollars for a million tokens; null: unknown. */
  price: z.object({ inputUsd: z.number(), outputUsd: z.number() }).nullable(),
  /** Since midnight UTC. */
  today: spent.extend({ failed: z.number(), lastMs: z.number().nullable() }),
})
export type ModelView = z.infer<typeof modelView>

const modelsView = z.object({
  file: z.string(),
  models: z.array(modelView),
  /** Use since midnight UTC beside its hard limit: of the day, then of each task that has a limit or was used. */
  budgets: z.array(z.object({ task: z.enum(modelTasks).nullable(), used: spent, limit })),
  perQuestion: limit,
})
export type ModelsView = z.infer<typeof modelsView>

export const inventoryKinds = ['hosts', 'users', 'domains', 'addresses', 'groups', 'terms'] as const

const inventoryList = z.object({
  name: z.string(),
  kind: z.enum(inventoryKinds),
  entryCount: z.number(),
  updatedBy: z.string(),
  updatedMs: z.number(),
})
export type InventoryList = z.infer<typeof inventoryList>

const problemView = z.object({ code: z.string(), message: z.string(), where: z.string().optional() })

const listParams = z.object({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, 'letters, digits, spaces, . _ -; at most 64'),
})

/** Enough for any case; a page shows far fewer. */
const maxPlaceholders = 1000

export const trustEndpoints = {
  readPolicy: endpoint({
    method: 'GET',
    path: '/api/policy',
    summary: 'What may be told to which model: as one table, and as the file',
    access: { kind: 'role', role: 'viewer' },
    reply: policyView,
  }),
  readModels: endpoint({
    method: 'GET',
    path: '/api/models',
    summary: 'The models that are set up, how they fare, what they cost and what is left of the budgets',
    access: { kind: 'role', role: 'analyst' },
    reply: modelsView,
  }),
  readInventory: endpoint({
    method: 'GET',
    path: '/api/inventory',
    summary: "The organisation's own names: uploaded lists, and how many were learned from alerts",
    access: { kind: 'role', role: 'analyst' },
    reply: z.object({
      lists: z.array(inventoryList),
      /** In force together: uploaded and learned. */
      inForce: z.record(z.enum(inventoryKinds), z.number()),
    }),
  }),
  readInventoryList: endpoint({
    method: 'GET',
    path: '/api/inventory/:name',
    summary: 'One list with its entries',
    access: { kind: 'role', role: 'analyst' },
    params: listParams,
    reply: inventoryList.extend({ entries: z.array(z.string()) }),
  }),
  putInventoryList: endpoint({
    method: 'PUT',
    path: '/api/inventory/:name',
    summary:
      'Upload a list, in place of the one of the same name; one entry a line, the first column of a CSV',
    access: { kind: 'role', role: 'admin' },
    params: listParams,
    body: z.object({ kind: z.enum(inventoryKinds), text: z.string() }),
    reply: z.object({ list: inventoryList, replaced: z.boolean(), problems: z.array(problemView) }),
  }),
  deleteInventoryList: endpoint({
    method: 'DELETE',
    path: '/api/inventory/:name',
    summary: 'Remove a list: its names are no longer replaced, unless alerts tell them too',
    access: { kind: 'role', role: 'admin' },
    params: listParams,
    reply: done,
  }),
  revealPlaceholders: endpoint({
    method: 'POST',
    path: '/api/reveal',
    summary: 'What placeholders of one case, mail or report stand for; that it was asked is recorded',
    access: { kind: 'role', role: 'analyst' },
    body: z.object({
      /** The id of the case, mail, report or rule draft. */
      subject: z.string().min(1).max(200),
      placeholders: z.array(z.string().max(120)).min(1).max(maxPlaceholders),
    }),
    reply: z.object({ values: z.array(z.object({ placeholder: z.string(), value: z.string() })) }),
  }),
}
