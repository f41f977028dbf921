import { describe, expect, it } from 'vitest'
import { clockDuration, compactTime, shortDuration } from './format-time.ts'

const at = (text: string) => new Date(text).getTime()

describe('times as an analyst reads them', () => {
  it('shortens a duration to the unit that matters', () => {
    expect([900, 59_000, 61_000, 3_600_000, 47 * 3_600_000, 49 * 3_600_000].map(shortDuration)).toEqual([
      '0 s',
      '59 s',
      '1 m',
      '1 h',
      '47 h',
      '2 d',
    ])
  })

  it('runs a clock', () => {
    expect([9_000, 69_000, 3_849_000, 200_000_000].map(clockDuration)).toEqual([
      '0:09',
      '1:09',
      '1:04:09',
      '2 d 7 h',
    ])
  })

  it('leaves out the part of a time that is the same as now', () => {
    const now = at('2026-11-24T22:41:07')
    expect(compactTime(at('2026-11-24T08:00:01'), now)).toBe('08:00:01')
    expect(compactTime(at('2026-03-02T08:00:01'), now)).toBe('03-02 08:00')
    expect(compactTime(at('2025-03-02T08:00:01'), now)).toBe('2025-03-02')
    expect(compactTime(at('2026-03-02T08:00:01'), now, true)).toBe('03-02 08:00:01')
    expect(compactTime(at('2025-03-02T08:00:01'), now, true)).toBe('2025-03-02 08:00:01')
    expect(compactTime(Number.NaN, now)).toContain('unknown')
  })
})
