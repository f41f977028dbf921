import { describe, expect, it } from 'vitest'
import { navigatorLayer, readLayer } from './navigator-layer.ts'

describe('Navigator layers', () => {
  it('what we export can be read again', () => {
    const exported = navigatorLayer('Ours', [
      { id: 'T1110', reports: 2, alerts: 0 },
      { id: 'T1059.001', reports: 0, alerts: 7 },
    ])
    expect(readLayer(JSON.parse(JSON.stringify(exported)))).toEqual({
      name: 'Ours',
      techniques: [
        { id: 'T1110', score: 2, comment: '2 reports, 0 alerts' },
        { id: 'T1059.001', score: 0, comment: '0 reports, 7 alerts' },
      ],
      unknown: [],
    })
  })

  it('takes retired ids for what replaced them, names unknown ones, and leaves out what is switched off', () => {
    const techniques = [
      { techniqueID: 'T1086', score: 3 },
      { techniqueID: 'T9999' },
      { techniqueID: 'T1110', enabled: false },
      { techniqueID: 'T1566', score: 'many', comment: null },
    ]
    expect(readLayer({ name: 7, techniques })).toEqual({
      name: 'Layer',
      techniques: [
        { id: 'T1059.001', score: 3, comment: '' },
        { id: 'T1566', score: null, comment: '' },
      ],
      unknown: ['T9999'],
    })
    expect(() => readLayer([])).toThrow('no Navigator layer')
  })
})
