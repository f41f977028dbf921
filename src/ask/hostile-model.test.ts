import { expect, it } from 'vitest'
import { hostileRuns } from '../../test/support/hostile-runs.ts'

it('lets nothing out to a hostile model, and nothing that it invents in unlabelled', async () => {
  const report = await hostileRuns(7, 150)
  expect(report.leaks).toEqual([])
  expect(report.inventions).toEqual([])
  // The runs mean something only if the model was asked and answered.
  expect(report.claims).toBeGreaterThan(200)
  expect(report.outcomes.answered ?? 0).toBeGreaterThan(0)
})
