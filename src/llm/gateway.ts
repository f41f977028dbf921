import { type ModelTask, type TrustZone, trustZones } from '../domain/data-class.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import { retry } from '../lib/retry.ts'
import type { Budget } from './budget.ts'
import { type CircuitBreaker, createCircuitBreaker, type Health } from './circuit-breaker.ts'
import {
  type BeforeSend,
  type Completion,
  type CompletionRequest,
  type ModelClient,
  ModelError,
} from './completion.ts'
import { createConcurrencyLimit } from './concurrency-limit.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { observeCall } from './model-telemetry.ts'
import { costUsd, type Price } from './price-table.ts'
import type { ProviderKind } from './profile.ts'

/** A model that is set up: how to call it, and what it may be used for. */
export interface GatewayModel {
  readonly client: ModelClient
  /** As telemetry names it. */
  readonly provider?: ProviderKind
  readonly tasks: readonly ModelTask[] | undefined
  readonly price: Price | undefined
  readonly maxConcurrent: number
  readonly contextTokens: number
}

export interface GatewayOptions {
  /** In order of preference. */
  readonly models: readonly GatewayModel[]
  /** A model for a task, by name, ahead of the others. */
  readonly modelOfTask?: Readonly<Partial<Record<ModelTask, string>>>
  readonly budget: Budget
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  /** Whether telemetry may hold the words of calls to models that see pseudonyms. Default: never. */
  readonly captureContent?: boolean
  readonly attempts?: number
  readonly firstDelayMs?: number
}

export interface GatewayAnswer {
  readonly completion: Completion
  readonly client: ModelClient
  readonly costUsd: number
}

export interface Gateway {
  /** The models for a task, the preferred one first. */
  candidates(task: ModelTask): readonly ModelClient[]
  /**
   * Asks the first of `candidates` that is well, then the others, but never one further away than the first:
   * `request` was made for that zone. Throws ModelError; `model-budget-spent` and what `beforeSend` throws stop all.
   */
  complete(
    task: ModelTask,
    candidates: readonly ModelClient[],
    request: CompletionRequest,
    beforeSend: (client: ModelClient) => BeforeSend,
    signal: AbortSignal,
    onText?: (textSoFar: string) => void,
    /** One object for all requests of one question, for its budget. */
    question?: object,
  ): Promise<GatewayAnswer>
  health(): ReadonlyMap<string, Health>
  /** Calls under way now, by model. */
  running(): ReadonlyMap<string, number>
}

export function createGateway(options: GatewayOptions): Gateway {
  const rooms = new Map(
    options.models.map(model => [
      model.client.name,
      {
        model,
        breaker: createCircuitBreaker(options.clock),
        limit: createConcurrencyLimit(model.maxConcurrent),
      },
    ]),
  )
  return {
    candidates(task) {
      const fit = options.models.filter(({ tasks }) => tasks === undefined || tasks.includes(task))
      const wanted = options.modelOfTask?.[task]
      const first = fit.filter(({ client }) => client.name === wanted)
      return [...first, ...fit.filter(({ client }) => client.name !== wanted)].map(({ client }) => client)
    },
    async complete(task, candidates, request, beforeSend, signal, onText, question = request) {
      const [first] = candidates
      if (!first) throw new ModelError('model-none', `no model is set up for task ${task}`)
      const allowed = candidates.filter(client => notFurther(client.zone, first.zone))
      const failures: string[] = []
      let last: unknown
      for (const client of allowed) {
        const room = rooms.get(client.name)
        if (!room) throw new ModelError('model-none', `model ${client.name} is not set up`)
        if (!room.breaker.admits()) {
          failures.push(`${client.name} is resting after failures`)
          continue
        }
        try {
          const call = () =>
            callOnce(
              { task, request, question, onText },
              room.model,
              room.breaker,
              beforeSend(client),
              signal,
              options,
            )
          return await room.limit.run(
            () => withRetries(call, options, signal),
            signal,
            whilePeopleWait.has(task),
          )
        } catch (error) {
          room.breaker.released()
          if (signal.aborted || !(error instanceof ModelError) || error.code === 'model-budget-spent')
            throw error
          failures.push(messageOf(error))
          last = error
        }
      }
      throw new ModelError('model-unavailable', `no model answered: ${failures.join('; ')}`, {
        retryable: true,
        cause: last,
        retryAfterMs: last instanceof ModelError ? last.retryAfterMs : undefined,
      })
    },
    running: () => new Map([...rooms].map(([name, { limit }]) => [name, limit.running])),
    health: () => new Map([...rooms].map(([name, { breaker }]) => [name, breaker.health])),
  }
}

