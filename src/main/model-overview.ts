import { type ModelTask, modelTasks } from '../domain/data-class.ts'
import { type ModelHealth, type ModelsView, modelHealth } from '../http/contract-trust.ts'
import { type ModelUsage, modelUsageSince } from '../ledger/model-usage.ts'
import { pause } from '../lib/abort.ts'
import type { Spending } from '../llm/budget.ts'
import type { ModelSettings } from '../llm/model-settings.ts'
import { priceOf } from '../llm/price-table.ts'
import type { ModelProfile } from '../llm/profile.ts'
import { providers } from '../llm/providers/providers.ts'
import { putModelHealth, readModelHealth } from '../store/model-health.ts'
import type { Application } from './application.ts'
import type { OpenModels } from './open-models.ts'

const reportEveryMs = 5_000
/** Longer silence of a process says nothing of its models any more. */
const freshMs = 60_000
const dayMs = 24 * 60 * 60_000

/** Tells the processes that serve pages how the models fare here, where they are asked. Until the signal fires. */
export async function reportModelHealth(
  app: Application,
  { gateway }: OpenModels,
  signal: AbortSignal,
): Promise<void> {
  const { database } = app.store
  while (!signal.aborted) {
    const running = gateway.running()
    const models = [...gateway.health()].map(([model, state]) => ({
      model,
      state,
      running: running.get(model) ?? 0,
    }))
    if (models.length === 0) return
    const nowMs = app.clock.now()
    await putModelHealth(database, app.owner, models, nowMs, nowMs - freshMs).catch(error =>
      app.logger.error({ err: error }, 'the health of the models could not be written'),
    )
    await pause(reportEveryMs, signal)
  }
}

/** The models that are set up, with health, price, today's use and budgets. */
export async function modelOverview(
  { config, store, tenant, clock }: Pick<Application, 'config' | 'store' | 'tenant' | 'clock'>,
  settings: ModelSettings,
): Promise<ModelsView> {
  const nowMs = clock.now()
  const reports = await readModelHealth(store.database, nowMs - freshMs)
  const usage = await modelUsageSince(store.database, tenant, Math.floor(nowMs / dayMs) * dayMs)
  const models = await Promise.all(
    settings.models.map(async profile => {
      const own = reports.filter(report => report.model === profile.name)
      const used = usage.filter(each => each.model === profile.name)
      return {
        name: profile.name,
        provider: profile.provider,
        modelId: profile.model,
        zone: profile.zone,
        place: await placeOf(profile),
        tasks: profile.tasks ?? null,
        preferredFor: modelTasks.filter(task => settings.tasks[task] === profile.name),
        contextTokens: profile.contextTokens,
        maxConcurrent: profile.maxConcurrent,
        running: own.reduce((sum, report) => sum + report.running, 0),
        health: worstOf(own.map(report => report.state)),
        price: priceOf(profile.model, settings.prices, profile.zone) ?? null,
        today: {
          ...sumOf(used),
          failed: used.reduce((sum, each) => sum + each.failed, 0),
          lastMs: used.length === 0 ? null : Math.max(...used.map(each => each.lastMs)),
        },
      }
    }),
  )
  return {
    file: config.modelsFile,
    models,
    budgets: budgetsOf(settings, usage),
    perQuestion: limitOf(settings.budgets.perQuestion),
  }
}

async function placeOf(profile: ModelProfile): Promise<string> {
  if (profile.provider === 'in-process') return 'this process'
  const baseUrl = profile.baseUrl ?? (await providers[profile.provider]()).defaultBaseUrl(profile)
  return baseUrl === undefined ? 'not known' : new URL(baseUrl).host
}

const order: readonly ModelHealth['kind'][] = ['unknown', 'well', 'failing', 'open']

/** Where processes differ, what is worst is shown. */
function worstOf(states: readonly unknown[]): ModelHealth {
  const known = states.map(state => modelHealth.safeParse(state).data ?? { kind: 'unknown' as const })
  return known.toSorted((a, b) => order.indexOf(b.kind) - order.indexOf(a.kind))[0] ?? { kind: 'unknown' }
}

function budgetsOf(settings: ModelSettings, usage: readonly ModelUsage[]): ModelsView['budgets'] {
  const { perDay, perTaskPerDay = {} } = settings.budgets
  const told = (task: ModelTask) =>
    perTaskPerDay[task] !== undefined || usage.some(each => each.task === task)
  return [
    { task: null, used: sumOf(usage), limit: limitOf(perDay) },
    ...modelTasks.filter(told).map(task => ({
      task,
      used: sumOf(usage.filter(each => each.task === task)),
      limit: limitOf(perTaskPerDay[task]),
    })),
  ]
}

function limitOf(limit: Spending | undefined): ModelsView['perQuestion'] {
  return {
    calls: limit?.calls ?? null,
    tokens: limit?.tokens ?? null,
    costUsd: limit?.costUsd ?? null,
  }
}

function sumOf(usage: readonly ModelUsage[]): { calls: number; tokens: number; costUsd: number } {
  return usage.reduce(
    (sum, each) => ({
      calls: sum.calls + each.calls,
      tokens: sum.tokens + each.tokens,
      costUsd: sum.costUsd + each.costUsd,
    }),
    { calls: 0, tokens: 0, costUsd: 0 },
  )
}
