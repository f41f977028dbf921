import { describe, expect, it } from 'vitest'
import { toByteText } from './byte-text.ts'
import { fastPrefilter } from './fast-prefilter.ts'
import { loadRuleset } from './ruleset.ts'
import { Session } from './session.ts'
import { type VerdictRecord, verdictRecord } from './verdict-record.ts'

const templates = `<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>syslog</description></rule></group>
<group name="firewall,"><rule id="2" level="0" noalert="1"><category>firewall</category><description>firewall</description></rule></group>`

const noon = Date.parse('2026-01-07T12:00:00Z') / 1000

interface Setup {
  readonly decoders?: string
  readonly rules?: string
  readonly lists?: Record<string, string>
  readonly agent?: { id: string; name: string; ip: string }
}

/** Runs logs through a small ruleset; a log may carry the seconds after the first as `[seconds, log]`. */
function run(setup: Setup, logs: readonly (string | readonly [number, string])[]): VerdictRecord[] {
  const { ruleset, problems } = loadRuleset({
    decoders: [{ name: 'd.xml', text: setup.decoders ?? '' }],
    rules: [
      { name: '0.xml', text: templates },
      { name: 'r.xml', text: `<group name="test,">${setup.rules ?? ''}</group>` },
    ],
    lists: Object.entries(setup.lists ?? {}).map(([name, text]) => ({ name, text })),
  })
  expect(problems).toEqual([])
  const session = new Session(ruleset, {
    location: '/var/log/x.log',
    agent: setup.agent,
    managerName: 'manager',
    prefilter: fastPrefilter(),
  })
  return logs.map(entry => {
    const [after, log] = typeof entry === 'string' ? [0, entry] : entry
    return verdictRecord(session.process(toByteText(log), noon + after))
  })
}

const ids = (records: readonly VerdictRecord[]) => records.map(record => record.rule_id)
const app = '<decoder name="app"><program_name>^app$</program_name></decoder>'
const line = (text: string) => `Feb 10 23:21:05 host app[1]: ${text}`

describe('decoders', () => {
  it('choose by program name, then by prematch, then read fields with offsets', () => {
    const decoders = `${app}
      <decoder name="app-login"><parent>app</parent><prematch>^login </prematch>
        <regex offset="after_prematch">^(\\S+) from (\\S+)</regex><order>srcuser, srcip</order></decoder>`
    const [record] = run({ decoders }, [line('login bob from 10.0.0.1')])
    expect(record?.decoder).toEqual({ name: 'app', parent: 'app' })
    expect(record?.data).toEqual({ srcuser: 'bob', srcip: '10.0.0.1' })
    expect(record?.predecoder).toEqual({
      program_name: 'app',
      timestamp: 'Feb 10 23:21:05',
      hostname: 'host',
    })
  })

  it('try only decoders with a program name where the log has one', () => {
    const decoders = `<decoder name="json"><prematch>^{</prematch><plugin_decoder>JSON_Decoder</plugin_decoder></decoder>`
    const records = run({ decoders }, ['{"a":"b"}', line('{"a":"b"}')])
    expect(records.map(record => record.decoder)).toEqual([{ name: 'json' }, {}])
  })

  it('go on with further regexes of the same name, past those that miss', () => {
    const decoders = `${app}
      <decoder name="kv"><parent>app</parent><regex>user=(\\S+)</regex><order>srcuser</order></decoder>
      <decoder name="kv"><parent>app</parent><regex>port=(\\d+)</regex><order>srcport</order></decoder>
      <decoder name="kv"><parent>app</parent><regex>proc=(\\S+)</regex><order>process.name</order></decoder>`
    const [record] = run({ decoders }, [line('user=bob proc=sh')])
    expect(record?.data).toEqual({ srcuser: 'bob', process: { name: 'sh' } })
  })

  it('show their own name only with use_own_name', () => {
    const decoders = `${app}
      <decoder name="own"><parent>app</parent><use_own_name>true</use_own_name><prematch>^x</prematch></decoder>`
    expect(run({ decoders }, [line('x')])[0]?.decoder).toEqual({ name: 'own', parent: 'app' })
  })

  it('read JSON: paths, scalars as text, arrays, null, fixed fields', () => {
    const decoders = `<decoder name="json"><prematch>^{</prematch><plugin_decoder>JSON_Decoder</plugin_decoder></decoder>`
    const log =
      '{"srcip":"1.2.3.4","a":{"b":1,"c":1.5,"d":true,"e":null,"B":"x"},"l":["x",1],"big":3000000000,"é":"ü"}'
    expect(run({ decoders }, [log])[0]?.data).toEqual({
      srcip: '1.2.3.4',
      a: { b: '1', c: '1.500000', d: 'true', e: 'null' },
      l: ['x', 1],
      big: '3000000000.000000',
      é: 'ü',
    })
  })

  it('carry fields along by id with accumulate', () => {
    const decoders = `<decoder name="app"><program_name>^app$</program_name><accumulate/></decoder>
      <decoder name="f"><parent>app</parent><prematch>^conn=</prematch><accumulate/>
        <regex offset="after_prematch">^(\\d+) (\\S+)</regex><order>id, srcip</order></decoder>
      <decoder name="g"><parent>app</parent><prematch>^op </prematch><accumulate/>
        <regex offset="after_prematch">^conn=(\\d+) (\\w+)</regex><order>id, srcuser</order></decoder>`
    const records = run({ decoders }, [
      line('conn=7 10.0.0.9'),
      line('op conn=7 bob'),
      [130, line('op conn=7 bob')],
    ])
    expect(records.map(record => record.data.srcip)).toEqual(['10.0.0.9', '10.0.0.9', undefined])
  })
})

