import type { ModelTask } from '../domain/data-class.ts'
import type { Clock } from '../lib/clock.ts'

/** Hard limits a day (UTC). A limit left out does not limit. */
export interface BudgetLimits {
  readonly perDay?: Spending | undefined
  readonly perTaskPerDay?: Readonly<Partial<Record<ModelTask, Spending | undefined>>> | undefined
  /** For one question, all tries and the repair included. */
  readonly perQuestion?: Spending | undefined
}

export interface Spending {
  readonly tokens?: number | undefined
  readonly costUsd?: number | undefined
  readonly calls?: number | undefined
}

export interface Spent {
  readonly tokens: number
  readonly costUsd: number
  readonly calls: number
}

/** What was spent since a time, over all processes: read from the ledger, which records every call. */
export type ReadSpending = (sinceMs: number) => Promise<ReadonlyMap<ModelTask, Spent>>

export interface Budget {
  /**
   * Sets aside the most that a call can cost. Returns why not, or a reservation to be settled with what it did cost;
   * until then it counts in full, so that calls side by side cannot together pass a limit. `question` is one object for
   * all calls of one question.
   */
  reserve(
    task: ModelTask,
    most: Spent,
    question: object,
  ): Promise<
    | { readonly kind: 'refused'; readonly reason: string }
    /** `spent` is left out where no answer came. */
    | { readonly kind: 'reserved'; settle(spent?: Omit<Spent, 'calls'>): void }
  >
}

const nothing: Spent = { tokens: 0, costUsd: 0, calls: 0 }
const dayMs = 24 * 60 * 60 * 1000

export function createBudget(limits: BudgetLimits, readSpending: ReadSpending, clock: Clock): Budget {
  const reserved = new Map<object, { readonly task: ModelTask; readonly most: Spent }>()
  const ofQuestions = new WeakMap<object, Spent>()
  /** What was spent counts only where something limits it: reading it takes a look at the ledger. */
  const spentSoFar = async (task: ModelTask): ReturnType<ReadSpending> =>
    isLimited(limits.perDay) || isLimited(limits.perTaskPerDay?.[task])
      ? readSpending(Math.floor(clock.now() / dayMs) * dayMs)
      : new Map()
  return {
    async reserve(task, most, question) {
      const asked = { task, most }
      reserved.set(asked, asked)
      const release = () => void reserved.delete(asked)
      try {
        const spent = await spentSoFar(task)
        const held = [...reserved.values()]
        const total = sum([...spent.values(), ...held.map(each => each.most)])
        const own = sum([
          spent.get(task) ?? nothing,
          ...held.filter(each => each.task === task).map(each => each.most),
        ])
        const over =
          exceeded(total, limits.perDay, 'the budget of the day') ??
          exceeded(own, limits.perTaskPerDay?.[task], `the day's budget of task ${task}`) ??
          exceeded(
            sum([ofQuestions.get(question) ?? nothing, most]),
            limits.perQuestion,
            'the budget of one question',
          )
        if (over === undefined)
          return {
            kind: 'reserved',
            settle(spent = nothing) {
              release()
              ofQuestions.set(question, sum([ofQuestions.get(question) ?? nothing, { ...spent, calls: 1 }]))
            },
          }
        release()
        return { kind: 'refused', reason: over }
      } catch (error) {
        release()
        throw error
      }
    },
  }
}

function isLimited(limit: Spending | undefined): boolean {
  return Object.values(limit ?? {}).some(most => most !== undefined)
}

function sum(parts: readonly Spent[]): Spent {
  return parts.reduce(
    (a, b) => ({ tokens: a.tokens + b.tokens, costUsd: a.costUsd + b.costUsd, calls: a.calls + b.calls }),
    nothing,
  )
}

function exceeded(spent: Spent, limit: Spending | undefined, what: string): string | undefined {
  for (const unit of ['calls', 'tokens', 'costUsd'] as const) {
    const most = limit?.[unit]
    if (most !== undefined && spent[unit] > most) {
      return `${what} (${most} ${unit === 'costUsd' ? 'US dollars' : unit}) would be passed`
    }
  }
  return undefined
}
