import { describe, expect, it } from 'vitest'
import { reportPeriod } from './report-period.ts'

describe('the period', () => {
  it('takes dates whole, and times to the millisecond', () => {
    expect(reportPeriod('2026-03-01', '2026-03-31')).toEqual({
      fromMs: Date.parse('2026-03-01T00:00:00Z'),
      toMs: Date.parse('2026-04-01T00:00:00Z'),
    })
    expect(reportPeriod('2026-03-01T00:00:00Z', '2026-03-01T00:00:00.001Z').toMs).toBe(
      Date.parse('2026-03-01T00:00:00.001Z'),
    )
  })

  it.each([
    [undefined, '2026-03-01'],
    ['2026-03-02', '2026-03-01'],
    ['March', '2026-03-01'],
    ['2026-03-01T00:00:00', '2026-03-02'],
    ['2026-13-01', '2026-12-01'],
  ])('refuses %s to %s', (from, to) => {
    expect(() => reportPeriod(from, to)).toThrow()
  })
})
