import { describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

/** The last record of a run. */
async function summaryOf(...args: string[]) {
  const { code, stdout } = await runCommand(['eval', 'run', ...args])
  return { code, summary: JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') }
}

// Minima by class, a little under what is reached: a change that costs one class is seen, whatever the mean says.
const least = {
  triage: 0.9,
  summary: 1,
  injection: 1,
  mail: 1,
  intel: 1,
  leakage: 1,
  attack: 0.7,
  chat: 0.9,
} as const

describe('the suites that are shipped', () => {
  it.each(Object.entries(least))(
    '%s is answered by code alone, at least %s right',
    async (suite, minimum) => {
      const { code, summary } = await summaryOf(suite)
      expect(code).toBe(0)
      expect(summary.metrics.errors).toBe(0)
      expect(summary.metrics.score).toBeGreaterThanOrEqual(minimum)
      expect(summary.metrics.score).toBe(summary.metrics.score_deterministic)
      expect(Object.keys(summary.metrics).filter(name => name.startsWith('live_'))).toEqual([])
    },
  )
})

describe('rule drafting', () => {
  it('is a suite that takes a model, and says so without one', async () => {
    const { code, summary } = await summaryOf('rule')
    expect(code).toBe(1)
    expect(summary).toMatchObject({ n: 6, metrics: { errors: 6, score: 0 } })
  })
})

describe('minima by class', () => {
  it.each(['triage', 'mail'])('no class of %s is far behind', async suite => {
    const { summary } = await summaryOf(suite)
    const classes = Object.entries(summary.metrics).filter(([name]) => name.startsWith(`class_${suite}/`))
    expect(classes.length).toBeGreaterThan(1)
    for (const [name, value] of classes) expect([name, Number(value) >= 0.8]).toEqual([name, true])
  })
})
