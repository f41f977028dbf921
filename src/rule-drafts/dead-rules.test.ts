import { expect, it } from 'vitest'
import { measureDeadRules } from './dead-rules.ts'

const rule = (id: number, level: number, inside: string) =>
  `<rule id="${id}" level="${level}">${inside}<description>rule ${id}</description></rule>`
const base = {
  decoders: [
    {
      name: 'd.xml',
      text: '<decoder name="app"><program_name>^app$</program_name><regex>user (\\S+)</regex><order>srcuser</order></decoder><decoder name="other"><program_name>^other$</program_name></decoder>',
    },
  ],
  rules: [
    {
      name: 'r.xml',
      text: `<group name="a,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule>
${rule(50, 3, '<decoded_as>app</decoded_as>')}
${rule(51, 8, '<if_sid>50</if_sid><match>denied</match>')}
${rule(100100, 5, '<if_sid>50</if_sid><match>denied</match><user>root</user>')}
${rule(100101, 5, '<if_sid>50</if_sid><decoded_as>other</decoded_as>')}
${rule(100102, 5, '<if_sid>50</if_sid><dstip>10.0.0.1</dstip>')}
${rule(100103, 9, '<if_sid>50</if_sid><match>denied</match><user>eve</user>')}</group>`,
    },
  ],
  lists: [],
}
const alert = (text: string) => ({
  raw: JSON.stringify({
    full_log: `Jan  7 12:00:00 host app[1]: ${text}`,
    timestamp: '2026-01-07T12:00:00Z',
    decoder: { name: 'app' },
  }),
  verdict: null,
})

it('names the rules that can never fire, and how many past alerts they would have taken', () => {
  const past = [
    'denied user root',
    'denied user root',
    'denied user al',
    'fine user root',
    'denied user eve',
  ].map(alert)
  const { rules, pastEvents } = measureDeadRules({ base, past })
  expect(pastEvents).toBe(5)
  expect(rules.map(({ ruleId, kind, fired, passedOver }) => [ruleId, kind, fired, passedOver])).toEqual([
    ['100100', 'shadowed', 0, 2],
    ['100101', 'contradiction', 0, 0],
    ['100102', 'missing-field', 0, 0],
  ])
  expect(rules[0]?.reason).toContain('rule 51 (level 8)')
  expect(rules[0]?.where).toMatch(/^r\.xml: line \d+/)
})

it('measures on when a stored alert is nested deeper than anything can follow', () => {
  const sound = alert('denied user root')
  const deep = {
    ...sound,
    raw: sound.raw.replace('{', `{"data":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
  }
  expect(measureDeadRules({ base, past: [deep, sound] }).pastEvents).toBe(2)
})
