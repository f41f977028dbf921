import { describe, expect, it } from 'vitest'
import { checkDrafts } from './check-drafts.ts'
import type { TechniqueKnowledge } from './finding.ts'
import { findDeadRules } from './lint-tree.ts'
import { loadRuleset } from './ruleset.ts'

const knows: TechniqueKnowledge = id => (id === 'T1110' ? 'current' : id === 'T1086' ? 'retired' : 'unknown')

function codes(text: string, base?: string): string[] {
  const isDecoders = text.includes('<decoder')
  const file = { name: 'draft.xml', text }
  const found = checkDrafts(
    { decoders: isDecoders ? [file] : [], rules: isDecoders ? [] : [file], lists: [] },
    base === undefined ? undefined : { decoders: [], rules: [{ name: 'base.xml', text: base }], lists: [] },
    knows,
  ).get('draft.xml')
  return (found ?? []).map(({ code, severity }) => `${severity} ${code}`).sort()
}

const rule = (inside: string, attributes = 'id="100100" level="5"') =>
  `<group name="local,"><rule ${attributes}>${inside}<description>d</description></rule></group>`

describe('checking Wazuh drafts', () => {
  it('finds nothing in a sound rule, whatever it refers to', () => {
    expect(codes(rule('<if_sid>5716</if_sid><match>invalid user</match>'))).toEqual([])
    expect(codes(rule('<if_group>logins</if_group><list field="srcip">etc/lists/bad</list>'))).toEqual([])
    expect(codes(rule('<decoded_as>my-app</decoded_as><field name="a">^x</field>'))).toEqual([])
  })

  it.each([
    [rule('<match>root</match>'), 'warning no-if-sid'],
    [rule('<if_sid>1</if_sid><match>root</match>', 'id="5716" level="5"'), 'warning id-range'],
    [rule('<if_sid>1</if_sid><match>root</match>', 'id="100100" level="13"'), 'warning level-inflation'],
    [
      rule('<if_sid>1</if_sid><mitre><id>T0000</id></mitre>', 'id="100100" level="3"'),
      'warning mitre-unknown',
    ],
    [
      rule('<if_sid>1</if_sid><mitre><id>T1086</id></mitre>', 'id="100100" level="3"'),
      'warning mitre-retired',
    ],
    [rule('<if_sid>1</if_sid><match>root</match>', 'id="100100" level="8"'), 'warning no-mitre'],
    [rule('<if_sid>1</if_sid>'), 'warning over-broad'],
    [rule('<if_sid>1</if_sid><match>a</match>'), 'warning short-match'],
    [rule('<if_sid>1</if_sid><match>a|</match>'), 'warning matches-anything'],
    [rule('<if_sid>1</if_sid><match>user \\w+</match>'), 'warning osmatch-escape'],
    [rule('<if_sid>1</if_sid><regex>user [a-z]</regex>'), 'warning osregex-syntax'],
    [rule('<if_sid>1</if_sid><match>café</match>'), 'warning beyond-ascii'],
    [rule('<if_sid>1</if_sid><match type="nonsense">root</match>'), 'warning pattern-type'],
    [rule('<if_sid>1</if_sid><regex type="pcre2">^(a+)+$</regex>'), 'error catastrophic-regex'],
    [rule('<if_sid>1</if_sid><regex type="pcre2">^(a+)+\\1$</regex>'), 'error pattern'],
    [rule('<if_sid>1</if_sid><regex type="pcre2">(?R)</regex>'), 'error pattern'],
    [rule('<if_sid>1</if_sid><regex>\\q</regex>'), 'error pattern'],
    [rule('<if_sid>1</if_sid><nonsense/>'), 'error unknown-element'],
    [rule('<if_sid>1</if_sid><match>root</match>').replace('local,', 'local'), 'warning group-comma'],
    ['<group name="a,"><rule id="100100" level="5">', 'error xml-syntax'],
    ['<decoder name="mine"><program_name>^mine$</program_name></decoder>', 'warning decoder-unused'],
    ['<decoder name="a"><prematch type="pcre2">^(x|y)*z</prematch></decoder>', 'error catastrophic-regex'],
    [
      '<decoder name="a"><program_name>p</program_name></decoder><decoder name="b"><program_name>p</program_name></decoder>',
      'warning decoder-shadowed',
    ],
  ])('%s: %s', (text, expected) => {
    expect(codes(text)).toContain(expected)
  })

  it('knows the ids and parents of the ruleset that the draft is to join', () => {
    const base =
      '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule><rule id="100100" level="3"><match>xyz</match><description>d</description></rule></group>'
    expect(codes(rule('<if_sid>1</if_sid><match>root</match>'), base)).toContain('error duplicate-id')
    expect(codes(rule('<if_sid>4711</if_sid><match>root</match>', 'id="100101" level="3"'), base)).toContain(
      'error no-parent',
    )
  })
})

describe('dead rules', () => {
  const dead = (rules: string, decoders = '') => {
    const { ruleset } = loadRuleset({
      decoders: [{ name: 'd', text: decoders }],
      rules: [
        {
          name: 'r',
          text: `<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule>${rules}</group>`,
        },
      ],
      lists: [],
    })
    return findDeadRules(ruleset.rules, ruleset.decoders).map(({ rule: { id }, kind }) => `${id} ${kind}`)
  }
  const decoders =
    '<decoder name="a"><program_name>a</program_name></decoder><decoder name="a1"><parent>a</parent><regex>(x)</regex><order>srcip</order></decoder><decoder name="b"><program_name>b</program_name></decoder>'

  it('are those that an earlier sibling takes', () => {
    expect(
      dead(
        '<rule id="10" level="5"><match>x</match><description>d</description></rule><rule id="11" level="5"><match>x</match><regex>y</regex><description>d</description></rule>',
      ),
    ).toEqual(['11 shadowed'])
    expect(
      dead(
        '<rule id="10" level="3"><match>x</match><description>d</description></rule><rule id="11" level="5"><match>x</match><regex>y</regex><description>d</description></rule>',
      ),
    ).toEqual([])
  })

  it('are those that want another decoder or a field that is never filled', () => {
    const rules =
      '<rule id="10" level="3"><decoded_as>a</decoded_as><description>d</description></rule><rule id="11" level="3"><if_sid>10</if_sid><decoded_as>b</decoded_as><match>z</match><description>d</description></rule><rule id="12" level="3"><if_sid>10</if_sid><url>x</url><description>d</description></rule><rule id="13" level="3"><if_sid>10</if_sid><srcip>1.2.3.4</srcip><description>d</description></rule>'
    expect(dead(rules, decoders)).toEqual(['11 contradiction', '12 missing-field'])
  })
})