/** Somebody sits before these: they do not stand in line behind briefs. */
const whilePeopleWait: ReadonlySet<ModelTask> = new Set(['chat', 'runbook'])

/** Whether a zone is the same as or stricter than another. */
function notFurther(zone: TrustZone, than: TrustZone): boolean {
  return trustZones.indexOf(zone) <= trustZones.indexOf(than)
}

/** One attempt, in the budget and seen by the breaker. */
async function callOnce(
  asked: {
    readonly task: ModelTask
    readonly request: CompletionRequest
    readonly question: object
    readonly onText: ((textSoFar: string) => void) | undefined
  },
  model: GatewayModel,
  breaker: CircuitBreaker,
  beforeSend: BeforeSend,
  signal: AbortSignal,
  options: GatewayOptions,
): Promise<GatewayAnswer> {
  const { task, request, onText } = asked
  const { client, price } = model
  const promptTokens = estimateTokens(JSON.stringify([request.system, request.messages, request.schema]))
  if (promptTokens + request.maxOutputTokens > model.contextTokens) {
    throw new ModelError(
      'model-request-too-large',
      `the question needs about ${promptTokens + request.maxOutputTokens} tokens; model ${client.name} takes ${model.contextTokens}`,
    )
  }
  const mostUsage = { inputTokens: promptTokens, outputTokens: request.maxOutputTokens }
  const spentBy = (usage: { readonly inputTokens: number; readonly outputTokens: number }) => ({
    tokens: usage.inputTokens + usage.outputTokens,
    costUsd: price ? costUsd(price, usage) : 0,
  })
  const reservation = await options.budget.reserve(task, { calls: 1, ...spentBy(mostUsage) }, asked.question)
  if (reservation.kind === 'refused') throw new ModelError('model-budget-spent', reservation.reason)
  let completion: Completion | undefined
  try {
    const observed = {
      task,
      client,
      provider: model.provider,
      request,
      captureContent: options.captureContent ?? false,
    }
    return await observeCall(observed, beforeSend, async watched => {
      completion = await client.complete(request, watched, signal, onText)
      breaker.succeeded()
      return { completion, client, costUsd: price ? costUsd(price, completion.usage) : 0 }
    })
  } catch (error) {
    if (error instanceof ModelError && isOutage(error) && !signal.aborted) {
      breaker.failed(error.message, error.retryAfterMs)
    }
    throw error
  } finally {
    reservation.settle(completion && spentBy(completion.usage))
  }
}

/** Whether a failure says something about the model and not about the request. */
function isOutage(error: ModelError): boolean {
  return error.retryable || ['model-unauthorised', 'model-forbidden', 'model-not-found'].includes(error.code)
}

function withRetries(
  call: () => Promise<GatewayAnswer>,
  options: GatewayOptions,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  return retry(call, {
    attempts: options.attempts ?? 2,
    firstDelayMs: options.firstDelayMs ?? 500,
    maxDelayMs: 8_000,
    random: options.random,
    signal,
    // A provider that says when to come back is obeyed by the breaker: the next model gets the question.
    retryable: error => error instanceof AppError && error.retryable && !hasRetryAfter(error),
  })
}

function hasRetryAfter(error: AppError): boolean {
  return error instanceof ModelError && error.retryAfterMs !== undefined
}
