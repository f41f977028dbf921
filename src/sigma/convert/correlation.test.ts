import { describe, expect, it } from 'vitest'
import type { Decoder } from '../../wazuh-rules/decoder.ts'
import { loadRuleset } from '../../wazuh-rules/ruleset.ts'
import { Session } from '../../wazuh-rules/session.ts'
import { SigmaEngine } from '../sigma-engine.ts'
import { parseSigma } from '../sigma-rule.ts'
import type { ConversionTarget } from './conversion.ts'
import { convertSigma, standingAlone } from './convert-sigma.ts'

const rule = (name: string, word: string) => `title: ${name}
name: ${name}
id: ${name}
level: medium
logsource: { product: windows, category: process_creation }
detection:
  selection:
    CommandLine|contains: ${word}
  condition: selection
`
const correlation = (body: string) => `title: Several
id: 5f7d1c2e-0000-4000-8000-000000000009
level: high
correlation:
${body
  .split('\n')
  .map(line => `  ${line}`)
  .join('\n')}
`
const file = (body: string) => [rule('one', 'aaa'), rule('two', 'bbb'), correlation(body)].join('---\n')

function convert(body: string, target: ConversionTarget) {
  const documents = parseSigma(file(body))
  expect(documents.flatMap(({ problems }) => problems)).toEqual([])
  const deciding = standingAlone(documents).find(({ content }) => content?.kind === 'correlation')
  if (!deciding) throw new Error('no correlation')
  return convertSigma(deciding, target, 100_500, documents)
}

/** One event: which words it has, who, and when (seconds). */
type Event = readonly [at: number, words: string, user: string]

/** At which events the correlation holds for Sigma, and fires for Wazuh's engine with the converted rules. */
function both(body: string, events: readonly Event[]): { sigma: number[]; wazuh: number[] } {
  const { output, problems } = convert(body, 'wazuh')
  expect(problems.filter(({ code }) => code !== 'narrowed')).toEqual([])
  const stock = `<group name="windows,"><rule id="1" level="0" noalert="1"><category>ossec</category><description>d</description></rule>
    <rule id="61603" level="0"><if_sid>1</if_sid><group>sysmon_event1,</group><description>d</description></rule></group>`
  const { ruleset, problems: trouble } = loadRuleset({
    decoders: [],
    rules: [
      { name: 's.xml', text: stock.replaceAll('ossec', 'syslog') },
      { name: 'x.xml', text: output ?? '' },
    ],
    lists: [],
  })
  expect(trouble).toEqual([])
  const session = new Session(ruleset, { location: 'x', agent: undefined, managerName: 'm' })
  const sigma = new SigmaEngine(parseSigma(file(body)))
  const decoder = { name: 'windows_eventchannel', type: 'syslog', firstTimeSeen: [] } as unknown as Decoder
  const found = { sigma: [] as number[], wazuh: [] as number[] }
  events.forEach(([at, words, user], index) => {
    const fields = new Map([
      ['win.eventdata.commandLine', words],
      ['win.eventdata.user', user],
    ])
    const origin = { agent: { id: `00${index % 2}`, name: 'h', ip: 'any' }, location: 'x' }
    const { event } = session.processDecoded({ log: 'x', decoder, fields }, 1_767_787_200 + at, origin)
    if (event.rule?.body.correlation) found.wazuh.push(index)
    const document = {
      '@timestamp': new Date((1_767_787_200 + at) * 1000).toISOString(),
      CommandLine: words,
      User: user,
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
    }
    const results = sigma.evaluate(document)
    if (results.some(({ ruleId, match }) => match && ruleId.startsWith('5f7d'))) found.sigma.push(index)
  })
  return found
}

