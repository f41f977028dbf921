import { describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge } from '../knowledge/attack-knowledge.ts'
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

  it('knows techniques of imported domains', () => {
    const { value } = readAttackBundle(icsBundle)
    const { added } = attackKnowledge({ attack: [value], defence: undefined })
    const rules = [{ source: 'wazuh', id: '100100', level: 10, techniques: ['T0898', 'T0999'] }] as const
    const seen = new Map([
      ['T0831', 3],
      ['T0800', 1],
    ])
    const { techniques, unknown } = techniqueCoverage(rules, seen, added)
    expect(techniques.map(({ id, tactics, state }) => [id, tactics, state])).toEqual([
      ['T0800', ['ics-attack/inhibit-response-function'], 'gap'],
      ['T0831', ['ics-attack/impact'], 'covered'],
    ])
    expect(unknown).toEqual(['T0999'])
  })
})
