import { expect, it } from 'vitest'
import { isDefenceTable, readDefenceTable } from './d3fend-mappings.ts'

const binding = (offence: string, name: string, tactic = 'Detect') => ({
  off_tech_id: { type: 'literal', value: offence },
  off_tech_label: { type: 'literal', value: 'x' },
  def_tech: {
    type: 'uri',
    value: `http://d3fend.mitre.org/ontologies/d3fend.owl#${name.replaceAll(' ', '')}`,
  },
  def_tech_label: { type: 'literal', value: name },
  def_tactic_label: { type: 'literal', value: tactic },
})
const table = (bindings: readonly unknown[]) => ({ head: { vars: [] }, results: { bindings } })

it('pairs techniques with what counters them, each once', () => {
  const { value, problems } = readDefenceTable(
    table([
      binding('T1566', 'Message Analysis'),
      binding('T1566', 'Message Analysis'),
      binding('https://attack.mitre.org/techniques/T1078/004/', 'Account Locking', 'Evict'),
      binding('T1566', 'URL Analysis'),
      { off_tech_id: { value: 'no id' }, def_tech_label: { value: 'x' } },
      'nothing',
    ]),
  )
  expect(value.countermeasures).toEqual({
    'T1078.004': [{ id: 'AccountLocking', name: 'Account Locking', tactic: 'Evict' }],
    T1566: [
      { id: 'MessageAnalysis', name: 'Message Analysis', tactic: 'Detect' },
      { id: 'URLAnalysis', name: 'URL Analysis', tactic: 'Detect' },
    ],
  })
  expect(problems).toMatchObject([{ code: 'broken-row', message: '2 rows pair no technique with a defence' }])
})

it('says what is wrong with anything else', () => {
  for (const json of [undefined, [], {}, { type: 'bundle', objects: [] }, { results: {} }]) {
    expect(isDefenceTable(json)).toBe(false)
    expect(readDefenceTable(json).problems.map(({ code }) => code)).toEqual(['not-a-table'])
  }
})
