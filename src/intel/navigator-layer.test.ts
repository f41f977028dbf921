import { describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { navigatorLayer, readLayers } from './navigator-layer.ts'

const attack = attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined })
const coverage = [
  { id: 'T1110', reports: 2, alerts: 0 },
  { id: 'T0831', reports: 1, alerts: 0 },
  { id: 'T1059.001', reports: 0, alerts: 7 },
]

describe('Navigator layers', () => {
  it('what we export can be read again: a layer for each domain, in one file or in several', () => {
    const exported = attack.domains.map(domain => navigatorLayer(domain.name, coverage, domain, attack))
    expect(exported).toMatchObject([
      { domain: 'enterprise-attack', techniques: [{ techniqueID: 'T1110' }, { techniqueID: 'T1059.001' }] },
      { domain: 'ics-attack', versions: { attack: '18.1' }, techniques: [{ techniqueID: 'T0831' }] },
    ])
    const read = [
      {
        name: 'Enterprise',
        techniques: [
          { id: 'T1110', score: 2, comment: '2 reports, 0 alerts' },
          { id: 'T1059.001', score: 0, comment: '0 reports, 7 alerts' },
        ],
        unknown: [],
      },
      { name: 'ICS', techniques: [{ id: 'T0831', score: 1, comment: '1 report, 0 alerts' }], unknown: [] },
    ]
    expect(readLayers(JSON.parse(JSON.stringify(exported)), attack)).toEqual(read)
    expect(exported.flatMap(layer => readLayers(layer, attack))).toEqual(read)
  })

  it('takes retired ids for what replaced them, names unknown ones, and leaves out what is switched off', () => {
    const techniques = [
      { techniqueID: 'T1086', score: 3 },
      { techniqueID: 'T9999' },
      { techniqueID: 'T1110', enabled: false },
      { techniqueID: 'T1566', score: 'many', comment: null },
    ]
    expect(readLayers({ name: 7, techniques })).toEqual([
      {
        name: 'Layer',
        techniques: [
          { id: 'T1059.001', score: 3, comment: '' },
          { id: 'T1566', score: null, comment: '' },
        ],
        unknown: ['T9999'],
      },
    ])
  })

  it('refuses what is no layer, and says what to import for one of a domain that is not known here', () => {
    for (const json of [[], {}, 'layer', [{ techniques: 'none' }]])
      expect(() => readLayers(json)).toThrow(/Navigator layer/)
    const layer = { name: 'Plant', domain: 'ics-attack', techniques: [{ techniqueID: 'T0831' }] }
    expect(() => readLayers(layer, shippedAttack)).toThrow(/'Plant' is of ics-attack.*knowledge import/)
    expect(readLayers(layer, attack)).toMatchObject([{ techniques: [{ id: 'T0831' }] }])
    // Of a domain that is known, an empty layer is just that.
    const old = { name: 'Old', domain: 'enterprise-attack', techniques: [{ techniqueID: 'T9999' }] }
    expect(readLayers(old)).toMatchObject([{ techniques: [], unknown: ['T9999'] }])
  })
})
