import { describe, expect, it } from 'vitest'
import { diagnosticsOf } from './diagnostics.ts'

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
