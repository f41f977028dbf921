import { describe, expect, it } from 'vitest'
import {
  currentTechnique,
  findTactic,
  lookUpTechnique,
  subTechniquesOf,
  tactics,
  techniques,
  techniquesNamed,
  titleOf,
} from './attack-techniques.ts'

describe('ATT&CK techniques', () => {
  it('answers for a current id in any case', () => {
    const found = lookUpTechnique('t1059.001')
    expect(found.kind === 'current' && titleOf(found.technique)).toBe(
      'Command and Scripting Interpreter: PowerShell',
    )
    expect(currentTechnique('T1059.001')).toMatchObject({
      parent: 'T1059',
      tactics: [{ id: 'TA0002', name: 'Execution', shortName: 'execution' }],
    })
  })

  it('leads from a revoked id to what took its place, and says so', () => {
    expect(lookUpTechnique('T1086')).toMatchObject({
      kind: 'retired',
      name: 'PowerShell',
      replacement: { id: 'T1059.001' },
    })
    expect(currentTechnique('T1574.002')?.id).toBe('T1574.001')
    expect(lookUpTechnique('T1064')).toEqual({ kind: 'retired', name: 'Scripting' })
    expect(currentTechnique('T1064')).toBeUndefined()
  })

  it('knows no made-up id', () => {
    for (const id of ['T9999', 'T1059.999', 'T10590', '', '__proto__'])
      expect(lookUpTechnique(id)).toEqual({ kind: 'unknown' })
  })

  it('finds by name, also where names are shared or retired', () => {
    expect(techniquesNamed('obfuscated files or information').map(({ id }) => id)).toEqual(['T1027'])
    expect(techniquesNamed('Spearphishing Attachment').map(({ id }) => id)).toEqual([
      'T1566.001',
      'T1598.002',
    ])
    expect(techniquesNamed('DLL Side-Loading').map(({ id }) => id)).toEqual(['T1574.001'])
    expect(techniquesNamed('no such thing')).toEqual([])
  })

  it('has a parent for every sub-technique and a tactic for every technique', () => {
    for (const technique of techniques) {
      expect(technique.tactics.length, technique.id).toBeGreaterThan(0)
      if (technique.parent !== undefined) expect(lookUpTechnique(technique.parent).kind).toBe('current')
    }
    expect(subTechniquesOf('T1059').map(({ id }) => id)).toContain('T1059.004')
    expect(subTechniquesOf('T1059.004')).toEqual([])
  })

  it('finds tactics by id, name and short name', () => {
    expect(tactics).toHaveLength(14)
    for (const text of ['TA0011', 'Command and Control', 'command-and-control'])
      expect(findTactic(text)?.id).toBe('TA0011')
    expect(findTactic('nonsense')).toBeUndefined()
  })
})
