import { describe, expect, it } from 'vitest'
import type { ModelTask } from '../domain/data-class.ts'
import { fixedClock } from '../lib/clock.ts'
import { type BudgetLimits, createBudget, type Spent } from './budget.ts'
import { spendingOf } from './spending.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const call = (more: Partial<Spent> = {}): Spent => ({ calls: 1, tokens: 100, costUsd: 0.1, ...more })

/** A budget over a ledger of calls that anybody may have made: `spend` is another process, or one before a restart. */
function opened(limits: BudgetLimits) {
  const clock = fixedClock(noon)
  const entries: { kind: string; at: string; body: Record<string, unknown> }[] = []
  const ledger = {
    async *read({ fromSeq }: { fromSeq: number }) {
      yield* entries.slice(fromSeq - 1)
    },
  }
  return {
    clock,
    budget: createBudget(limits, spendingOf(ledger), clock),
    spend(task: ModelTask, tokens: number, costUsd: number) {
      const body = { task, input_tokens: tokens, output_tokens: 0, cost_usd: costUsd }
      entries.push({ kind: 'model-outcome', at: new Date(clock.now()).toISOString(), body })
    },
  }
}

describe('a hard limit', () => {
  it.each<[string, BudgetLimits, RegExp]>([
    ['calls a day', { perDay: { calls: 2 } }, /^the budget of the day \(2 calls\)/],
    ['tokens a day', { perDay: { tokens: 250 } }, /^the budget of the day \(250 tokens\)/],
    ['money a day', { perDay: { costUsd: 0.25 } }, /^the budget of the day \(0.25 US dollars\)/],
    ['a task', { perTaskPerDay: { chat: { calls: 2 } } }, /^the day's budget of task chat \(2 calls\)/],
  ])(
    'on %s lets through what fits, stops the next before it is made, and ends with the day',
    async (_, limits, why) => {
      const { budget, spend, clock } = opened(limits)
      for (const _call of [1, 2]) {
        const reservation = await budget.reserve('chat', call(), {})
        expect(reservation.kind).toBe('reserved')
        spend('chat', 100, 0.1)
        if (reservation.kind === 'reserved') reservation.settle()
      }
      expect(await budget.reserve('chat', call(), {})).toEqual({
        kind: 'refused',
        reason: expect.stringMatching(why),
      })
      clock.advance(12 * 3_600_000)
      expect((await budget.reserve('chat', call(), {})).kind).toBe('reserved')
    },
  )

  it('of a task leaves the others alone; that of the day counts them all', async () => {
    const { budget, spend } = opened({ perDay: { tokens: 450 }, perTaskPerDay: { chat: { tokens: 100 } } })
    spend('chat', 100, 0)
    expect((await budget.reserve('chat', call(), {})).kind).toBe('refused')
    expect((await budget.reserve('case-brief', call({ tokens: 350 }), {})).kind).toBe('reserved')
    expect(await budget.reserve('case-brief', call(), {})).toMatchObject({ reason: /budget of the day/ })
  })

  it('on one question counts all of its tries, and no other question', async () => {
    const { budget } = opened({ perQuestion: { calls: 3, tokens: 250 } })
    const question = {}
    const attempt = async (tokens: number, spent?: { tokens: number; costUsd: number }) => {
      const reservation = await budget.reserve('chat', call({ tokens }), question)
      if (reservation.kind === 'reserved') reservation.settle(spent)
      return reservation
    }
    expect(await attempt(251)).toMatchObject({ kind: 'refused', reason: /one question \(250 tokens\)/ })
    expect((await attempt(200)).kind).toBe('reserved') // No answer came.
    expect((await attempt(200, { tokens: 120, costUsd: 0 })).kind).toBe('reserved')
    expect((await attempt(131)).kind).toBe('refused')
    expect((await attempt(130, { tokens: 10, costUsd: 0 })).kind).toBe('reserved')
    expect(await attempt(1)).toMatchObject({ kind: 'refused', reason: /one question \(3 calls\)/ })
    expect((await budget.reserve('chat', call(), {})).kind).toBe('reserved')
  })

  it('holds the most that calls under way can cost, and gives back what they did not', async () => {
    const { budget } = opened({ perDay: { tokens: 200 } })
    const [first, second] = await Promise.all([
      budget.reserve('chat', call(), {}),
      budget.reserve('chat', call(), {}),
    ])
    expect([first.kind, second.kind]).toEqual(['reserved', 'reserved'])
    expect((await budget.reserve('chat', call({ tokens: 1 }), {})).kind).toBe('refused')
    if (first.kind === 'reserved') first.settle() // It failed: nothing of it is in the ledger.
    expect((await budget.reserve('chat', call(), {})).kind).toBe('reserved')
  })
})
