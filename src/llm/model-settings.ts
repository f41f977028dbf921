import { parse } from 'yaml'
import { z } from 'zod'
import { modelTasks } from '../domain/data-class.ts'
import { modelSelectionSchema } from '../domain/model-selection.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { modelProfileSchema } from './profile.ts'

const spending = z.strictObject({
  tokens: z.int().positive().optional(),
  costUsd: z.number().positive().optional(),
  calls: z.int().positive().optional(),
})

const settingsSchema = z.strictObject({
  /** In order of preference. */
  models: z.array(modelProfileSchema).default([]),
  /** Which cases get a brief by a model, besides the one by code that every case has. */
  briefs: modelSelectionSchema.prefault({}),
  /** A model for a task, ahead of the order. */
  tasks: z.partialRecord(z.enum(modelTasks), z.string()).default({}),
  budgets: z
    .strictObject({
      perDay: spending.optional(),
      perTaskPerDay: z.partialRecord(z.enum(modelTasks), spending).optional(),
      perQuestion: spending.optional(),
    })
    .default({}),
  /** US dollars for a million tokens, by the provider's name of the model. */
  prices: z.record(z.string(), z.strictObject({ inputUsd: z.number(), outputUsd: z.number() })).default({}),
  /** PEM files of private certificate authorities. */
  authorities: z.array(z.string()).default([]),
})

/** Which models there are and what they may cost: one YAML file (`models.yaml`), set by an administrator. */
export type ModelSettings = Readonly<z.infer<typeof settingsSchema>>

export const noModels: ModelSettings = settingsSchema.parse({})

/** Reads the file. Throws `bad-usage` with the place; `name` is what the file is called in the message. */
export function parseModelSettings(yamlText: string, name = 'models.yaml'): ModelSettings {
  let document: unknown
  try {
    document = parse(yamlText, { maxAliasCount: 0 }) ?? {}
  } catch (error) {
    throw new AppError('bad-usage', `${name} is not YAML: ${messageOf(error).trim()}`, { cause: error })
  }
  const parsed = settingsSchema.safeParse(document)
  if (!parsed.success) {
    throw new AppError(
      'bad-usage',
      `${name} has settings that cannot be used (deploy/models.example.yaml shows all):\n${z.prettifyError(parsed.error)}`,
    )
  }
  const names = parsed.data.models.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new AppError('bad-usage', `${name} has two models called ${twice}`)
  const unknown = Object.values(parsed.data.tasks).find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new AppError('bad-usage', `${name}: a task names model ${unknown}, which is not there`)
  return parsed.data
}
