import { describe, expect, it } from 'vitest'
import { techniqueCoverage } from './technique-coverage.ts'

describe('ATT&CK coverage', () => {
  it('sets rules against what was seen, gaps first', () => {
    const { techniques, unknown } = techniqueCoverage(
      [
        { source: 'wazuh', id: '5712', level: 10, techniques: ['T1110', 'T0000'] },
        { source: 'sigma', id: 's1', level: 10, techniques: ['T1059.001'] },
        { source: 'wazuh', id: '1', level: 0, techniques: ['T1566'] },
      ],
      new Map([
        ['T1110.001', 4],
        ['T1566', 2],
        ['T1059.001', 1],
      ]),
    )
    expect(techniques.map(({ id, state, seen }) => [id, state, seen])).toEqual([
      ['T1566', 'gap', 2],
      ['T1110.001', 'parent-only', 4],
      ['T1059.001', 'covered', 1],
      ['T1110', 'covered', 0],
    ])
    expect(unknown).toEqual(['T0000'])
  })
})
