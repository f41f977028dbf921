import type { ModelTask } from '../domain/data-class.ts'
import type { ModelRole } from '../domain/model-state.ts'
import type { ModelClient } from '../llm/completion.ts'

/** A question as far as the choice of its model goes. */
export interface RoutedQuestion {
  readonly tenant: string
  readonly task: ModelTask
  readonly caseId: string
  /** This profile and no other: for a comparison that nobody is shown. */
  readonly onlyProfile?: string | undefined
}

export interface ModelRoute {
  /** Those that may be asked, the preferred one first. */
  readonly models: readonly ModelClient[]
  /** The profile behind a model, and in what part it answers: written with the call. */
  readonly profileOf: (model: string) => { readonly id: string; readonly role: ModelRole } | undefined
}

/** Decides which of the models that are set up may be asked. Wired in the composition roots. */
export type RouteModels = (
  question: RoutedQuestion,
  candidates: readonly ModelClient[],
) => Promise<ModelRoute>

/** Every model that is set up, as a command asks that works without a database. */
export const everyModel: RouteModels = async (_question, candidates) => ({
  models: candidates,
  profileOf: () => undefined,
})
