import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { fixedClock } from '../lib/clock.ts'
import { randomIds } from '../lib/ids.ts'
import { techniqueCounts } from '../store/intel-reports.ts'
import { addReport } from './add-report.ts'
import { techniqueCoverage } from './coverage.ts'
import { navigatorLayer, readLayers } from './navigator-layer.ts'
import { rankTechniques } from './rank-techniques.ts'
import { techniquesOf } from './stated-techniques.ts'
import { mispEvent, stixBundle } from './stix-export.ts'

const attack = attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined })
const text = `The Bear moved to the plant.

It switched breakers (T0831) and later T0898 again. It guessed passwords over SSH, T1110. T0999 is nothing.`

describe('techniques of imported domains that a report names', () => {
  it('come first, with the sentence that names them; the ranking of Enterprise stays as it was', () => {
    const [stated, ...others] = techniquesOf(text, attack)
    expect(stated).toEqual({
      id: 'T0831',
      name: 'Manipulation of Control',
      score: 1,
      quotes: ['It switched breakers (T0831) and later T0898 again.'],
    })
    expect(others).toEqual(rankTechniques(text))
    expect(techniquesOf(text, shippedAttack)).toEqual(rankTechniques(text))
  })

  it('a name alone is enough where ATT&CK writes it so, and is no surer than a name can be', () => {
    const named = (sentence: string) => techniquesOf(sentence, attack).find(({ id }) => id === 'T0831')
    const sentence = 'The aim was Manipulation of Control over the breakers.'
    expect(named(sentence)).toMatchObject({ score: 0.6, quotes: [sentence] })
    expect(
      named(`${'It came from far away. '.repeat(4)}Nobody saw the Manipulation\nof Control.`),
    ).toBeDefined()
    expect(named('It was manipulation of control by management.')).toBeUndefined()
    expect(named('The Manipulation of Controllers is another thing.')).toBeUndefined()
    // Enterprise has a technique of this name as well: the ranker decides.
    expect(techniquesOf('It used Valid Accounts.', attack).map(({ id }) => id)).not.toContain('T0859')
    const scores = techniquesOf(`${text} ${sentence}`, attack).map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  })

  it('a text that names thousands does not crowd out what it describes', () => {
    const ids = Array.from({ length: 900 }, (_, index) => `T0${String(index + 100)}`)
    const [technique] = readAttackBundle(icsBundle).value.techniques
    if (technique === undefined) throw new Error('the bundle has no technique')
    const catalogue = {
      ...readAttackBundle(icsBundle).value,
      techniques: ids.map(id => ({ ...technique, id })),
    }
    const many = attackKnowledge({ attack: [catalogue], defence: undefined })
    const found = techniquesOf(`${ids.join(', ')}.\n\nIt guessed passwords, T1110.`, many)
    expect(found.filter(({ id }) => id.startsWith('T0'))).toHaveLength(30)
    expect(found.map(({ id }) => id)).toContain('T1110')
  })
})

describe('a stored report', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())

  it('counts in the coverage under its name, and is in the layer of its own domain alone', async () => {
    const clock = fixedClock(Date.UTC(2026, 10, 28))
    const parts = {
      database: test.database,
      clock,
      ids: randomIds(),
      tenant: 'default',
      ownDomains: [],
      attack,
    }
    const incoming = { bytes: Buffer.from(text), name: 'bear.txt', source: 'upload', trust: 'B', by: null }
    await addReport(parts, incoming)
    expect((await techniqueCounts(test.database, 'default')).map(({ id }) => id)).toContain('T0831')
    const coverage = await techniqueCoverage(test.database, 'default', attack)
    expect(coverage).toContainEqual({ id: 'T0831', reports: 1, alerts: 0 })
    expect((await techniqueCoverage(test.database, 'default')).map(({ id }) => id)).not.toContain('T0831')
    const [enterprise = '', ics = ''] = attack.domains.map(domain =>
      JSON.stringify(navigatorLayer('Ours', coverage, domain, attack)),
    )
    expect([enterprise.includes('T1110'), enterprise.includes('T0831')]).toEqual([true, false])
    expect([ics.includes('T1110'), ics.includes('T0831')]).toEqual([false, true])
  })

  it('is exported with the name, and a layer may name it', () => {
    const report = {
      id: 'report_1',
      title: 'Bear',
      url: null,
      tlp: null,
      createdMs: 1_770_000_000_000,
      indicators: [],
      techniqueIds: ['T0831'],
    }
    expect(stixBundle(report, [], 1_770_000_000_000, attack).objects).toContainEqual(
      expect.objectContaining({ type: 'attack-pattern', name: 'Manipulation of Control' }),
    )
    expect(mispEvent(report, attack).Event.Tag).toEqual([
      { name: 'misp-galaxy:mitre-attack-pattern="Manipulation of Control - T0831"' },
    ])
    const layer = { techniques: [{ techniqueID: 'T0898', score: 2 }, { techniqueID: 'T0999' }] }
    expect(readLayers(layer, attack)).toMatchObject([
      { techniques: [{ id: 'T0831', score: 2 }], unknown: ['T0999'] },
    ])
  })
})