describe('rules', () => {
  const decoders = `${app}
    <decoder name="f"><parent>app</parent><regex>user=(\\S*) ip=(\\S*) n=(\\S*)</regex><order>srcuser, srcip, n</order></decoder>`
  const event = (user: string, ip = '10.0.0.1', n = '1') => line(`user=${user} ip=${ip} n=${n}`)

  it('try siblings by falling level, level 0 first, equal ones in order', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><description>low</description></rule>
      <rule id="101" level="7"><decoded_as>app</decoded_as><match>bad</match><description>first</description></rule>
      <rule id="102" level="7"><decoded_as>app</decoded_as><match>bad</match><description>second</description></rule>
      <rule id="103" level="0"><decoded_as>app</decoded_as><match>very bad</match><description>quiet</description></rule>`
    const records = run({ decoders, rules }, [line('fine'), line('bad'), line('very bad')])
    expect(ids(records)).toEqual(['100', '101', '103'])
    expect(records.map(record => record.alert)).toEqual([true, true, false])
  })

  it('fail on a missing field even when negated, and negate what is there', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><field name="n" negate="yes">^1$</field><description>d</description></rule>
      <rule id="101" level="2"><decoded_as>app</decoded_as><url negate="yes">x</url><description>d</description></rule>`
    expect(ids(run({ decoders, rules }, [event('a', '1.1.1.1', '2'), event('a'), line('none')]))).toEqual([
      '100',
      null,
      null,
    ])
  })

  it('compare addresses by network', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><srcip>10.0.0.0/8</srcip><srcip>fe80::/10</srcip><description>d</description></rule>
      <rule id="101" level="2"><decoded_as>app</decoded_as><srcip negate="yes">10.0.0.0/8</srcip><description>d</description></rule>`
    const records = run({ decoders, rules }, [
      event('a', '10.9.9.9'),
      event('a', 'fe80::1'),
      event('a', '11.0.0.1'),
      event('a', 'host'),
    ])
    expect(ids(records)).toEqual(['100', '100', '101', '101'])
  })

  it('fire on the event that completes the frequency, then count anew', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="10" frequency="3" timeframe="60"><if_matched_sid>100</if_matched_sid><same_srcip/><description>many</description></rule>`
    const records = run({ decoders, rules }, [
      event('a'),
      event('b'),
      event('c', '10.0.0.2'),
      event('d'),
      event('e'),
      event('f'),
      event('g'),
    ])
    expect(ids(records)).toEqual(['100', '100', '100', '101', '100', '100', '101'])
    expect(records[3]).toMatchObject({ frequency: 3, previous_output: true, level: 10, firedtimes: 1 })
  })

  it('forget events outside the timeframe and of other agents', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="10" frequency="2" timeframe="60"><if_matched_sid>100</if_matched_sid><description>many</description></rule>`
    expect(ids(run({ decoders, rules }, [event('a'), [61, event('b')], [90, event('c')]]))).toEqual([
      '100',
      '100',
      '101',
    ])
  })

  it('count groups of rules loaded before, and compare fields for difference', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><group>logins,</group><description>d</description></rule>
      <rule id="101" level="10" frequency="2"><if_matched_group>logins</if_matched_group><different_srcip/><same_srcuser/><description>spread</description></rule>`
    const records = run({ decoders, rules }, [
      event('a'),
      event('a'),
      event('a', '10.0.0.2'),
      event('b', '10.0.0.3'),
    ])
    expect(ids(records)).toEqual(['100', '100', '101', '100'])
  })

  it('compare dynamic fields', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="10" frequency="2"><if_matched_sid>100</if_matched_sid><same_field>n</same_field><description>d</description></rule>`
    const records = run({ decoders, rules }, [
      event('a', '1.1.1.1', '1'),
      event('a', '1.1.1.1', '2'),
      event('a', '1.1.1.1', '1'),
    ])
    expect(ids(records)).toEqual(['100', '100', '101'])
  })

  it('stay silent for the ignore time after they fired', () => {
    const rules = `<rule id="100" level="5" ignore="60"><decoded_as>app</decoded_as><description>d</description></rule>`
    const records = run({ decoders, rules }, [event('a'), [30, event('a')], [70, event('a')]])
    expect(records.map(record => record.alert)).toEqual([true, false, true])
    expect(records.map(record => record.firedtimes)).toEqual([1, 2, 3])
  })

  it('are replaced by overwrite, in their place', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><match>old</match><description>old</description></rule>
      <rule id="101" level="7"><if_sid>100</if_sid><match>child</match><description>child</description></rule>
      <rule id="100" level="4" overwrite="yes"><decoded_as>app</decoded_as><match>new</match><description>new $(srcuser)</description></rule>`
    const records = run({ decoders, rules }, [line('old'), line('new'), line('new child')])
    expect(ids(records)).toEqual([null, '100', '101'])
    expect(records[1]).toMatchObject({ level: 4, description: 'new ' })
  })

  it('hang under every rule of a group, and under several parents', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><match>one</match><group>g1,</group><description>d</description></rule>
      <rule id="101" level="3"><decoded_as>app</decoded_as><match>two</match><group>g1,</group><description>d</description></rule>
      <rule id="102" level="8"><if_group>g1</if_group><match>bad</match><description>d</description></rule>
      <rule id="103" level="9"><if_sid>100, 101</if_sid><match>worse</match><description>d</description></rule>`
    const records = run({ decoders, rules }, [
      line('one bad'),
      line('two bad'),
      line('two worse'),
      line('three bad'),
    ])
    expect(ids(records)).toEqual(['102', '102', '103', null])
  })

  it('pass on to children with noalert, and never fire themselves', () => {
    const rules = `<rule id="100" level="3" noalert="1"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="4"><if_sid>100</if_sid><match>x</match><description>d</description></rule>`
    expect(ids(run({ decoders, rules }, [line('x'), line('y')]))).toEqual(['101', null])
  })

  it('look fields up in lists', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><list field="srcip" lookup="address_match_key">etc/lists/bad</list><description>d</description></rule>
      <rule id="101" level="2"><decoded_as>app</decoded_as><list field="user" lookup="match_key_value" check_value="admin">etc/lists/users</list><description>d</description></rule>`
    const lists = { bad: '10.1.:net\n', users: 'root:admin\n"a:b":admin\nbob:user\n' }
    const records = run({ decoders, rules, lists }, [
      event('x', '10.1.2.3'),
      event('root'),
      event('a:b'),
      event('bob'),
      event('none'),
    ])
    expect(ids(records)).toEqual(['100', '101', '101', null, null])
  })

  it('know values seen for the first time', () => {
    const seen = `${app}<decoder name="f"><parent>app</parent><prematch>^user=</prematch><regex offset="after_prematch">^(\\S+)</regex><order>srcuser</order><fts>name, srcuser</fts></decoder>`
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="8"><if_sid>100</if_sid><if_fts/><description>new</description></rule>`
    const records = run({ decoders: seen, rules }, [line('user=a'), line('user=a'), line('user=b')])
    expect(ids(records)).toEqual(['101', '100', '101'])
  })

  it('tell what changed with check_diff', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><check_diff/><description>changed</description></rule>`
    expect(ids(run({ decoders, rules }, [line('a'), line('a'), line('b')]))).toEqual([null, null, '100'])
  })

  it('know the agent and its location', () => {
    const agent = { id: '007', name: 'web1', ip: '10.0.0.7' }
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><location>web1|^x</location><hostname>^web1$</hostname><description>d</description></rule>`
    expect(ids(run({ decoders, rules, agent }, [line('a')]))).toEqual(['100'])
  })

  it('cut compliance groups from the groups and fill descriptions', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><group>login,pci_dss_10.2,gdpr_IV,</group><description>User $(srcuser) on $(n) $(none)</description><mitre><id>T1110</id></mitre></rule>`
    expect(run({ decoders, rules }, [event('ann')])[0]).toMatchObject({
      groups: ['test', 'login'],
      description: 'User ann on 1 ',
      mitre: ['T1110'],
    })
  })

  it('never complete a count at level 0, and count on at the edge of the timeframe', () => {
    const rules = (level: number) =>
      `<rule id="100" level="3"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="${level}" frequency="2" timeframe="60"><if_matched_sid>100</if_matched_sid><description>d</description></rule>`
    const logs = [event('a'), [60, event('a')], [121, event('a')]] as const
    expect(ids(run({ decoders, rules: rules(9) }, logs))).toEqual(['100', '101', '100'])
    expect(ids(run({ decoders, rules: rules(0) }, logs))).toEqual(['100', '100', '100'])
  })

  it('keep to the hours, over midnight too, and to days', () => {
    const at = (hours: number) => [hours * 3600, line('x')] as const
    const rule = (when: string) =>
      `<rule id="100" level="5"><decoded_as>app</decoded_as>${when}<description>d</description></rule>`
    const night = rule('<time>10 pm - 6 am</time>')
    // From noon on: noon, 23:00, 04:00, 07:00.
    expect(ids(run({ decoders, rules: night }, [at(0), at(11), at(16), at(19)]))).toEqual([
      null,
      '100',
      '100',
      null,
    ])
    expect(ids(run({ decoders, rules: rule('<weekday>!weekends</weekday>') }, [at(0), at(72)]))).toEqual([
      '100',
      null,
    ])
  })

  it('compare with what came before by all of their conditions', () => {
    const rules = `<rule id="100" level="3"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="9" frequency="3" timeframe="60"><if_matched_sid>100</if_matched_sid><same_srcuser/><different_srcip/><not_same_field>n</not_same_field><description>d</description></rule>`
    const logs = [
      event('a', '1.1.1.1', '1'),
      event('a', '1.1.1.2', '2'),
      event('b', '1.1.1.3', '3'),
      event('a', '1.1.1.3', '2'),
      event('a', '1.1.1.4', '4'),
    ]
    expect(ids(run({ decoders, rules }, logs))).toEqual(['100', '100', '100', '100', '101'])
  })

  it('keep their memory bounded over many events', () => {
    const rules = `<rule id="100" level="5"><decoded_as>app</decoded_as><description>d</description></rule>
      <rule id="101" level="10" frequency="9999"><if_matched_sid>100</if_matched_sid><description>d</description></rule>`
    const records = run(
      { decoders, rules },
      Array.from({ length: 9000 }, () => event('a')),
    )
    expect(new Set(ids(records))).toEqual(new Set(['100']))
  })
})

