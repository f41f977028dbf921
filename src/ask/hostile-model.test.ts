import { expect, it } from 'vitest'
import { hostileFeatures } from '../../test/support/hostile-features.ts'
import { hostileRuns } from '../../test/support/hostile-runs.ts'

it('lets nothing out to a hostile model, and nothing that it invents in unlabelled', async () => {
  const report = await hostileRuns(7, 180)
  expect(report.leaks).toEqual([])
  expect(report.inventions).toEqual([])
  expect(report.violations).toEqual([])
  // The runs mean something only if the model was asked and answered.
  expect(report.claims).toBeGreaterThan(200)
  const answered = Object.keys(report.outcomes).filter(name => /: (?:answered|judged)$/.test(name))
  expect(answered.length).toBeGreaterThan(2)
  for (const feature of Object.keys(hostileFeatures))
    expect(Object.keys(report.outcomes).some(name => name.startsWith(`${feature}: `))).toBe(true)
})
