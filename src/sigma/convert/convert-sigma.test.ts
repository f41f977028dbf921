import { describe, expect, it } from 'vitest'
import { parseSigma } from '../sigma-rule.ts'
import type { ConversionTarget } from './conversion.ts'
import { convertSigma } from './convert-sigma.ts'

function convert(
  detection: string,
  target: ConversionTarget,
  logsource = '{product: windows, category: process_creation}',
) {
  const text = `title: T\nid: r\nlevel: high\ntags: [attack.t1059.001, attack.execution]\nlogsource: ${logsource}\ndetection:\n${detection
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')}`
  const [document] = parseSigma(text)
  if (document === undefined) throw new Error('no document')
  return convertSigma(document, target)
}

const simple =
  'sel:\n  Image|endswith: \\a.exe\n  CommandLine|contains: [" -x", " -y"]\nfilter:\n  User: SYSTEM\ncondition: sel and not filter'

describe('to Wazuh', () => {
  it('writes a rule under the stock group, and an exclusion as a child of level 0', () => {
    const { output, problems } = convert(simple, 'wazuh')
    expect(output).toContain('<rule id="100100" level="12">\n    <if_group>sysmon_event1</if_group>')
    expect(output).toContain('<field name="win.eventdata.image" type="pcre2">(?i)\\\\+a\\.exe$</field>')
    expect(output).toContain('<id>T1059.001</id>')
    expect(output).toContain(
      '<rule id="100101" level="0">\n    <if_sid>100100</if_sid>\n    <field name="win.eventdata.user"',
    )
    expect(problems.map(entry => entry.code)).toEqual(['narrowed'])
  })

  it('escapes what would break out of the XML', () => {
    const { output } = convert('sel:\n  CommandLine|contains: "</field><rule>&"\ncondition: sel', 'wazuh')
    expect(output).toContain('&lt;/field&gt;&lt;rule&gt;&amp;')
  })

  it('refuses what a Wazuh rule cannot say, and says which field', () => {
    const { output, problems } = convert('sel:\n  DestinationIp|cidr: 10.0.0.0/8\ncondition: sel', 'wazuh')
    expect([output, problems.at(-1)?.message]).toEqual([
      undefined,
      'DestinationIp: only srcip and dstip take a network in Wazuh',
    ])
  })

  it('stops at conditions that would make hundreds of rules', () => {
    const searches = Array.from({ length: 9 }, (_, i) => `a${i}:\n  - F${i}: 1\n  - G${i}: 2`).join('\n')
    expect(convert(`${searches}\ncondition: all of a*`, 'wazuh').output).toBeUndefined()
  })
})

describe('to queries', () => {
  it('writes OpenSearch DSL that ignores case and takes doubled backslashes', () => {
    const { output } = convert(simple, 'opensearch')
    const text = JSON.stringify(JSON.parse(output ?? ''))
    expect(text).toContain(
      '{"regexp":{"data.win.eventdata.image":{"value":".*\\\\\\\\+a\\\\.exe","case_insensitive":true}}}',
    )
    expect(text).toContain('"must_not"')
  })

  it('writes Lucene with letters in both cases', () => {
    expect(convert('sel:\n  User: Ab1\ncondition: sel', 'lucene').output).toContain(
      'data.win.eventdata.user:/[aA][bB]1/',
    )
  })

  it('renames fields to WCS and keeps modifiers', () => {
    expect(convert(simple, 'wcs').output).toContain('process.executable|endswith: \\a.exe')
    expect(convert('sel:\n  Strange: 1\ncondition: sel', 'wcs').problems[0]?.message).toContain('Strange')
  })

  it('says that a correlation is not converted', () => {
    const [document] = parseSigma(
      'title: c\ncorrelation: {type: event_count, rules: [r], timespan: 1m, condition: {gte: 2}}',
    )
    expect(document && convertSigma(document, 'lucene').problems[0]?.code).toBe('cannot-express')
  })
})