describe('what is wrong in a ruleset', () => {
  const problemsOf = (rules: string) =>
    loadRuleset({
      decoders: [],
      rules: [{ name: 'r.xml', text: `${templates}\n${rules}` }],
      lists: [],
    }).problems

  it.each([
    [
      '<group name="a"><rule id="100" level="3"><if_sid>99</if_sid><description>d</description></rule></group>',
      'no-parent',
    ],
    ['<group name="a"><rule id="100" level="17"><description>d</description></rule></group>', 'level'],
    ['<group name="a"><rule id="100" level="3"><match>x</match></rule></group>', 'no-description'],
    ['<group name="a"><rule id="1" level="3"><description>d</description></rule></group>', 'duplicate-id'],
    [
      '<group name="a"><rule id="100" level="3"><regex>\\n</regex><description>d</description></rule></group>',
      'pattern',
    ],
    [
      '<group name="a"><rule id="100" level="3"><decoded_as>x</decoded_as><description>d</description></rule></group>',
      'unknown-decoder',
    ],
    [
      '<group name="a"><rule id="100" level="3"><list field="a">etc/lists/x</list><description>d</description></rule></group>',
      'list-missing',
    ],
    [
      '<group name="a"><rule id="100" level="3"><nonsense>x</nonsense><description>d</description></rule></group>',
      'unknown-element',
    ],
    ['<rule id="100" level="3"><description>d</description></rule>', 'not-a-group'],
  ])('%s is %s', (rules, code) => {
    const [first] = problemsOf(rules)
    expect(first?.code).toBe(code)
    expect(first?.where).toMatch(/^r\.xml: line \d+, column \d+$/)
  })
})
