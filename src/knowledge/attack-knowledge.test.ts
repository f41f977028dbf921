import { describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { readAttackBundle } from './attack-bundle.ts'
import { attackKnowledge, shippedAttack, standingAmong } from './attack-knowledge.ts'
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

  it('says of each id whether it is current, retired or of nobody, from the data alone that a worker gets', () => {
    const added = structuredClone(attack.added)
    const standings = ['T0831', 't0898', 'T0896', 'T1110', 'T1086', 'T0999', 'TA0107'].map(id =>
      standingAmong(added, id),
    )
    expect(standings).toEqual([
      ...['current', 'retired', 'retired', 'current', 'retired', 'unknown', 'unknown'],
    ])
    expect(standingAmong(new Map(), 'T0831')).toBe('unknown')
  })

  it('tells of which domain and version a technique is, and under which other it stands', () => {
    expect(attack.current('T0831')).toMatchObject({ domain: 'ics-attack', of: 'ATT&CK ICS 18.1' })
    expect(attack.current('T1059.001')).toMatchObject({
      domain: 'enterprise-attack',
      title: 'Command and Scripting Interpreter: PowerShell',
    })
    const [above] = ics.techniques
    if (above === undefined) throw new Error('the bundle has no technique')
    const below = { ...above, id: `${above.id}.001`, name: 'Below it' }
    const more = { ...ics, techniques: [...ics.techniques, below] }
    expect(attackKnowledge({ attack: [more], defence: undefined }).current(below.id)?.title).toBe(
      `${above.name}: Below it`,
    )
  })

  it('knows which names are of one technique of another domain only', () => {
    expect(attack.otherTechniques.map(({ id }) => id).sort()).toEqual(['T0800', 'T0831'])
    expect(shippedAttack.otherTechniques).toEqual([])
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
      { key: 'ics-attack/lateral-movement', name: 'Lateral Movement (ICS)' },
      { key: 'ics-attack/inhibit-response-function', name: 'Inhibit Response Function (ICS)' },
      { key: 'ics-attack/impact', name: 'Impact (ICS)' },
    ])
    const [first, ...rest] = attack.columns.slice(0, 14).map(({ key }) => key)
    expect([first, rest.at(-1)]).toEqual(['reconnaissance', 'impact'])
    expect(attack.current('T1021')?.columns).toEqual(['lateral-movement'])
    expect(attack.domains).toEqual([
      ...shippedAttack.domains,
      { id: 'ics-attack', name: 'ICS', version: '18.1' },
    ])
    expect(shippedAttack.domains).toMatchObject([{ id: 'enterprise-attack', name: 'Enterprise' }])
    expect(shippedAttack.versions).toMatch(/^enterprise-attack [\d.]+ shipped #[\da-f]{16}$/)
    expect(attack.versions).toMatch(
      /^enterprise-attack [\d.]+ shipped #[\da-f]{16}, ics-attack 18\.1 imported #[\da-f]{16}$/,
    )
  })
})
