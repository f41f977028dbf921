import { describe, expect, it } from 'vitest'
import { diagnosticsOf, findingsOf } from './diagnostics.ts'

const finding = (where: string) => ({ code: 'x', message: 'm', severity: 'error' as const, where })

describe('marks in the editor', () => {
  it('stand from the column to the end of the line', () => {
    const marks = diagnosticsOf('ab\ncdef', { kind: 'refused', findings: [finding('line 2, column 3')] })
    expect(marks).toEqual([{ from: 5, to: 7, message: 'm', severity: 'error' }])
  })

  it('are left out where their lines are of another text, or of none', () => {
    const findings = [finding('line 9'), finding('r.xml')]
    expect(diagnosticsOf('ab', { kind: 'refused', findings })).toEqual([])
    expect(diagnosticsOf('ab', { kind: 'refused', findings: [finding('line 1')], text: 'other' })).toEqual([])
  })
})

it('a finding says its line only where that is a line of the text that is shown', () => {
  const measurement = { kind: 'refused' as const, findings: [finding('line 2, column 3')], text: 'ab\ncdef' }
  expect(findingsOf('ab\ncdef', measurement)[0]?.where).toBe('line 2, column 3')
  expect(findingsOf('abcdef', measurement)).toEqual([{ code: 'x', message: 'm', severity: 'error' }])
})
