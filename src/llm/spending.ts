import type { ModelTask } from '../domain/data-class.ts'
import { modelTasks } from '../domain/data-class.ts'
import type { ReadSpending, Spent } from './budget.ts'

/** What this needs of a ledger; `Ledger` fits. */
interface OutcomeSource {
  read(range: { readonly fromSeq: number; readonly toSeq: number }): AsyncIterable<{
    readonly kind: string
    readonly at: string
    readonly body: { readonly [key: string]: unknown }
  }>
}

/**
 * Reads what was spent from the ledger, which has every call: so a limit holds over restarts, and over all
 * processes that write to the same ledger. Remembers how far it has read.
 */
export function spendingOf(ledger: OutcomeSource): ReadSpending {
  let nextSeq = 1
  const calls: { readonly atMs: number; readonly task: ModelTask; readonly spent: Spent }[] = []
  return async sinceMs => {
    for await (const { kind, at, body } of ledger.read({
      fromSeq: nextSeq,
      toSeq: Number.POSITIVE_INFINITY,
    })) {
      nextSeq++
      const task = modelTasks.find(each => each === body.task)
      if (kind !== 'model-outcome' || task === undefined) continue
      const number = (name: string) => (typeof body[name] === 'number' ? body[name] : 0)
      const spent = {
        calls: 1,
        tokens: number('input_tokens') + number('output_tokens'),
        costUsd: number('cost_usd'),
      }
      calls.push({ atMs: Date.parse(at), task, spent })
    }
    const old = calls.findIndex(({ atMs }) => atMs >= sinceMs)
    calls.splice(0, old < 0 ? calls.length : old)
    const totals = new Map<ModelTask, Spent>()
    for (const { task, spent } of calls) {
      const total = totals.get(task) ?? { calls: 0, tokens: 0, costUsd: 0 }
      totals.set(task, {
        calls: total.calls + spent.calls,
        tokens: total.tokens + spent.tokens,
        costUsd: total.costUsd + spent.costUsd,
      })
    }
    return totals
  }
}
