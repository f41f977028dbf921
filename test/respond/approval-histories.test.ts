import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { history, runHistory } from './approval-histories.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

it('is carried out when people do what they should', async () => {
  const decide = (by: string) =>
    ({ kind: 'decide', by, decision: 'approve', digest: 'right', stepUp: 'fresh' }) as const
  const steps = [
    { kind: 'submit', by: 'ana' },
    decide('ben'),
    decide('cleo'),
    { kind: 'execute', twice: true },
    { kind: 'execute', twice: false },
  ] as const
  expect(await runHistory(test, { action: 'delete-file', steps })).toEqual({ sent: 1, violation: undefined })
})

it('in no history is anything sent without valid approvals, or twice', async () => {
  let sent = 0
  await fc.assert(
    fc.asyncProperty(history, async each => {
      const result = await runHistory(test, each)
      sent += result.sent
      expect(result.violation).toBeUndefined()
    }),
    { numRuns: 60, seed: 20261124 },
  )
  expect(sent).toBeGreaterThan(2) // The histories do reach the point where something is sent.
}, 300_000)
