import { describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { readAttackBundle } from './attack-bundle.ts'
import { attackKnowledge, shippedAttack } from './attack-knowledge.ts'
import { techniques } from './attack-techniques.ts'

const ics = readAttackBundle(icsBundle).value
const attack = attackKnowledge({ attack: [ics], defence: undefined })

describe('ATT&CK with an imported domain', () => {
  it('has the techniques of both, and the facts that ship go first', () => {
    expect(attack.current('t0831')).toMatchObject({
      id: 'T0831',
      name: 'Manipulation of Control',
      tactics: [{ id: 'TA0105', name: 'Impact' }],
      columns: ['ics-attack/impact'],
    })
    for (const { id } of techniques) expect(attack.current(id)).toEqual(shippedAttack.current(id))
    const forged = {
      ...ics,
      techniques: ics.techniques.map(each => ({ ...each, id: 'T1110', name: 'Forged' })),
    }
    const other = attackKnowledge({ attack: [forged], defence: undefined })
    expect(other.current('T1110')?.name).toBe('Brute Force')
  })

  it('leads from a retired id over others to what is current, and out of a circle', () => {
    expect(attack.current('T0898')?.id).toBe('T0831')
    expect(attack.current('T0896')).toBeUndefined()
    expect(attack.exists('T0896')).toBe(true)
  })

  it('knows which ids exist: without the import none of its own, and no invented one either way', () => {
    for (const id of ['T0831', 't0831', 'T0898', 'TA0107', 'S9999']) {
      expect(attack.exists(id), id).toBe(true)
      expect(shippedAttack.exists(id), id).toBe(false)
    }
    for (const id of ['T0999', 'T1110.999', 'TA0999', 'constructor', ''])
      expect(attack.exists(id), id).toBe(false)
    expect(shippedAttack.exists('T1110')).toBe(true)
  })

  it('finds every owner of a name that domains share', () => {
    expect(attack.idsNamed('valid accounts')).toEqual(['T1078', 'T0859'])
    expect(shippedAttack.idsNamed('Valid Accounts')).toEqual(['T1078'])
    expect(attack.idsNamed('Lateral Movement')).toEqual(['TA0008', 'TA0109'])
    expect(attack.idsNamed('Manipulation of Control')).toEqual(['T0831'])
    expect(attack.idsNamed('')).toEqual([])
  })

  it('gives the matrix a column for each tactic of the domain, apart from Enterprise’s of the same name', () => {
    expect(attack.columns.slice(14)).toEqual([
      { key: 'ics-attack/impact', name: 'Impact (ICS)' },
      { key: 'ics-attack/inhibit-response-function', name: 'Inhibit Response Function (ICS)' },
      { key: 'ics-attack/lateral-movement', name: 'Lateral Movement (ICS)' },
    ])
    expect(attack.current('T1021')?.columns).toEqual(['lateral-movement'])
    expect(attack.otherDomains).toEqual(['ICS 18.1'])
    expect(attack.versions).toBe(`${shippedAttack.versions}, ics-attack 18.1`)
  })
})
