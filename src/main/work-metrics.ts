import { Counter, Gauge, type Registry } from 'prom-client'
import { modelUsageBetween, newestSeq } from '../ledger/model-usage.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { queueDepth } from '../queue/jobs.ts'
import { quarantineCauses } from '../store/quarantine.ts'

const dayMs = 86_400_000

/**
 * Metrics of work that other processes do, read from the database when they are asked for: jobs that wait, records that could not be read, and calls of
 * models with their tokens and cost since this process was first asked. Each server counts the whole, so where several
 * are asked the greatest is right, not the sum.
 */
export function registerWorkMetrics(
  registry: Registry,
  database: Database,
  tenant: string,
  clock: Clock,
): void {
  const registers = [registry]
  const seen = new Map<string, { readonly kind: string; readonly state: string }>()
  new Gauge({
    name: 'tocsin_jobs',
    help: 'Jobs in the queue, by kind and state',
    labelNames: ['kind', 'state'] as const,
    registers,
    async collect() {
      const depth = await queueDepth(database)
      // A kind that was seen stays, at nothing: a series that ends looks like a server that is gone.
      for (const labels of seen.values()) this.set(labels, 0)
      for (const { kind, state, count } of depth) {
        seen.set(`${kind} ${state}`, { kind, state })
        this.set({ kind, state }, count)
      }
    },
  })

  new Gauge({
    name: 'tocsin_quarantined',
    help: 'Records that went to quarantine in the last 24 hours, by source and reason',
    labelNames: ['source', 'code'] as const,
    registers,
    async collect() {
      this.reset()
      for (const { source, code, count } of await quarantineCauses(database, tenant, clock.now() - dayMs))
        this.set({ source, code }, count)
    },
  })

  let countedSeq: number | undefined
  let counting: Promise<void> | undefined
  const count = async () => {
    const newest = await newestSeq(database)
    const steps =
      countedSeq === undefined ? [] : await modelUsageBetween(database, tenant, countedSeq, newest)
    countedSeq = newest
    for (const { task, model, status, ...step } of steps) {
      calls.inc({ task, model, status }, step.calls)
      tokens.inc({ task, model, type: 'input' }, step.inputTokens)
      tokens.inc({ task, model, type: 'output' }, step.outputTokens)
      cached.inc({ task, model }, step.cachedTokens)
      cost.inc({ task, model }, step.costUsd)
    }
  }
  /** The registry asks all counters at once: one reading serves them all. */
  const collect = () => {
    counting ??= count().finally(() => {
      counting = undefined
    })
    return counting
  }
  const counter = <Label extends string>(name: string, labelNames: readonly Label[], help: string) =>
    new Counter({ name, help, labelNames, registers, collect })
  const calls = counter(
    'tocsin_model_calls_total',
    ['task', 'model', 'status'],
    'Calls of models, by task, model and how they ended',
  )
  const tokens = counter(
    'tocsin_model_tokens_total',
    ['task', 'model', 'type'],
    'Tokens of calls of models, by task, model and type (input, output)',
  )
  const cached = counter(
    'tocsin_model_cached_tokens_total',
    ['task', 'model'],
    'Input tokens that providers took from their prompt caches; part of the input',
  )
  const cost = counter(
    'tocsin_model_cost_usd_total',
    ['task', 'model'],
    'US dollars of calls of models at the prices set, by task and model',
  )
}
