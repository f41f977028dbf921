import { describe, expect, it } from 'vitest'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { migrateDecoders, proveDecoders } from './migrate-decoders.ts'
import { migrateRules, proveMigration } from './migrate-rules.ts'
import { parseExpressions } from './wcs-parse.ts'

const decoders = `<decoder name="app"><program_name>^app$</program_name></decoder>
<decoder name="app-user"><parent>app</parent><regex>user (\\S+) from (\\S+)</regex><order>srcuser, srcip</order></decoder>
<decoder name="app-json"><prematch>^{</prematch><plugin_decoder>JSON_Decoder</plugin_decoder></decoder>`
const stock = `<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule>
<rule id="50" level="3"><decoded_as>app</decoded_as><description>app</description></rule></group>`
const custom = `<group name="local,">
<rule id="100100" level="8"><if_sid>50</if_sid><match>denied|refused</match><description>Denied</description><mitre><id>T1110</id></mitre></rule>
<rule id="100101" level="0"><if_sid>100100</if_sid><srcip>10.0.0.0/8</srcip><description>Our own</description></rule>
<rule id="100102" level="12"><if_sid>50</if_sid><regex>^root \\d+ times\\.$</regex><user negate="yes">^backup$</user><description>Root</description></rule>
<rule id="100103" level="10" frequency="3" timeframe="60"><if_matched_sid>100100</if_matched_sid><same_source_ip /><description>Many</description></rule>
<rule id="100104" level="5"><if_sid>50</if_sid><time>6 pm - 8 am</time><description>Night</description></rule>
<rule id="100105" level="5"><if_sid>50</if_sid><field name="shade" type="pcre2">^dark(?=er)</field><description>Shade</description></rule>
</group>`
const { ruleset, problems } = loadRuleset({
  decoders: [{ name: 'd.xml', text: decoders }],
  rules: [
    { name: 'r.xml', text: stock },
    { name: 'local.xml', text: custom },
  ],
  lists: [],
})
const migrated = migrateRules(ruleset, new Set(['local.xml']))
const of = (id: number) => migrated.find(({ ruleId }) => ruleId === String(id))
const log = (text: string, program = 'app') => `Jan  7 12:00:00 host ${program}[1]: ${text}`

describe('migrating custom rules to Wazuh 5', () => {
  it('carries conditions of a rule and of those above it over to WCS', () => {
    expect(problems).toEqual([])
    const [document] = parseSigma(of(100100)?.output ?? '')
    expect(document?.problems).toEqual([])
    expect(document?.content).toMatchObject({
      level: 'medium',
      tags: ['attack.t1110'],
      searches: {
        rule_50: { 'wazuh.integration.decoders': 'decoder/app/0' },
        rule_100100: { 'message|contains': ['denied', 'refused'] },
        rule_100101: { 'source.ip|cidr': '10.0.0.0/8' },
      },
      conditions: ['rule_50 and rule_100100 and not (rule_100101)'],
    })
  })

  it('says what cannot be carried over, and why', () => {
    const codes = (id: number) => of(id)?.problems.map(({ code }) => code)
    expect(codes(100101)).toEqual(['cannot-carry'])
    expect(codes(100103)).toEqual(['not-run'])
    expect(codes(100104)).toEqual(['cannot-carry'])
    expect(of(100104)?.problems[0]?.message).toContain('<time>')
    expect(of(100105)?.problems[0]?.message).toContain('has no place in WCS')
    expect([100101, 100104, 100105].map(id => of(id)?.output)).toEqual([undefined, undefined, undefined])
  })

  it('proves on logs that both find the same, and where they do not', () => {
    const logs = [
      log('denied user bob from 192.0.2.1'),
      log('DENIED user bob from 10.1.2.3'),
      log('root 12 times. user bob from 192.0.2.1'),
      log('root 12 times.'),
      log('denied', 'other'),
      log('refused user al from 192.0.2.1'),
      log('denied user al from 192.0.2.1'),
    ]
    const proofs = proveMigration(logs, ruleset, migrated, 1_767_787_200)
    const proof = (id: number) => proofs.find(({ ruleId }) => ruleId === String(id))
    expect(proof(100103)).toMatchObject({ both: 1, onlyWazuh: 0, onlySigma: 0 })
    expect(proof(100102)).toMatchObject({ both: 0, onlyWazuh: 0, onlySigma: 0 })
    expect(proof(100100)).toMatchObject({ both: 3, onlyWazuh: 0, onlySigma: 0 })
    const broken = migrated.map(one => ({ ...one, output: one.output?.replaceAll('denied', 'rejected') }))
    const differing = proveMigration(logs, ruleset, broken, 1_767_787_200).find(
      one => one.ruleId === '100100',
    )
    expect(differing).toMatchObject({ onlyWazuh: 2, examples: [{ line: 1, found: 'wazuh' }, { line: 7 }] })
  })

  it('drafts decoders for the engine of Wazuh 5', () => {
    const [parent, child, json] = migrateDecoders(ruleset.decoders, new Set(['d.xml']))
    expect(parent?.output).toContain('name: decoder/app/0')
    expect(child?.parse).toEqual([
      '<~>user <source.user.name> from <source.ip> <~>',
      '<~>user <source.user.name> from <source.ip>',
    ])
    expect(parent?.checks).toEqual([{ field: 'process.name', regex: '(?i)^app$' }])
    expect(child?.output).toContain('- decoder/app/0')
    expect(json?.problems.map(({ code }) => code)).toContain('cannot-carry')
    expect([parent, child, json].every(one => one?.problems.some(({ code }) => code === 'not-proven'))).toBe(
      true,
    )
  })

  it('proves on logs that the drafted decoders find the same fields, and shows where they do not', () => {
    const drafted = migrateDecoders(ruleset.decoders, new Set(['d.xml']))
    const logs = [
      log('denied user bob from 192.0.2.1'),
      log('denied user bob from 192.0.2.1 port 22'),
      log('nothing of that kind'),
      log('user bob from 192.0.2.1', 'other'),
    ]
    const [app] = proveDecoders(logs, ruleset, drafted, 1_767_787_200)
    expect(app).toEqual({ name: 'app', both: 3, different: 0, examples: [] })
    const broken = drafted.map(one => ({
      ...one,
      parse: one.parse.map(text => text.replace('user ', 'account ')),
    }))
    expect(proveDecoders(logs, ruleset, broken, 1_767_787_200)[0]).toMatchObject({
      both: 1,
      different: 2,
      examples: [{ line: 1, wazuh: 'source.ip=192.0.2.1 source.user.name=bob', migrated: '' }, { line: 2 }],
    })
  })

  it.each([
    ['^login (\\S+)$', ['a'], ['login <a>']],
    ['id=(\\w+)|uid=(\\w+);', ['a'], ['<~>id=<a> <~>', '<~>id=<a>', '<~>uid=<a>;<~>', '<~>uid=<a>;']],
    ['to (\\.+)', ['a'], ['<~>to <a>']],
    ['<b> \\(x\\) (\\S+)', ['a'], ['<~>\\<b\\> (x) <a> <~>', '<~>\\<b\\> (x) <a>']],
    ['(\\d+)', ['a'], undefined],
    ['(\\S+)(\\S+)', ['a', 'b'], undefined],
    ['\\p*(\\S+)', ['a'], undefined],
  ] as const)('writes %s', (source, fields, expected) => {
    expect(parseExpressions(source, fields)).toEqual(expected)
  })
})
