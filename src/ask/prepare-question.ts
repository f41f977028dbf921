import type { Inventory } from '../domain/inventory.ts'
import type { ModelAnswer, ModelQuestion } from '../domain/model-question.ts'
import type { Gateway } from '../llm/gateway.ts'
import type { Policy } from '../policy/policy.ts'
import type { RedactionRules } from '../redact/redact.ts'
import type { Vault } from '../redact/vault.ts'
import { type BuiltRequest, buildRequest, mayStillGo, type QuestionDecision } from './build-request.ts'
import { chooseModels, type ModelChoice } from './choose-models.ts'
import { type EgressGuard, forbiddenInventory } from './guard-egress.ts'
import type { ModelRoute, RouteModels } from './model-route.ts'

/** What decides about a question before anything of it is sent. */
export interface PreparingAdapters {
  readonly gateway: Gateway
  readonly policy: (tenant: string) => Promise<Policy>
  /** The inventory and what redaction makes of it, compiled once per change. */
  readonly inventory: (
    tenant: string,
  ) => Promise<{ readonly inventory: Inventory; readonly redaction: RedactionRules }>
  /** Which of the models that are set up may be asked. */
  readonly route: RouteModels
  /** A new word of letters that nobody can guess. */
  readonly newBoundary: () => string
}

/** A request with what stands behind its placeholders. */
export interface PreparedRequest {
  readonly built: BuiltRequest
  /** Placeholder and real value. */
  readonly replaced: readonly { readonly placeholder: string; readonly value: string }[]
}

/** A question that may be put: to whom, as what, and what its bytes are held against. */
export interface PreparedQuestion {
  readonly kind: 'prepared'
  readonly models: Extract<ModelChoice, { kind: 'chosen' }>['models']
  readonly decision: QuestionDecision
  readonly policy: Policy
  readonly profileOf: ModelRoute['profileOf']
  /** Adds to `vault`. With `forbidden`, what the scan of the bytes would stop on is replaced, too. */
  build(vault: Vault, forbidden?: Inventory): PreparedRequest
  /** What to build with once the scan stopped a request. */
  readonly forbidden: () => Inventory
  /** Whether a request that was built so may still go where the decision says. */
  mayStillGo(built: BuiltRequest): boolean
  /** What the scan of its bytes needs: `guardEgress` takes it. */
  guard(request: PreparedRequest): EgressGuard
}

/** Everything up to the vault, the same for asking and for showing what would be asked. Sends and keeps nothing. */
export async function prepareQuestion(
  question: Omit<ModelQuestion<unknown>, 'claimsOf'>,
  adapters: PreparingAdapters,
): Promise<PreparedQuestion | Extract<ModelAnswer<never>, { kind: 'refused' | 'unavailable' }>> {
  const { task, tenant } = question
  const policy = await adapters.policy(tenant)
  const { inventory, redaction } = await adapters.inventory(tenant)
  const rules = { policy, redaction }
  const candidates = adapters.gateway.candidates(task)
  const { models, profileOf } = await adapters.route(question, candidates)
  if (models.length === 0 && candidates.length > 0) {
    const names = candidates.map(client => client.name).join(', ')
    return {
      kind: 'unavailable',
      reason: `no model may be asked for task ${task}: ${names} is not in use`,
    }
  }
  const choice = chooseModels(question, models, rules)
  if (choice.kind !== 'chosen') return choice
  const { decision, searched } = choice
  const scope = { task, zone: decision.zone, policy, inventory }
  return {
    kind: 'prepared',
    models: choice.models,
    decision,
    policy,
    profileOf,
    build(vault, forbidden) {
      const built = buildRequest(
        question,
        searched,
        decision,
        rules,
        vault,
        adapters.newBoundary(),
        forbidden,
      )
      const replaced = [...built.placeholders].flatMap(placeholder => {
        const value = vault.valueOf(placeholder)
        return value === undefined ? [] : [{ placeholder, value }]
      })
      return { built, replaced }
    },
    forbidden: () => forbiddenInventory(scope),
    mayStillGo: built => mayStillGo(question, built, decision, rules),
    guard: ({ built, replaced }) => ({
      ...scope,
      built,
      replacedValues: replaced.map(({ value }) => value),
    }),
  }
}
