import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { runCli } from '../cli.ts'

/** The last record of a run. */
async function summaryOf(...args: string[]) {
  let stdout = ''
  const code = await runCli(['eval', 'run', ...args], {
    stdin: Readable.from([]),
    stdout: text => {
      stdout += text
    },
    stderr: () => {},
    signal: new AbortController().signal,
  })
  const lines = stdout.trim().split('\n')
  return { code, summary: JSON.parse(lines.at(-1) ?? '{}') }
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
