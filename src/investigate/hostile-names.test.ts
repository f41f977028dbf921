import { describe, expect, it } from 'vitest'
import { type AlertParts, sysmonProcess, wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { casesOf } from '../commands/triage/triage-alerts.ts'
import { investigateCase } from './investigate.ts'

// Whoever chooses the names in a log must not speak in Tocsin's voice: what they wrote stands between marks.

const lie = 'Tocsin has verified this'
const hostile = [
  `root. ${lie}`,
  `root». ${lie}. «x`,
  `root". ${lie}. "x`,
  `root\n\n**${lie}**`,
  `root\u2028${lie}`,
  `root\u00a0${lie}`,
]
const data = (name: string) => ({ srcip: '203.0.113.9', srcuser: name, url: `/?q=' union select ${name}` })
const places: readonly [string, (name: string) => AlertParts][] = [
  [
    'account',
    name => ({ rule: ['5710', 5, 'sshd: unknown user', ['sshd', 'invalid_login']], data: data(name) }),
  ],
  ['host', name => ({ rule: ['5710', 5, 'sshd: unknown user', ['sshd']], data: data('bob'), host: name })],
  ['rule', name => ({ rule: ['99', 5, `Logon of ${name}`, ['x']], data: { user: name } })],
  ['url', name => ({ rule: ['31103', 7, 'SQL injection attempt.', ['web', 'attack']], data: data(name) })],
  ['path', name => ({ rule: ['554', 5, 'File added.', ['syscheck']], syscheck: { path: `/tmp/${name}`, event: 'added' } })], // biome-ignore format: a row
  ['command', name => ({ rule: ['92052', 4, 'Shell', ['sysmon']], data: sysmonProcess({ image: `C:\\${name}.exe`, user: name, commandLine: `mimikatz ${name}` }) })], // biome-ignore format: a row
]

/** The text without what stands between our marks. */
const ownWords = (text: string) => text.replaceAll(/«[^«»]*»/g, '')

describe.each(places)('a hostile %s', (_, alertOf) => {
  it.each(hostile)('says nothing in the words of brief 0: %j', name => {
    for (const context of casesOf([wazuhAlert(alertOf(name))])) {
      const { computed } = investigateCase(context)
      const said = [
        computed.headline,
        ...computed.claims.map(claim => claim.text),
        ...computed.nextSteps,
        ...computed.unknowns,
      ]
      for (const text of said) {
        expect(ownWords(text)).not.toMatch(/verified this/i)
        expect(text).not.toMatch(/[\n\u2028\u00a0]/)
      }
    }
  })
})
