import { describe, expect, it } from 'vitest'
import { placeholdersIn, withValues } from './placeholders.ts'

describe('placeholders', () => {
  it('are found each once, and nothing else in brackets is', () => {
    expect(placeholdersIn(['[HOST-1] asked [USER-2b], [HOST-1]', 'see [1], [E2], [not-a-1]'])).toEqual([
      '[HOST-1]',
      '[USER-2b]',
    ])
  })
  it('give way to their values in one pass, and unknown ones stay', () => {
    const values = new Map([
      ['[HOST-1]', 'web [USER-2]'],
      ['[USER-2]', 'ann'],
    ])
    expect(withValues('[HOST-1] [USER-2] [USER-3]', values)).toBe('web [USER-2] ann [USER-3]')
  })
})