describe('a correlation as Wazuh rules', () => {
  it('counts events of a group in a timespan, over all agents', () => {
    const body = 'type: event_count\nrules: [one]\ngroup-by: [User]\ntimespan: 1m\ncondition: { gte: 3 }'
    const events: Event[] = [
      [0, 'aaa', 'ann'],
      [1, 'aaa', 'bob'],
      [2, 'aaa', 'ann'],
      [3, 'none', 'ann'],
      [4, 'aaa', 'ann'],
      [100, 'aaa', 'ann'],
      [101, 'aaa', 'bob'],
      [102, 'aaa', 'bob'],
      [103, 'aaa', 'bob'],
    ]
    expect(both(body, events)).toEqual({ sigma: [4, 8], wazuh: [4, 8] })
  })

  it('counts several rules together, and two different values', () => {
    const several = 'type: event_count\nrules: [one, two]\ntimespan: 1m\ncondition: { gt: 1 }'
    expect(
      both(several, [
        [0, 'aaa', 'a'],
        [1, 'bbb', 'b'],
      ]),
    ).toEqual({ sigma: [1], wazuh: [1] })
    const values = 'type: value_count\nrules: [one]\ntimespan: 1m\ncondition: { field: User, gte: 2 }'
    const events: Event[] = [
      [0, 'aaa', 'ann'],
      [1, 'aaa', 'ann'],
      [2, 'aaa', 'bob'],
    ]
    expect(both(values, events)).toEqual({ sigma: [2], wazuh: [2] })
  })

  it('takes two rules in any order, or in theirs', () => {
    const pair = (type: string) => `type: ${type}\nrules: [one, two]\ngroup-by: [User]\ntimespan: 1m`
    const forth: Event[] = [
      [0, 'aaa', 'ann'],
      [5, 'bbb', 'ann'],
    ]
    const back: Event[] = [
      [0, 'bbb', 'ann'],
      [5, 'aaa', 'ann'],
    ]
    const late: Event[] = [
      [0, 'aaa', 'ann'],
      [90, 'bbb', 'ann'],
    ]
    const other: Event[] = [
      [0, 'aaa', 'ann'],
      [5, 'bbb', 'bob'],
    ]
    expect([forth, back, late, other].map(events => both(pair('temporal'), events))).toEqual([
      { sigma: [1], wazuh: [1] },
      { sigma: [1], wazuh: [1] },
      { sigma: [], wazuh: [] },
      { sigma: [], wazuh: [] },
    ])
    expect([forth, back].map(events => both(pair('temporal_ordered'), events))).toEqual([
      { sigma: [1], wazuh: [1] },
      { sigma: [], wazuh: [] },
    ])
  })

  it.each([
    ['type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { lt: 3 }', 'lower bound'],
    ['type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { gte: 1 }', '2 to 9999'],
    ['type: event_count\nrules: [one]\ntimespan: 9d\ncondition: { gte: 2 }', '99999 seconds'],
    ['type: event_count\nrules: [gone]\ntimespan: 1m\ncondition: { gte: 2 }', "'gone' is not in this file"],
    [
      'type: value_count\nrules: [one]\ntimespan: 1m\ncondition: { field: User, gte: 5 }',
      'two different values',
    ],
    ['type: value_sum\nrules: [one]\ntimespan: 1m\ncondition: { field: Size, gte: 5 }', 'does not calculate'],
  ])('says what it cannot: %s', (body, reason) => {
    const { output, problems } = convert(body, 'wazuh')
    expect(output).toBeUndefined()
    expect(problems.map(({ message }) => message).join()).toContain(reason)
  })
})

describe('a correlation as a search with aggregations', () => {
  const search = (body: string) => JSON.parse(convert(body, 'opensearch').output ?? 'null')

  it('groups, counts and selects', () => {
    const body =
      'type: event_count\nrules: [one]\ngroup-by: [User]\ntimespan: 5m\ncondition: { gte: 3, lt: 9 }'
    expect(search(body)).toMatchObject({
      size: 0,
      query: { bool: { filter: [{ range: { timestamp: { gte: 'now-300s' } } }, {}] } },
      aggs: {
        groups: {
          terms: { field: 'data.win.eventdata.user' },
          aggs: {
            holds: {
              bucket_selector: {
                buckets_path: { value: '_count' },
                script: 'params.value >= 3 && params.value < 9',
              },
            },
          },
        },
      },
    })
  })

  it('counts values, and orders two rules by their first and last event', () => {
    const values = 'type: value_count\nrules: [one]\ntimespan: 1m\ncondition: { field: User, gte: 4 }'
    expect(search(values).aggs.groups.aggs.values).toEqual({
      cardinality: { field: 'data.win.eventdata.user' },
    })
    const ordered = 'type: temporal_ordered\nrules: [one, two]\ntimespan: 1m'
    expect(search(ordered).aggs.groups.aggs.holds.bucket_selector.script).toContain(
      'params.from <= params.to',
    )
    const temporal = 'type: temporal\nrules: [one, two]\ntimespan: 1m'
    expect(search(temporal).aggs.groups.aggs.holds.bucket_selector.script).toContain('== 2')
  })

  it('says what it cannot', () => {
    const sum = 'type: value_sum\nrules: [one]\ntimespan: 1m\ncondition: { field: Size, gte: 5 }'
    expect(convert(sum, 'opensearch').problems[0]?.message).toContain('as text')
    const count = 'type: event_count\nrules: [one]\ntimespan: 1m\ncondition: { gte: 2 }'
    expect(convert(count, 'lucene').problems[0]?.message).toContain('convert it to wazuh or opensearch')
    expect(convert(count, 'wcs').problems[0]?.message).toContain('Wazuh 5')
  })
})
