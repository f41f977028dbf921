import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { history, type Step, submit, tamperings, yes } from './approval-histories.ts'
import { runHistories } from './arena.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const run: Step = { kind: 'execute', twice: true }

it('is carried out when people do what they should, through crashes of the database too', async () => {
  const crash: Step = { kind: 'restart', during: false, afterMs: 0 }
  const histories = [
    [submit, yes('ben'), yes('cleo'), run, { kind: 'execute', twice: false }],
    [submit, crash, yes('ben'), crash, yes('cleo'), crash, run, crash, run],
    [submit, yes('ben'), yes('cleo'), { kind: 'replay' }, run, { kind: 'replay' }, run],
    [{ kind: 'vouch', of: 'cleo', by: 'outsider', alone: false }, submit, yes('ben'), yes('cleo'), run],
  ] satisfies Step[][]
  const all = histories.map(steps => ({ action: 'delete-file', steps }) as const)
  expect(await runHistories(test, 'good', all)).toEqual({ sent: 4, restarts: 4, violations: [] })
})

it('each way to be more people than one is, and each mutation, sends nothing', async () => {
  const vouch = (of: 'ana' | 'ben' | 'cleo', by: string, alone: boolean): Step => ({
    kind: 'vouch',
    of,
    by,
    alone,
  })
  const histories = [
    [vouch('cleo', 'outsider', true), submit, yes('ben'), yes('cleo'), run],
    [vouch('cleo', 'ben', false), submit, yes('ben'), yes('cleo'), vouch('cleo', 'outsider', false), run],
    [vouch('cleo', 'ana', false), submit, yes('ben'), yes('cleo'), run],
    [vouch('ana', 'ben', true), submit, yes('ben'), yes('cleo'), run],
    [submit, yes('ben'), yes('cleo'), { kind: 'role', of: 'ben', role: 'responder' }, run],
    [submit, yes('ben'), yes('cleo'), { kind: 'disable', of: 'cleo' }, run],
    [submit, yes('ben'), yes('cleo'), { kind: 'wait', minutes: 241 }, run],
    [submit, yes('ana'), yes('ben'), run],
    ...tamperings.map((what): Step[] => [submit, yes('ben'), yes('cleo'), { kind: 'tamper', what }, run]),
  ] satisfies Step[][]
  const all = histories.map(steps => ({ action: 'delete-file', steps }) as const)
  expect(await runHistories(test, 'bad', all)).toMatchObject({ sent: 0, violations: [] })
})

it('in no history is anything sent without valid approvals, or twice', async () => {
  const result = await runHistories(test, 'any', fc.sample(history, { numRuns: 120, seed: 20261128 }))
  expect(result.violations).toEqual([])
  expect(result.sent).toBeGreaterThan(2) // The histories do reach the point where something is sent.
  expect(result.restarts).toBeGreaterThan(0)
})
